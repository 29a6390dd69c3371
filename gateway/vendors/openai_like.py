"""Any server that speaks OpenAI's format, at any address."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="openai-like",
    title="an OpenAI-compatible server",
    base_url=None,
    key_required=False,
)
