"""Anthropic, through its own Messages API."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

VENDOR = VendorKind(
    name="anthropic",
    title="Anthropic",
    base_url="https://api.anthropic.com",  # https://docs.anthropic.com/en/api/overview
    env_keys=("ANTHROPIC_API_KEY",),
    auth_header="x-api-key",
    auth_prefix="",
    paths=MappingProxyType(
        {Operation.MESSAGES: "/v1/messages", Operation.COUNT_MESSAGES: "/v1/messages/count_tokens"}
    ),
    # The version whose fields the dialect writes: https://docs.anthropic.com/en/api/versioning
    headers=MappingProxyType({"anthropic-version": "2023-06-01"}),
    stream_usage="always",
    prices="anthropic",
    bare_models=("claude-*",),
)
