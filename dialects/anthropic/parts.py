"""Writes parts as content blocks of Anthropic's Messages."""

import base64
import binascii
import hashlib
import re
from typing import Any

import msgspec

from dialects.anthropic.blocks import MARK, NAME, ORIGIN, WHOLE
from dialects.carrying import pack
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
    Refusal,
    Source,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.json_objects import object_of

replace = msgspec.structs.replace

_SAID = (Text, Refusal)
_PROPER = {"image/jpg": "image/jpeg"}  # a common misnomer that no vendor accepts

# https://docs.anthropic.com/en/api/errors: other ids are rejected with "String should match pattern".
_IS_ID = re.compile(r"[a-zA-Z0-9_-]+").fullmatch
_CITATIONS = frozenset(
    ["char_location", "page_location", "content_block_location"]
    + ["web_search_result_location", "search_result_location"]
)


def write_part(part: Part) -> Extra | None:
    """The block of a part; None if the format has none."""
    match part:
        case Text():
            return _text(part)
        case Refusal():
            return {"type": "text", "text": part.text}
        case Thinking():
            signature = marked(part.signature, part.origin)
            block: Extra = {"type": "thinking", "thinking": part.text, "signature": signature}
            return _with(block, None, part.extra)
        case RedactedThinking():
            block = {"type": "redacted_thinking", "data": marked(part.data, part.origin)}
            return _with(block, None, part.extra)
        case ToolCall():
            id = call_id(part.id, part.signature)
            block = {"type": "tool_use", "id": id, "name": part.name, "input": object_of(part.arguments)}
            return _with(block, part.cache, part.extra)
        case ToolResult():
            return _result(part)
        case Image():
            return _with({"type": "image", "source": _source(part.source)}, part.cache, part.extra)
        case File():
            return _document(part)
        case Native() if part.dialect == NAME:
            return part.value
    return None


def call_id(id: str, signature: str | None = None) -> str:
    """An id that Anthropic accepts; a call and its result get the same one."""
    if not _IS_ID(id):
        id = "toolu_" + hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:24]
    return id if signature is None else pack(id, signature)


def marked(signature: str | None, origin: str) -> str:
    """A signature that still shows its origin when a client sends it back."""
    if origin == ORIGIN or not (origin or signature):
        return signature or ""
    return f"{MARK}{origin}:{signature or ''}"


def content_of(blocks: list[Extra]) -> str | list[Extra]:
    """The blocks, or just the string if they are a single plain text."""
    if len(blocks) == 1 and len(blocks[0]) == 2 and "text" in blocks[0]:
        return str(blocks[0]["text"])
    return blocks


def write_cache(hint: CacheHint) -> Extra:
    return {"type": "ephemeral"} if hint.ttl is None else {"type": "ephemeral", "ttl": hint.ttl}


def _with(block: Extra, cache: CacheHint | None, extra: Extra | None) -> Extra:
    if cache is not None:
        block["cache_control"] = write_cache(cache)
    if extra:
        block.update(extra)
        if cache is None:
            block.pop("cache_control", None)
    return block


def _text(part: Text) -> Extra:
    block: Extra = {"type": "text", "text": part.text}
    if part.cache is None and part.extra is None and not part.citations:
        return block
    if part.extra is not None and WHOLE in part.extra:
        return _with({}, part.cache, part.extra[WHOLE])
    if part.citations:
        natives = [each.native for each in part.citations if _is_ours(each)]
        if natives:
            block["citations"] = natives
    return _with(block, part.cache, part.extra)


def _is_ours(citation: Citation) -> bool:
    return citation.native is not None and str(citation.native.get("type")) in _CITATIONS


def shown(citation: Citation) -> Extra | None:
    """A citation for a client: another vendor's becomes a web search result; None if it has no URL."""
    if _is_ours(citation):
        return citation.native
    if citation.url is None:
        return None
    return {
        "type": "web_search_result_location",
        "url": citation.url,
        "title": citation.title,
        "cited_text": citation.quote or "",
        "encrypted_index": "",
    }


def _source(source: Source) -> Extra:
    match source:
        case Inline():
            kind = _PROPER.get(source.media_type, source.media_type)
            return {"type": "base64", "media_type": kind, "data": source.data}
        case Url():
            return {"type": "url", "url": source.url}
    return {"type": "file", "file_id": source.id}


def _document(part: File) -> Extra:
    source = _source(part.source)
    if isinstance(part.source, Inline) and part.source.media_type.startswith("text/"):
        plain = _plain(part.source.data)
        if plain is not None:
            # Of text it accepts only text/plain: https://docs.anthropic.com/en/docs/build-with-claude/files
            source = {"type": "text", "media_type": "text/plain", "data": plain}
    block: Extra = {"type": "document", "source": source}
    if part.name is not None:
        block["title"] = part.name
    return _with(block, part.cache, part.extra)


def _plain(data: str) -> str | None:
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _result(part: ToolResult) -> Extra:
    block: Extra = {"type": "tool_result", "tool_use_id": call_id(part.id)}
    blocks = write_parts(part.parts)
    extra = dict(part.extra or {})
    others: list[Any] = extra.pop("content", [])
    for number, value in others:
        blocks.insert(number, value)
    if blocks:
        block["content"] = content_of(blocks)
    if part.is_error:
        block["is_error"] = True
    return _with(block, part.cache, extra)


def write_parts(parts: tuple[Part, ...]) -> list[Extra]:
    """The blocks of a turn for a vendor, without what it rejects: blank texts and unsigned thinking."""
    if len(parts) == 1 and type(parts[0]) is Text:  # the common case
        return [_text(parts[0])] if parts[0].text.strip() else []
    written = [write_part(part) for part in parts if not _is_refused(part)]
    return [block for block in written if block is not None]


def _is_refused(part: Part) -> bool:
    if isinstance(part, Thinking):
        return not part.signature
    return isinstance(part, _SAID) and not part.text.strip()
