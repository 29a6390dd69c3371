"""Cohere, through the second version of its API."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

VENDOR = VendorKind(
    name="cohere",
    title="Cohere",
    base_url="https://api.cohere.com",  # https://docs.cohere.com/reference/about
    env_keys=("COHERE_API_KEY", "CO_API_KEY"),
    paths=MappingProxyType(
        {
            Operation.COHERE_CHAT: "/v2/chat",
            Operation.COHERE_EMBED: "/v2/embed",
            Operation.COHERE_RERANK: "/v2/rerank",
            Operation.RERANK: "/v1/rerank",  # https://docs.cohere.com/v1/reference/rerank
        }
    ),
    stream_usage="always",
    prices="cohere",
    bare_models=("command-*", "embed-*", "c4ai-aya-*", "rerank-*"),
)
