"""Reads content blocks of Anthropic's Messages into parts.

https://docs.anthropic.com/en/api/messages
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from dialects.carrying import unpack
from dialects.checking import wrong
from dialects.conversation import (
    CacheHint,
    Citation,
    Extra,
    File,
    Image,
    Inline,
    Native,
    Part,
    RedactedThinking,
    Source,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.errors import Malformed
from dialects.json_objects import text_of

NAME = "anthropic_messages"
ORIGIN = "anthropic"
# Prefix of other vendors' signatures that a client carries in this format; Anthropic's own contain no colon.
MARK = "sb:"

# In a text's `extra`: the original block, which the text represents in other formats.
WHOLE = "anthropic_block"

Block = Mapping[str, Any]

_KINDS = {str: "str", dict: "object", list: "array", bool: "bool", int: "int", float: "float"}
_TTLS = ("5m", "1h")


def mistyped(place: str, expected: str, found: Any) -> Malformed:
    """The error for a value of the wrong JSON type."""
    return wrong(place, f"Expected `{expected}`, got `{_KINDS.get(type(found), 'null')}`")


def text_at(block: Block, name: str, place: str) -> str:
    """A member that must be a string. Raises Malformed otherwise."""
    found = block.get(name)
    if not isinstance(found, str):
        raise mistyped(f"{place}.{name}", "str", found)
    return found


def object_at(found: Any, place: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise mistyped(place, "object", found)
    return found


def rest(block: Block, *known: str) -> Extra | None:
    """The members not in `known`, without an ordinary `cache_control`; None if there are none."""
    found = {name: value for name, value in block.items() if name not in known}
    if "cache_control" in found and _is_plain(found["cache_control"]):
        del found["cache_control"]
    return found or None


def _is_plain(hint: Any) -> bool:
    return hint is None or (
        isinstance(hint, dict)
        and hint.keys() <= {"type", "ttl"}
        and hint.get("type") == "ephemeral"
        and hint.get("ttl") in (None, *_TTLS)
    )


def cache_of(block: Block) -> CacheHint | None:
    """The typed form of `cache_control`; one with unknown content also stays in `extra`."""
    hint = block.get("cache_control")
    if not isinstance(hint, dict):
        return None
    ttl = hint.get("ttl")
    return CacheHint(ttl if ttl in _TTLS else None)


def read_parts(content: Any, place: str) -> tuple[Part, ...]:
    """The parts of a turn or of any other content that is a string or blocks; an empty string has none."""
    if isinstance(content, str):
        return (Text(content),) if content else ()
    if not isinstance(content, list):
        raise mistyped(place, "str | array", content)
    return tuple(
        [
            Text(block["text"]) if _is_plain_text(block) else read_block(block, f"{place}.{number}")
            for number, block in enumerate(content)
        ]
    )


def _is_plain_text(block: Any) -> bool:
    """Whether it is the most common block: only a type and a text."""
    if type(block) is not dict or len(block) != 2 or block.get("type") != "text":
        return False
    return type(block.get("text")) is str


def read_block(found: Any, place: str) -> Part:
    """One block as a part; Native if only Anthropic has its type."""
    block = object_at(found, place)
    kind = text_at(block, "type", place)
    reader = _READERS.get(kind)
    return Native(NAME, block) if reader is None else reader(block, place)


def _read_text(block: Block, place: str) -> Part:
    text = text_at(block, "text", place)
    return Text(
        text,
        read_citations(block.get("citations")),
        cache_of(block),
        rest(block, "type", "text", "citations"),
    )


def read_citations(found: Any) -> tuple[Citation, ...]:
    cited = found if isinstance(found, list) else ()
    return tuple(read_citation(each) for each in cited if isinstance(each, dict))


def read_citation(found: Extra) -> Citation:
    """A citation, with its original form as `native`."""
    title = found.get("title") or found.get("document_title")
    return Citation(
        url=_maybe(found.get("url")), title=_maybe(title), quote=_maybe(found.get("cited_text")), native=found
    )


def _maybe(found: Any) -> str | None:
    return found if isinstance(found, str) else None


def _read_image(block: Block, place: str) -> Part:
    source = _source(object_at(block.get("source"), f"{place}.source"), f"{place}.source")
    if source is None:
        return Native(NAME, dict(block))
    return Image(source, cache=cache_of(block), extra=rest(block, "type", "source"))


def _read_document(block: Block, place: str) -> Part:
    found = object_at(block.get("source"), f"{place}.source")
    if found.get("type") == "content":
        return _told(block, found, f"{place}.source")
    source = _source(found, f"{place}.source")
    if source is None:
        return Native(NAME, dict(block))
    return File(source, _maybe(block.get("title")), cache_of(block), rest(block, "type", "source", "title"))


def _read_found(block: Block, place: str) -> Part:
    return _told(block, block, place)


def _told(block: Block, holder: Block, place: str) -> Part:
    """Content to be cited, as a text below its title, source and context; Native if it holds more than text.

    https://docs.claude.com/en/docs/build-with-claude/search-results
    """
    inner = read_parts(holder.get("content"), f"{place}.content")
    texts = [part.text for part in inner if isinstance(part, Text)]
    if len(texts) < len(inner):
        return Native(NAME, dict(block))
    named = [name for name in map(block.get, ("title", "source", "context")) if isinstance(name, str)]
    return Text("\n".join([*named, *texts]), cache=cache_of(block), extra={WHOLE: rest(block)})


def _source(found: Block, place: str) -> Source | None:
    """The typed source of an image or document; None if only Anthropic has its type."""
    match found.get("type"):
        case "base64":
            return Inline(text_at(found, "media_type", place), text_at(found, "data", place))
        case "text":
            plain = text_at(found, "data", place).encode()
            return Inline("text/plain", base64.b64encode(plain).decode())
        case "url":
            return Url(text_at(found, "url", place))
        case "file":
            return Stored(text_at(found, "file_id", place))
    return None


def _read_call(block: Block, place: str) -> Part:
    id, signature = unpack(text_at(block, "id", place))
    return ToolCall(
        id,
        text_at(block, "name", place),
        text_of(object_at(block.get("input"), f"{place}.input")),
        signature,
        cache_of(block),
        rest(block, "type", "id", "name", "input"),
    )


def _read_result(block: Block, place: str) -> Part:
    content = block.get("content")
    inner = read_parts(content, f"{place}.content") if content is not None else ()
    extra = rest(block, "type", "tool_use_id", "content", "is_error") or {}
    # Blocks that a ToolResult cannot hold, each with its index among the others.
    others = [[number, part.value] for number, part in enumerate(inner) if isinstance(part, Native)]
    if others:
        extra["content"] = others
    return ToolResult(
        unpack(text_at(block, "tool_use_id", place))[0],
        tuple(part for part in inner if isinstance(part, Text | Image | File)),
        is_error=block.get("is_error") is True,
        cache=cache_of(block),
        extra=extra or None,
    )


def _read_thinking(block: Block, place: str) -> Part:
    origin, signature = unmarked(_maybe(block.get("signature")) or "")
    extra = rest(block, "type", "thinking", "signature")
    return Thinking(text_at(block, "thinking", place), signature, origin, extra=extra)


def _read_redacted(block: Block, place: str) -> Part:
    origin, data = unmarked(text_at(block, "data", place))
    return RedactedThinking(data or "", origin, rest(block, "type", "data"))


def unmarked(signature: str) -> tuple[str, str | None]:
    """The origin of a signature, and the signature itself; thoughts without one have no origin."""
    if not signature:
        return "", None
    if not signature.startswith(MARK):
        return ORIGIN, signature
    origin, _, theirs = signature.removeprefix(MARK).partition(":")
    return origin, theirs or None


_READERS: dict[str, Callable[[Block, str], Part]] = {
    "text": _read_text,
    "image": _read_image,
    "document": _read_document,
    "search_result": _read_found,
    "tool_use": _read_call,
    "tool_result": _read_result,
    "thinking": _read_thinking,
    "redacted_thinking": _read_redacted,
}
