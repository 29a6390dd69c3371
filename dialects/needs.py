"""What a request needs of whoever answers it, seen without reading it whole."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from dialects.dialect import top_level


class _Sign(NamedTuple):
    """A need shows in this member: by being there and not empty, or by one of the marks inside it."""

    need: str  # a capability, as config.capabilities names it
    member: str
    marks: tuple[bytes, ...] = ()


# Marks are JSON strings with their quotes: in a text the quotes would be escaped, no prompt looks so.
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
        "cohere_chat": (_Sign("tools", "tools"), _Sign("vision", "messages", (b'"image_url"',))),
        "ollama_chat": (_Sign("tools", "tools"), _Sign("vision", "messages", (b'"images"',))),
    }
)
_EMPTY = frozenset([b"[]", b"{}", b"null", b'""'])
# Of whom the last message may be the answer's beginning, and the word for whose turn that is.
_PREFILLED = {"openai_chat": b'"assistant"', "anthropic_messages": b'"assistant"'}
_NOTHING: frozenset[str] = frozenset()


def needs_of(dialect: str, body: bytes) -> frozenset[str]:
    """The capabilities that a request of this format shows to need; what is not seen is not needed.

    Decodes the top level alone: a few microseconds and, in long bodies, one look over them. A body that is no
    object needs nothing.
    """
    signs = _SIGNS.get(dialect)
    if signs is None:
        return _NOTHING
    try:
        members = top_level(body)
    except msgspec.DecodeError:
        return _NOTHING
    found = set()
    for sign in signs:
        raw = members.get(sign.member)
        if raw is not None and _shows(sign, bytes(raw)):
            found.add(sign.need)
    word = _PREFILLED.get(dialect)
    if word is not None and _last_is(word, bytes(members.get("messages", b""))):
        found.add("prefill")
    return frozenset(found)


def _shows(sign: _Sign, raw: bytes) -> bool:
    if not sign.marks:
        return raw not in _EMPTY
    return any(mark in raw for mark in sign.marks)


def _last_is(word: bytes, messages: bytes) -> bool:
    """Whether the last `"role"` has this word: roles stand in messages alone."""
    _, found, rest = messages.rpartition(b'"role"')
    return bool(found) and rest.lstrip(b" \t\r\n:").startswith(word)
