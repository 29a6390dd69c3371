"""Writes a limit on the answer's length into a caller's body, in the caller's own format."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from config.kinds import Operation
from dialects.dialect import top_level

_ENCODE = msgspec.json.Encoder().encode

# Google's parsers accept both spellings; of two values the greater would count, so only one is left.
_GEMINI = (
    "generationConfig.maxOutputTokens",
    "generationConfig.max_output_tokens",
    "generation_config.maxOutputTokens",
    "generation_config.max_output_tokens",
)

# Where each format limits the answer's length. If a body has none of the names, the first is written; the
# others are synonyms and are removed. The part before the dot is an object.
MEMBERS: Mapping[Operation, tuple[str, ...]] = MappingProxyType(
    {
        # https://platform.openai.com/docs/api-reference/chat/create#chat_create-max_completion_tokens
        Operation.CHAT: ("max_completion_tokens", "max_tokens"),
        Operation.RESPONSES: ("max_output_tokens",),
        Operation.COMPLETIONS: ("max_tokens",),
        # https://docs.anthropic.com/en/api/messages#body-max-tokens
        Operation.MESSAGES: ("max_tokens",),
        # https://ai.google.dev/api/generate-content#FIELDS.max_output_tokens
        Operation.GENERATE_CONTENT: _GEMINI,
        Operation.GENERATE_CONTENT_ARRAY: _GEMINI,
        # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
        Operation.CONVERSE: ("inferenceConfig.maxTokens",),
        Operation.COHERE_CHAT: ("max_tokens",),
        # https://docs.ollama.com/modelfile#valid-parameters-and-values
        Operation.OLLAMA_CHAT: ("options.num_predict",),
        Operation.OLLAMA_GENERATE: ("options.num_predict",),
    }
)


def capped(body: bytes, operation: Operation, tokens: int) -> bytes:
    """The body with this limit replacing any other. Bodies of operations not in MEMBERS are unchanged."""
    names = MEMBERS.get(operation)
    if names is None:
        return body
    members: dict[str, Any] = top_level(body)
    # A caller that uses the old name may be calling a vendor that knows only that.
    chosen = next((name for name in names if name in members or name.partition(".")[0] in members), names[0])
    for name in names:
        outer, dot, inner = name.rpartition(".")
        if not dot:
            members.pop(name, None)
        elif outer in members:
            members[outer] = {key: value for key, value in _object(members[outer]).items() if key != inner}
    outer, dot, inner = chosen.rpartition(".")
    if dot:
        members[outer] = {**_object(members.get(outer)), inner: tokens}
    else:
        members[chosen] = tokens
    return _ENCODE(members)


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raw = bytes(value) if value is not None else b"null"
    return top_level(raw) if raw.lstrip()[:1] == b"{" else {}
