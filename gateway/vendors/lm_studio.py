"""LM Studio's local server."""

from config.kinds import RESPONSES_PATHS, VendorKind

VENDOR = VendorKind(
    name="lm-studio",
    title="LM Studio",
    base_url="http://localhost:1234/v1",  # https://lmstudio.ai/docs/developer/openai-compat
    paths=RESPONSES_PATHS,
    key_required=False,
    free=True,
)
