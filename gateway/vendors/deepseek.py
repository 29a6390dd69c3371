"""DeepSeek."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="deepseek",
    title="DeepSeek",
    base_url="https://api.deepseek.com/v1",  # "v1 has no relationship with the model's version": https://api-docs.deepseek.com/
    env_keys=("DEEPSEEK_API_KEY",),
    prices="deepseek",
    bare_models=("deepseek-*",),
)
