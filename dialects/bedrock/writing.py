"""Writes parts of the typed form as content blocks of Bedrock's Converse."""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import msgspec

from dialects.bedrock.media import document_name, format_at, format_of
from dialects.bedrock.members import as_object
from dialects.bedrock.reading import BLOCK, ORIGIN_MARK
from dialects.carrying import pack
from dialects.conversation import (
    Audio,
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
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Video,
)

Block = dict[str, Any]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
_TOOL_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_CITATION = frozenset(["title", "source", "sourceContent", "location"])
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_.:-]")


class BlockWriter:
    """Writes the blocks of one request or answer, and gives its documents unique names.

    `own`: the parts were read from this format, so members specific to it may be written; `cites`: citations
    may be written. `unsaid` lists the features that could not be written, named as in `dialects.features`.
    """

    def __init__(self, *, own: bool, cites: bool) -> None:
        self.unsaid: list[str] = []
        self._own = own
        self._cites = cites
        self._names: set[str] = set()
        self._writers: dict[type, Callable[[Any], Block | None]] = {
            Text: self._text,
            Image: lambda part: self._media("image", part.source, part.extra),
            Audio: lambda part: self._media("audio", part.source, part.extra),
            Video: lambda part: self._media("video", part.source, part.extra),
            File: self._document,
            ToolCall: self._tool_use,
            ToolResult: self._tool_result,
            Thinking: self._thinking,
            RedactedThinking: self._redacted,
            Refusal: lambda part: text_block(part.text),
            Native: lambda part: part.value if self._own else None,
        }

    def blocks(self, parts: Iterable[Part]) -> list[Block]:
        """The blocks of the parts, without those that Bedrock rejects."""
        written: list[Block] = []
        for part in parts:
            block = self._writers[type(part)](part)
            if block is None:
                continue
            written.append(block)
            hint = _hint(part)
            if hint is not None:
                written.append(cache_point(hint))
        return written

    def _text(self, part: Text) -> Block | None:
        if not part.citations or not self._cites:
            return text_block(part.text)
        citations = [write_citation(each) for each in part.citations]
        return {"citationsContent": {"content": [{"text": part.text}], "citations": citations}}

    def _media(self, kind: str, source: Source, extra: Extra | None) -> Block | None:
        more = dict(extra) if extra and self._own else {}
        if isinstance(source, Inline):
            said = {"format": format_of(kind, source.media_type), "source": {"bytes": source.data}}
        elif isinstance(source, Stored) and source.id.startswith("s3://"):
            form = format_of(kind, source.media_type) if source.media_type else format_at(kind, source.id)
            owner = more.pop("bucketOwner", None)
            place = {"uri": source.id} if owner is None else {"uri": source.id, "bucketOwner": owner}
            said = {"format": form, "source": {"s3Location": place}}
        else:
            feature = "file" if kind == "document" else kind
            self.unsaid.append(f"{feature}.{'stored' if isinstance(source, Stored) else 'url'}")
            return None
        return {kind: said | more}

    def _document(self, part: File) -> Block | None:
        block = self._media("document", part.source, part.extra)
        if block is not None:
            block["document"]["name"] = document_name(part.name, self._names)
        return block

    def _tool_use(self, part: ToolCall) -> Block:
        more = part.extra if part.extra and self._own else {}
        id = tool_id(part.id) if part.signature is None else pack(part.id, part.signature)
        use = {"toolUseId": id, "name": part.name, "input": as_object(part.arguments)}
        return {"toolUse": use | more}

    def _tool_result(self, part: ToolResult) -> Block:
        more = part.extra if part.extra and self._own else {}
        content = [block for each in part.parts if (block := self._result_block(each)) is not None]
        status = "error" if part.is_error else "success"
        return {"toolResult": {"toolUseId": tool_id(part.id), "content": content, "status": status} | more}

    def _result_block(self, part: Text | Image | File) -> Block | None:
        if not isinstance(part, Text):
            return self._writers[type(part)](part)
        name = part.extra.get(BLOCK) if part.extra and self._own else None
        if isinstance(name, str):
            try:
                return {name: msgspec.json.decode(part.text)}
            except (ValueError, RecursionError):
                pass  # the text was changed since: it is sent as text
        return text_block(part.text)

    def _thinking(self, part: Thinking) -> Block | None:
        if not part.signature:
            return {"reasoningContent": {"reasoningText": {"text": part.text}}} if part.text else None
        signature = write_signature(part.origin, part.signature)
        return {"reasoningContent": {"reasoningText": {"text": part.text, "signature": signature}}}

    def _redacted(self, part: RedactedThinking) -> Block | None:
        # The SDKs decode it as standard base64, which is certain only for Anthropic's.
        return {"reasoningContent": {"redactedContent": part.data}} if part.origin == "anthropic" else None


def text_block(text: str) -> Block | None:
    """A text block; None for blank text, a 400 at Bedrock: "The text field in the ContentBlock is blank"."""
    return {"text": text} if text.strip() else None


def write_signature(origin: str, signature: str) -> str:
    """A signature that still shows its origin when a caller sends it back."""
    return signature if origin == "anthropic" else f"{origin}{ORIGIN_MARK}{signature}"


def cache_point(hint: CacheHint) -> Block:
    """A block that caches everything before it."""
    return {"cachePoint": {"type": "default"} if hint.ttl is None else {"type": "default", "ttl": hint.ttl}}


def tool_id(id: str) -> str:
    """The id of a tool call in characters that Bedrock accepts; different ids stay different."""
    if _TOOL_ID.fullmatch(id):
        return id
    return f"{_NOT_IN_IDS.sub('_', id)[:47]}-{sha256(id.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _hint(part: Part) -> CacheHint | None:
    hint: CacheHint | None = getattr(part, "cache", None)
    if hint is None and isinstance(part, ToolResult):
        # Cache points cannot be inside a result: the nearest place is right after it.
        return next((each.cache for each in reversed(part.parts) if each.cache is not None), None)
    return hint


def write_citation(citation: Citation) -> Extra:
    """A citation in Bedrock's form."""
    native = citation.native
    if native and native.keys() <= _CITATION:
        return native
    said: Extra = {}
    if citation.title is not None:
        said["title"] = citation.title
    if citation.quote is not None:
        said["sourceContent"] = [{"text": citation.quote}]
    if citation.url is not None:
        said["location"] = {"web": {"url": citation.url}}
    return said
