"""Recognises ordinary requests without references to vendor objects in one scan of their bytes."""

from collections.abc import Mapping
from types import GenericAlias, MappingProxyType
from typing import Any, Literal

import msgspec

from config.kinds import Operation
from dialects.dialect import Parts
from dialects.errors import UNREADABLE

_UNREAD = (msgspec.Raw, msgspec.Raw())


class _Closed(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Objects with other members do not have the usual shape."""


def _shape(name: str, members: str, /, tag: str | None = None, **read: Any) -> Any:
    """An object type. `members` are not parsed, as they hold no references: settings, schemas, arguments."""
    fields: list[tuple[str, Any, Any]] = [(each, *_UNREAD) for each in members.split()]
    fields += [(each, kind | None, None) for each, kind in read.items()]
    return msgspec.defstruct(name, fields, bases=(_Closed,), frozen=True, gc=False, tag=tag)


def _list(kind: Any) -> Any:
    return GenericAlias(list, (kind,))


def _texts(kind: Any) -> Any:
    """One string, or a list of parts."""
    return str | _list(kind)


_TEXT = _shape("text", "text cache_control citations", tag="text")

_TURNS = _list(
    _shape(
        "turn",
        "role name refusal annotations tool_call_id tool_calls function_call tool_plan reasoning_content",
        content=_texts(_TEXT),
    )
)
_FUNCTIONS = _list(_shape("function", "function", tag="function"))
_CHAT = _shape(
    "chat",
    "model stream stream_options temperature top_p top_k p k n stop stop_sequences max_tokens seed user "
    "max_completion_tokens presence_penalty frequency_penalty logit_bias logprobs top_logprobs metadata "
    "response_format tool_choice parallel_tool_calls reasoning_effort store service_tier prompt_cache_key "
    "prompt_cache_retention safety_identifier verbosity functions function_call thinking safety_mode",
    messages=_TURNS,
    tools=_FUNCTIONS,
)
_CHAT_MEMBERS = frozenset(_CHAT.__struct_fields__)
_READ_TURNS = msgspec.json.Decoder(_TURNS | None).decode
_READ_FUNCTIONS = msgspec.json.Decoder(_FUNCTIONS | None).decode

_PACKED = _shape("packed", "media_type data", tag="base64")
_BLOCK = (
    _TEXT
    | _shape("tool_use", "id name input caller cache_control", tag="tool_use")
    | _shape("tool_result", "tool_use_id is_error cache_control", tag="tool_result", content=_texts(_TEXT))
    | _shape("thinking", "thinking signature", tag="thinking")
    | _shape("redacted_thinking", "data", tag="redacted_thinking")
    | _shape("image", "cache_control", tag="image", source=_PACKED)
)
_OWN_TOOL = _shape("own_tool", "name description input_schema strict cache_control", type=Literal["custom"])
_MESSAGES = _shape(
    "messages",
    "model max_tokens metadata stop_sequences stream temperature top_k top_p thinking tool_choice "
    "service_tier speed output_config cache_control",
    messages=_list(_shape("turn", "role", content=_texts(_BLOCK))),
    system=_texts(_TEXT),
    tools=_list(_OWN_TOOL),
)

_CONTENT = _shape(
    "content",
    "role",
    parts=_list(
        _shape(
            "part",
            "text thought thoughtSignature functionCall inlineData",
            functionResponse=_shape("response", "id name response willContinue scheduling"),
        )
    ),
)
_EMBEDDED = "model taskType title outputDimensionality"
_CONTENTS = _shape(
    "contents",
    f"generationConfig safetySettings toolConfig labels {_EMBEDDED}",
    content=_CONTENT,
    requests=_list(_shape("embedded", _EMBEDDED, content=_CONTENT)),
    contents=_list(_CONTENT),
    systemInstruction=_CONTENT,
    tools=_list(_shape("declarations", "functionDeclarations")),
)

_RESULT = _shape("result", "toolUseId status", content=_list(_shape("said", "text json")))
_PIECE = _shape("piece", "text toolUse cachePoint reasoningContent", toolResult=_RESULT)
_CONVERSE = _shape(
    "converse",
    "modelId inferenceConfig requestMetadata performanceConfig additionalModelResponseFieldPaths",
    messages=_list(_shape("turn", "role", content=_list(_PIECE))),
    system=_list(_PIECE),
    toolConfig=_shape("tools", "toolChoice", tools=_list(_shape("tool", "toolSpec cachePoint"))),
)

_WORDS = _shape(
    "words",
    "text refusal annotations logprobs",
    type=Literal["input_text", "output_text", "refusal", "summary_text", "reasoning_text"],
)
_ITEM = _shape(
    "item",
    "id status name namespace call_id arguments input phase",
    type=Literal[
        "message", "function_call", "function_call_output", "reasoning", "custom_tool_call",
        "custom_tool_call_output",
    ],
    role=str,
    encrypted_content=str,
    content=_texts(_WORDS),
    summary=_list(_WORDS),
    output=_texts(_WORDS),
)  # fmt: skip
_OWN_FUNCTION = _shape(
    "own_function", "name description parameters strict format", type=Literal["function", "custom"]
)
_RESPONSES = _shape(
    "responses",
    "model instructions stream stream_options temperature top_p top_logprobs max_output_tokens metadata user "
    "tool_choice parallel_tool_calls max_tool_calls reasoning text truncation store include service_tier "
    "prompt_cache_key prompt_cache_retention safety_identifier client_metadata",
    input=_texts(_ITEM),
    tools=_list(_OWN_FUNCTION),
)

_BY_SHAPE = {
    _CHAT: [Operation.CHAT, Operation.COHERE_CHAT],
    _MESSAGES: [Operation.MESSAGES, Operation.COUNT_MESSAGES],
    _CONTENTS: [
        Operation.GENERATE_CONTENT,
        Operation.GENERATE_CONTENT_ARRAY,
        Operation.COUNT_CONTENTS,
        Operation.EMBED_CONTENT,
        Operation.BATCH_EMBED_CONTENTS,
    ],
    _CONVERSE: [Operation.CONVERSE],
    _RESPONSES: [Operation.RESPONSES, Operation.COUNT_RESPONSES],
}
_READ: Mapping[Operation, msgspec.json.Decoder[Any]] = MappingProxyType(
    {
        operation: msgspec.json.Decoder(shape)
        for shape, operations in _BY_SHAPE.items()
        for operation in operations
    }
)
NAMING = frozenset(_READ)  # operations whose requests may refer to vendor objects
_BY_ID = frozenset([None, "message"])


def is_plain(operation: Operation, body: bytes, parts: Parts | None = None) -> bool:
    """Whether a request certainly has no references to vendor objects; operations not in NAMING never have.

    `parts` saves splitting a chat body again.
    """
    try:
        if parts is not None and operation is Operation.CHAT and parts.body is body:
            members = parts.members
            if "tools" in members:
                _READ_FUNCTIONS(members["tools"])
            _READ_TURNS(members["messages"])
            return members.keys() <= _CHAT_MEMBERS
        if operation not in _READ:
            return True
        found = _READ[operation].decode(body)
    except UNREADABLE:
        return False
    items = getattr(found, "input", None)
    return not isinstance(items, list) or not any(map(_leads, items))


def _leads(item: Any) -> bool:
    """Whether an item of a Responses request may refer to one that the vendor stores."""
    if item.type == "reasoning":
        return not item.encrypted_content
    return item.role is None and item.type in _BY_ID
