"""xAI, the maker of Grok."""

from config.kinds import RESPONSES_PATHS, VendorKind

VENDOR = VendorKind(
    name="xai",
    title="xAI",
    base_url="https://api.x.ai/v1",  # https://docs.x.ai/docs/api-reference
    paths=RESPONSES_PATHS,
    env_keys=("XAI_API_KEY",),
    prices="x-ai",
    bare_models=("grok-*",),
)
