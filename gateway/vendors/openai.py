"""OpenAI, whose format is the reference for all OpenAI-compatible vendors."""

from types import MappingProxyType

from config.kinds import MEDIA_PATHS, OBJECT_PATHS, RESPONSES_PATHS, Operation, VendorKind

# https://platform.openai.com/docs/api-reference/responses/input-tokens
_COUNTING = {Operation.COUNT_RESPONSES: "/responses/input_tokens"}

VENDOR = VendorKind(
    name="openai",
    title="OpenAI",
    base_url="https://api.openai.com/v1",  # https://platform.openai.com/docs/api-reference/introduction
    paths=MappingProxyType({**RESPONSES_PATHS, **_COUNTING, **MEDIA_PATHS, **OBJECT_PATHS}),
    # "The moderation endpoint is free to use": https://platform.openai.com/docs/guides/moderation
    unbilled=frozenset({Operation.MODERATIONS}),
    env_keys=("OPENAI_API_KEY",),
    # Other vendors' extensions of the format: https://platform.openai.com/docs/api-reference/chat/create
    cannot=frozenset(["top_k", "video", "file.url", "thinking"]),
    strict_schemas=True,  # https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    prices="openai",
    # https://platform.openai.com/docs/models ; `ft:` is the prefix of fine-tuned models.
    bare_models=(
        *("gpt-*", "chatgpt-*", "o1", "o1-*", "o3", "o3-*", "o4-*", "codex-*", "computer-use-*", "ft:*"),
        *("text-embedding-*", "omni-moderation-*", "davinci-002", "babbage-002"),
        *("dall-e-*", "tts-*", "whisper-*", "text-moderation-*"),
    ),
)
