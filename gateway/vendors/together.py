"""Together AI: many open models behind one address."""

from types import MappingProxyType

from config.kinds import OPENAI_PATHS, Operation, VendorKind, media

# https://docs.together.ai/reference
_MEDIA = {
    **media(Operation.IMAGES, Operation.SPEECH, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS),
    Operation.RERANK: "/rerank",
}

VENDOR = VendorKind(
    name="together",
    title="Together AI",
    base_url="https://api.together.xyz/v1",  # https://docs.together.ai/docs/openai-api-compatibility
    paths=MappingProxyType({**OPENAI_PATHS, **_MEDIA}),
    env_keys=("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"),
    prices="together",
)
