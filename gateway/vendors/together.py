"""Together AI: many open models behind one address."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="together",
    title="Together AI",
    base_url="https://api.together.xyz/v1",  # https://docs.together.ai/docs/openai-api-compatibility
    env_keys=("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"),
    prices="together",
)
