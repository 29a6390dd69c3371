"""The capabilities that a request needs of a model, found without parsing it completely."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from dialects.dialect import top_level


class _Sign(NamedTuple):
    """The sign of a need: this member is present and not empty, or contains one of the marks."""

    need: str  # a capability, as config.capabilities names it
    member: str
    marks: tuple[bytes, ...] = ()


# Marks are JSON strings with their quotes: inside a prompt the quotes would be escaped.
_CHAT = (
    _Sign("tools", "tools"),
    _Sign("tools", "functions"),
    _Sign("vision", "messages", (b'"image_url"',)),
    _Sign("audio", "messages", (b'"input_audio"',)),
    _Sign("files", "messages", (b'"file"',)),
    _Sign("json_schema", "response_format", (b'"json_schema"',)),
)
_SIGNS: Mapping[str, tuple[_Sign, ...]] = MappingProxyType(
    {
        "openai_chat": _CHAT,
        "openai_responses": (
            _Sign("tools", "tools"),
            _Sign("vision", "input", (b'"input_image"',)),
            _Sign("audio", "input", (b'"input_audio"',)),
            _Sign("files", "input", (b'"input_file"',)),
            _Sign("json_schema", "text", (b'"json_schema"',)),
        ),
        "anthropic_messages": (
            _Sign("tools", "tools"),
            _Sign("vision", "messages", (b'"image"',)),
            _Sign("files", "messages", (b'"document"',)),
            _Sign("thinking", "thinking", (b'"enabled"', b'"adaptive"')),
            _Sign("json_schema", "output_config", (b'"json_schema"',)),
        ),
        "gemini": (
            _Sign("tools", "tools"),
            _Sign("vision", "contents", (b'"image/',)),
            _Sign("audio", "contents", (b'"audio/',)),
            _Sign("files", "contents", (b'"application/pdf"',)),
            _Sign("json_schema", "generationConfig", (b'"responseSchema"', b'"responseJsonSchema"')),
        ),
        "bedrock_converse": (
            _Sign("tools", "toolConfig"),
            _Sign("vision", "messages", (b'"image"',)),
            _Sign("files", "messages", (b'"document"',)),
        ),
        "cohere_chat": (
            _Sign("tools", "tools"),
            _Sign("vision", "messages", (b'"image_url"',)),
            _Sign("json_schema", "response_format", (b'"json_schema"', b'"schema"')),
        ),
        "ollama_chat": (
            _Sign("tools", "tools"),
            _Sign("vision", "messages", (b'"images"',)),
            _Sign("json_schema", "format", (b"{",)),  # otherwise it is "json"
        ),
    }
)
_EMPTY = frozenset([b"[]", b"{}", b"null", b'""'])
# Formats in which the last message may be the answer's beginning, and the role that marks it.
_PREFILLED = {"openai_chat": b'"assistant"', "anthropic_messages": b'"assistant"'}
NO_NEEDS: frozenset[str] = frozenset()
_PREFILL = frozenset(["prefill"])
_BY_MEMBER = {
    dialect: {
        member: tuple(sign for sign in signs if sign.member == member)
        for member in {sign.member for sign in signs}
    }
    for dialect, signs in _SIGNS.items()
}


class _Turn(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = msgspec.Raw(b"")


class _Turns(msgspec.Struct, gc=False):
    """Most requests: text turns only. The other members are needs in the formats that have prefills."""

    messages: list[_Turn]
    tools: msgspec.Raw | None = None
    functions: msgspec.Raw | None = None
    response_format: msgspec.Raw | None = None
    thinking: msgspec.Raw | None = None
    output_config: msgspec.Raw | None = None

    @property
    def plain(self) -> bool:
        """Whether the request has nothing but text."""
        if self.tools or self.functions or self.response_format or self.thinking or self.output_config:
            return False
        for turn in self.messages:
            if bytes(turn.content)[:1] != b'"':
                return False
        return True


_TURNS = msgspec.json.Decoder(_Turns)


def needs_of(dialect: str, body: bytes) -> frozenset[str]:
    """The capabilities that a request of this format visibly needs.

    Decodes only the top level: a few microseconds and, for long bodies, one scan. A body that is not an
    object needs nothing.
    """
    signs = _BY_MEMBER.get(dialect)
    if signs is None:
        return NO_NEEDS
    if dialect in _PREFILLED and (plain := _of_texts(body)) is not None:
        return plain
    try:
        members = top_level(body)
    except msgspec.DecodeError:
        return NO_NEEDS
    found: list[str] = []
    for member, raw in members.items():
        if member in signs:
            value = bytes(raw)
            for sign in signs[member]:
                if _shows(sign.marks, value):
                    found.append(sign.need)
    word = _PREFILLED.get(dialect)
    if word is not None and _last_is(word, bytes(members.get("messages", b""))):
        found.append("prefill")
    return frozenset(found) if found else NO_NEEDS


def _of_texts(body: bytes) -> frozenset[str] | None:
    """The needs of a request with text messages only; None: it must be examined more closely."""
    try:
        turns = _TURNS.decode(body)
    except msgspec.DecodeError:
        return None
    if not turns.plain:
        return None
    return _PREFILL if turns.messages and turns.messages[-1].role == "assistant" else NO_NEEDS


def _shows(marks: tuple[bytes, ...], value: bytes) -> bool:
    if not marks:
        return value not in _EMPTY
    for mark in marks:  # a loop is faster than any() here
        if mark in value:
            return True
    return False


def _last_is(word: bytes, messages: bytes) -> bool:
    """Whether the last `"role"` has this value: only messages have roles."""
    _, found, rest = messages.rpartition(b'"role"')
    return bool(found) and rest.lstrip(b" \t\r\n:").startswith(word)
