"""Reads and writes the parts of Gemini's contents: https://ai.google.dev/api/caching#Part."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialects.arguments import to_object, to_text
from dialects.conversation import (
    Audio,
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
    Url,
    Video,
)
from dialects.gemini import signatures
from dialects.gemini.members import encoded, flag_in, object_in, objects_in, rest_of, text_in, wrong
from dialects.openai.common import read_loosely

NAME = "gemini"
Media = Image | Audio | Video | File
Written = dict[str, Any]

replace = msgspec.structs.replace
_KNOWN = frozenset("text thought thoughtSignature functionCall functionResponse inlineData fileData".split())
_OF_BLOB = frozenset(["mimeType", "data", "fileUri", "displayName"])
_OF_CALL = frozenset(["id", "name", "args"])
_OF_RESULT = frozenset(["id", "name", "response", "parts"])
_PROPER = {"image/jpg": "image/jpeg"}  # a common misnomer that no vendor accepts
_TOLD = ("output", "result")  # keys under which non-object results are put

# A fileData requires a type: the most common one, if the address does not show it.
_USUAL: Mapping[type, str] = {
    Image: "image/jpeg",
    Audio: "audio/mpeg",
    Video: "video/mp4",
    File: "application/pdf",
}
_BY_SUFFIX: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "html": "text/html",
    "csv": "text/csv",
    "md": "text/markdown",
}


def read_part(part: Written, place: str, minted: str) -> tuple[Part, ...]:
    """The typed parts of a part, its signature first; `minted` is the id for a function call without one.

    Raises Malformed, with the place, on members of wrong types.
    """
    signature = text_in(part, "thoughtSignature", place)
    extra = rest_of(part, _KNOWN)
    if part.get("functionCall") is not None:
        return (_read_call(part["functionCall"], signature, extra, (f"{place}.functionCall", minted)),)
    if part.get("functionResponse") is not None:
        return (_read_result(part["functionResponse"], extra, f"{place}.functionResponse"),)
    text = text_in(part, "text", place)
    if flag_in(part, "thought", place) and text is not None:
        return (signatures.read(text, signature),)
    found: Part
    if part.get("inlineData") is not None or part.get("fileData") is not None:
        found = _read_media(part, extra, place)
    elif text is None:
        return (Native(NAME, part),)
    else:
        found = Text(text, extra=extra)
    if signature is None or signatures.is_placeholder(signature):
        return (found,)
    signed = signatures.read("", signature)
    return (signed,) if found == Text("") else (signed, found)


def _read_call(found: Any, signature: str | None, extra: Extra | None, at: tuple[str, str]) -> ToolCall:
    place, minted = at
    call = object_in(found, place)
    name = text_in(call, "name", place)
    if not name:
        raise wrong(f"{place}.name", "the name of a function", name)
    arguments = call.get("args")
    if arguments is not None and not isinstance(arguments, dict):
        raise wrong(f"{place}.args", "an object", arguments)
    return ToolCall(
        text_in(call, "id", place) or minted,
        name,
        arguments_text(arguments),
        None if signatures.is_placeholder(signature) else signature,
        extra=_with(extra, "functionCall", rest_of(call, _OF_CALL)),
    )


def arguments_text(found: dict[str, Any] | None) -> str:
    """The JSON of a call's arguments, even with lone surrogates or huge numbers."""
    try:
        return to_text(found)
    except (OverflowError, UnicodeEncodeError):
        return encoded(found).decode()


def _with(extra: Extra | None, name: str, rest: Extra | None) -> Extra | None:
    return extra if rest is None else {**(extra or {}), name: rest}


def _read_result(found: Any, extra: Extra | None, place: str) -> ToolResult:
    result = object_in(found, place)
    response = result.get("response")
    if response is not None and not isinstance(response, dict):
        raise wrong(f"{place}.response", "an object", response)
    text, is_error = _told(response or {})
    parts: list[Text | Image | File] = [Text(text)] if text else []
    for number, each in enumerate(objects_in(result.get("parts"), f"{place}.parts")):
        media = _read_media(each, None, f"{place}.parts.{number}")
        parts.append(media if isinstance(media, Image) else File(media.source))
    return ToolResult(
        text_in(result, "id", place) or "",
        tuple(parts),
        name=text_in(result, "name", place),
        is_error=is_error,
        extra=_with(extra, "functionResponse", rest_of(result, _OF_RESULT)),
    )


def _told(response: dict[str, Any]) -> tuple[str, bool]:
    """The text of a function's response, and whether it reports an error."""
    if len(response) == 1:
        ((key, value),) = response.items()
        if key == "error":
            return value if isinstance(value, str) else encoded(value).decode(), True
        if key in _TOLD and isinstance(value, str):
            return value, False
    return encoded(response).decode() if response else "", False


def _read_media(part: Written, extra: Extra | None, place: str) -> Media:
    key = "inlineData" if part.get("inlineData") is not None else "fileData"
    place = f"{place}.{key}"
    blob = object_in(part.get(key), place)
    kind = text_in(blob, "mimeType", place)
    extra = _with(extra, key, rest_of(blob, _OF_BLOB))
    source: Source
    if key == "inlineData":
        content = text_in(blob, "data", place)
        if content is None or kind is None:
            raise wrong(place, "mimeType and data", blob)
        source = Inline(kind, content)
    else:
        uri = text_in(blob, "fileUri", place)
        if not uri:
            raise wrong(f"{place}.fileUri", "an address", uri)
        kind = kind or _shown(uri)
        source = _of_uri(uri, kind)
    return _of_kind(source, kind or "", text_in(blob, "displayName", place), extra)


def _of_uri(uri: str, kind: str | None) -> Source:
    fetched = uri.startswith(("https://", "http://"))
    # https://ai.google.dev/gemini-api/docs/files: an uploaded file has an address within the API itself.
    if fetched and not uri.startswith("https://generativelanguage.googleapis.com/"):
        return Url(uri, kind)
    return Stored(uri, kind)


def _of_kind(source: Source, kind: str, name: str | None, extra: Extra | None) -> Media:
    family = kind.partition("/")[0]
    if family == "image":
        return Image(source, extra=extra)
    if family == "audio":
        return Audio(source, extra=extra)
    if family == "video":
        return Video(source, extra=extra)
    return File(source, name, extra=extra)


def _shown(uri: str) -> str | None:
    return _BY_SUFFIX.get(uri.partition("?")[0].rpartition(".")[2].lower())


def longer(parts: tuple[Part, ...], part: Part) -> tuple[Part, ...]:
    """The parts with one more; consecutive pieces of a text or a thought are joined."""
    last = parts[-1] if parts else None
    if isinstance(last, Text) and isinstance(part, Text) and last.extra == part.extra:
        return (*parts[:-1], replace(last, text=last.text + part.text))
    if (
        isinstance(last, Thinking)
        and isinstance(part, Thinking)
        and last.signature is None
        and (part.text or part.origin != signatures.ORIGIN)
    ):
        return (*parts[:-1], replace(part, text=last.text + part.text))
    return (*parts, part)


def write_parts(parts: tuple[Part, ...], names: Mapping[str, str]) -> list[Written]:
    """The parts in wire form; `names` maps the ids of calls to function names."""
    wire: list[Written] = []
    signature: str | None = None  # belongs to the next part
    for part in parts:
        if signature is not None and not isinstance(part, Text | Image | Audio | Video | File):
            wire.append({"text": "", "thoughtSignature": signature})
            signature = None
        if isinstance(part, Thinking) and not part.text and part.origin == signatures.ORIGIN:
            signature = part.signature
            continue
        written = write_part(part, names)
        if written is not None:
            if signature is not None:
                written["thoughtSignature"] = signature
            wire.append(written)
            signature = None
    if signature is not None:
        wire.append({"text": "", "thoughtSignature": signature})
    return wire


def write_part(part: Part, names: Mapping[str, str]) -> Written | None:
    """One part in wire form; None if the format cannot express it."""
    match part:
        case Text() | Refusal():
            return {"text": part.text, **(getattr(part, "extra", None) or {})} if part.text else None
        case Thinking() | RedactedThinking():
            return write_thought(part)
        case ToolCall():
            return write_call(part)
        case ToolResult():
            return _write_result(part, names)
        case Image() | Audio() | Video() | File():
            return _write_media(part)
        case Native():
            return dict(part.value) if part.dialect == NAME else None


def write_thought(thought: Thinking | RedactedThinking) -> Written:
    text = thought.text if isinstance(thought, Thinking) else ""
    wire: Written = {"text": text, "thought": True}
    signature = signatures.written(thought)
    if signature is not None:
        wire["thoughtSignature"] = signature
    return wire


def write_call(call: ToolCall) -> Written:
    extra = dict(call.extra or {})
    wire: Written = {
        "functionCall": {
            "id": call.id,
            "name": call.name,
            "args": to_object(call.arguments),
            **extra.pop("functionCall", {}),
        },
        **extra,
    }
    if call.signature is not None:
        wire["thoughtSignature"] = call.signature
    return wire


def _write_result(result: ToolResult, names: Mapping[str, str]) -> Written:
    extra = dict(result.extra or {})
    texts = [part.text for part in result.parts if isinstance(part, Text)]
    wire: Written = {"name": result.name or names.get(result.id) or result.id or "function"}
    if result.id:
        wire["id"] = result.id
    wire["response"] = _response("\n".join(texts), result.is_error)
    media = [_write_media(part) for part in result.parts if not isinstance(part, Text)]
    if media:
        wire["parts"] = media
    wire.update(extra.pop("functionResponse", {}))
    return {"functionResponse": wire, **extra}


def _response(text: str, is_error: bool) -> dict[str, Any]:
    # https://ai.google.dev/api/caching#FunctionResponse: the model understands output and error.
    found = read_loosely(text.encode("utf-8", "replace")) if text[:1] == "{" else None
    if is_error:
        return {"error": found if isinstance(found, dict) else text}
    if not isinstance(found, dict) or (len(found) == 1 and found.keys() & {"error", *_TOLD}):
        return {"output": text}
    return found


def _write_media(part: Media) -> Written:
    extra = dict(part.extra or {})
    source = part.source
    if isinstance(source, Inline):
        blob = {"mimeType": _PROPER.get(source.media_type, source.media_type), "data": source.data}
        return {"inlineData": {**blob, **extra.pop("inlineData", {})}, **extra}
    uri = source.url if isinstance(source, Url) else source.id
    kind = source.media_type or _shown(uri) or _USUAL[type(part)]
    return {"fileData": {"mimeType": kind, "fileUri": uri, **extra.pop("fileData", {})}, **extra}
