"""DeepSeek."""

from types import MappingProxyType

from config.kinds import Prefill, VendorKind

VENDOR = VendorKind(
    name="deepseek",
    title="DeepSeek",
    base_url="https://api.deepseek.com/v1",  # "v1 has no relationship with the model's version": https://api-docs.deepseek.com/
    env_keys=("DEEPSEEK_API_KEY",),
    # Only under https://api.deepseek.com/beta: https://api-docs.deepseek.com/guides/chat_prefix_completion
    prefill=Prefill(MappingProxyType({"prefix": True})),
    prices="deepseek",
    bare_models=("deepseek-*",),
)
