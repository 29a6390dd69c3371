"""Reads content blocks of Bedrock's Converse into parts of the typed form.

A file in S3 becomes a Stored source with its `s3://` address as the id: only AWS can fetch it.
"""

import base64
from collections.abc import Callable
from typing import Any

import msgspec

from dialects.arguments import to_text
from dialects.bedrock.media import media_type_of
from dialects.bedrock.members import a_text, an_array, an_object, rest_of, the_only
from dialects.carrying import unpack
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
    Source,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Video,
)

NAME = "bedrock_converse"
ORIGIN_MARK = "__sb__"  # between the origin of a signature and the signature, if not Anthropic's
# In the `extra` of a tool result's text: the type of the original block, which became JSON.
BLOCK = "block"

_ENCODE = msgspec.json.Encoder().encode
_CACHEABLE = (Text, Image, File, ToolCall, ToolResult)
_TTLS = ("5m", "1h")

replace = msgspec.structs.replace


def read_blocks(value: Any, place: str) -> tuple[Part, ...]:
    """The parts of a list of content blocks. Raises Malformed with the place."""
    parts: list[Part] = []
    for number, block in enumerate(an_array(value, place)):
        where = f"{place}.{number}"
        name, said = the_only(block, where)
        if name == "cachePoint":
            hint, last = read_cache(said, where), parts[-1] if parts else None
            if isinstance(last, _CACHEABLE) and last.cache is None:
                parts[-1] = replace(last, cache=hint)
                continue
        read = _READERS.get(name)
        parts.append(Native(NAME, {name: said}) if read is None else read(said, f"{where}.{name}"))
    return tuple(parts)


def read_cache(value: Any, place: str) -> CacheHint:
    ttl = an_object(value, place).get("ttl")
    return CacheHint(ttl if ttl in _TTLS else None)


def _text(value: Any, place: str) -> Part:
    return Text(a_text(value, place))


def _source(kind: str, value: Extra, place: str) -> tuple[Source, Extra | None] | None:
    """The source of the content, and unknown members; None if the kind of source is unknown."""
    media_type = media_type_of(kind, a_text(value.get("format"), f"{place}.format"))
    extra = rest_of(value, "format", "source", "name")
    name, said = the_only(value.get("source"), f"{place}.source")
    where = f"{place}.source.{name}"
    if name == "bytes":
        return Inline(media_type, a_text(said, where)), extra or None
    if name == "s3Location":
        uri = a_text(an_object(said, where).get("uri"), f"{where}.uri")
        return Stored(uri, media_type), (extra | rest_of(said, "uri")) or None
    if name == "text":
        data = base64.b64encode(a_text(said, where).encode("utf-8", "replace")).decode()
        return Inline(media_type, data), extra or None
    return None


def _image(value: Any, place: str) -> Part:
    found = _source("image", an_object(value, place), place)
    return Native(NAME, {"image": value}) if found is None else Image(found[0], extra=found[1])


def _video(value: Any, place: str) -> Part:
    found = _source("video", an_object(value, place), place)
    return Native(NAME, {"video": value}) if found is None else Video(*found)


def _audio(value: Any, place: str) -> Part:
    found = _source("audio", an_object(value, place), place)
    return Native(NAME, {"audio": value}) if found is None else Audio(found[0], extra=found[1])


def _document(value: Any, place: str) -> Part:
    found = _source("document", an_object(value, place), place)
    if found is None:
        return Native(NAME, {"document": value})
    name = value.get("name")
    return File(found[0], None if name is None else a_text(name, f"{place}.name"), extra=found[1])


def _tool_use(value: Any, place: str) -> Part:
    if an_object(value, place).get("type") is not None:
        return Native(NAME, {"toolUse": value})  # a tool that the vendor executes
    id, signature = unpack(a_text(value.get("toolUseId"), f"{place}.toolUseId"))
    return ToolCall(
        id,
        a_text(value.get("name"), f"{place}.name"),
        to_text(value.get("input")),
        signature,
        extra=rest_of(value, "toolUseId", "name", "input", "type") or None,
    )


def _tool_result(value: Any, place: str) -> Part:
    if an_object(value, place).get("type") is not None:
        return Native(NAME, {"toolResult": value})
    content = an_array(value.get("content"), f"{place}.content")
    return ToolResult(
        unpack(a_text(value.get("toolUseId"), f"{place}.toolUseId"))[0],
        tuple(_result_part(block, f"{place}.content.{number}") for number, block in enumerate(content)),
        is_error=value.get("status") == "error",
        extra=rest_of(value, "toolUseId", "content", "status", "type") or None,
    )


def _result_part(block: Any, place: str) -> Text | Image | File:
    name, said = the_only(block, place)
    if name in ("text", "image", "document"):
        part = _READERS[name](said, f"{place}.{name}")
        if isinstance(part, Text | Image | File):
            return part
    # A tool's result must not get lost on the way to another vendor: other blocks become text, as JSON.
    return Text(_ENCODE(said).decode(), extra={BLOCK: name})


def _reasoning(value: Any, place: str) -> Part:
    name, said = the_only(value, place)
    if name == "redactedContent":
        return RedactedThinking(a_text(said, f"{place}.{name}"), "anthropic")
    if name != "reasoningText":
        return Native(NAME, {"reasoningContent": value})
    where = f"{place}.{name}"
    text = a_text(an_object(said, where).get("text"), f"{where}.text")
    signature = said.get("signature")
    if not signature:
        return Thinking(text)
    origin, signed = read_signature(a_text(signature, f"{where}.signature"))
    return Thinking(text, signed, origin)


def read_signature(signature: str) -> tuple[str, str]:
    """The origin of a thought's signature, and the signature; without a mark it is Claude's."""
    origin, mark, signed = signature.partition(ORIGIN_MARK)
    return (origin, signed) if mark else ("anthropic", signature)


def _cited(value: Any, place: str) -> Part:
    pieces = an_array(an_object(value, place).get("content") or [], f"{place}.content")
    texts = [a_text(an_object(piece, place).get("text"), f"{place}.content") for piece in pieces]
    citations = an_array(value.get("citations") or [], f"{place}.citations")
    return Text("".join(texts), tuple(read_citation(an_object(each, place)) for each in citations))


def read_citation(value: Extra) -> Citation:
    """A citation with the fields that other formats share, and its original; never raises."""
    title, content, location = (value.get(name) for name in ("title", "sourceContent", "location"))
    web = location.get("web") if isinstance(location, dict) else None
    url = web.get("url") if isinstance(web, dict) else None
    quotes = (
        [each.get("text") for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    )
    return Citation(
        url=url if isinstance(url, str) else None,
        title=title if isinstance(title, str) else None,
        quote="".join(quote for quote in quotes if isinstance(quote, str)) or None,
        native=value,
    )


_READERS: dict[str, Callable[[Any, str], Part]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "video": _video,
    "audio": _audio,
    "toolUse": _tool_use,
    "toolResult": _tool_result,
    "reasoningContent": _reasoning,
    "citationsContent": _cited,
}
