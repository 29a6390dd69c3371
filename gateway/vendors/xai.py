"""xAI, the maker of Grok."""

from types import MappingProxyType

from config.kinds import RESPONSES_PATHS, Operation, VendorKind, media

VENDOR = VendorKind(
    name="xai",
    title="xAI",
    base_url="https://api.x.ai/v1",  # https://docs.x.ai/docs/api-reference
    paths=MappingProxyType({**RESPONSES_PATHS, **media(Operation.IMAGES)}),
    env_keys=("XAI_API_KEY",),
    prices="x-ai",
    # In each answer, including searches and other tools: https://docs.x.ai/developers/cost-tracking
    tells_cost=True,
    bare_models=("grok-*",),
)
