"""Reads and writes the content parts of OpenAI's Responses API."""

from collections.abc import Callable
from typing import TypeVar

from dialects.conversation import (
    Audio,
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
    Url,
)
from dialects.errors import Malformed

NAME = "openai_responses"

# Other vendors' thinking travels in `encrypted_content`, the one member that clients send back unchanged.
_CARRIED = "sb1:"
_SIGNED, _UNSIGNED, _REDACTED = "s", "u", "r"

_AUDIO_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
_AUDIO_FORMATS = {media_type: name for name, media_type in _AUDIO_TYPES.items()}
_ANNOTATIONS = frozenset(["url_citation", "file_citation", "container_file_citation", "file_path"])
_KINDS: dict[type, str] = {dict: "object", list: "array", str: "str"}

T = TypeVar("T")


def need(value: object, kind: type[T], place: str) -> T:
    """The value, if it has this type; otherwise raises Malformed with the position."""
    if not isinstance(value, kind):
        found = "null" if value is None else _KINDS.get(type(value), type(value).__name__)
        raise Malformed(
            f"Invalid request body at '{place}': Expected `{_KINDS[kind]}`, got `{found}`.", param=place
        )
    return value


def optional(value: object, kind: type[T], place: str) -> T | None:
    """The same, but None is allowed."""
    return None if value is None else need(value, kind, place)


def rest(block: Extra, *known: str) -> Extra | None:
    """The members other than these; None if none."""
    return {name: value for name, value in block.items() if name not in known} or None


def read_part(value: object, place: str) -> Part:
    """A content part of a message; a kind specific to this format becomes Native. Raises Malformed."""
    block = need(value, dict, place)
    read = _READERS.get(need(block.get("type"), str, f"{place}.type"))
    return Native(NAME, block) if read is None else read(block, place)


def write_part(part: Part, *, said: bool = False) -> Extra | None:
    """The part in a message by the model (`said`) or to it; None if no such message can hold it."""
    match part:
        case Text():
            return _write_text(part, said)
        case Refusal():
            return {"type": "refusal", "refusal": part.text}
        case Native():
            return part.value
        case Image() | File() | Audio() if not said:
            return _write_media(part)
    return None


def _read_text(block: Extra, place: str) -> Text:
    annotations = block.get("annotations")
    return Text(
        need(block.get("text"), str, f"{place}.text"),
        citations=read_citations(annotations),
        extra=rest(block, "type", "text", "annotations", "logprobs", "item"),
    )


def _write_text(part: Text, said: bool) -> Extra:
    extra = {name: value for name, value in (part.extra or {}).items() if name != "item"}
    if not said:
        return {"type": "input_text", "text": part.text} | extra
    annotations = write_citations(part.citations, part.text)
    return {"type": "output_text", "text": part.text, "annotations": annotations} | extra


def _read_refusal(block: Extra, place: str) -> Refusal:
    return Refusal(need(block.get("refusal"), str, f"{place}.refusal"))


def _read_image(block: Extra, place: str) -> Image:
    url = optional(block.get("image_url"), str, f"{place}.image_url")
    source = read_source(url) if url is not None else _stored(block, place, "image_url")
    detail = optional(block.get("detail"), str, f"{place}.detail")
    return Image(source, detail, extra=rest(block, "type", "image_url", "file_id", "detail"))


def _read_file(block: Extra, place: str) -> File:
    name = optional(block.get("filename"), str, f"{place}.filename")
    data = optional(block.get("file_data"), str, f"{place}.file_data")
    url = optional(block.get("file_url"), str, f"{place}.file_url")
    if data is not None:
        source = read_source(data) if data.startswith("data:") else Inline("application/pdf", data)
    else:
        source = Url(url) if url is not None else _stored(block, place, "file_data")
    return File(source, name, extra=rest(block, "type", "filename", "file_data", "file_url", "file_id"))


def _read_audio(block: Extra, place: str) -> Audio:
    sound = need(block.get("input_audio"), dict, f"{place}.input_audio")
    form = need(sound.get("format"), str, f"{place}.input_audio.format")
    data = need(sound.get("data"), str, f"{place}.input_audio.data")
    media_type = _AUDIO_TYPES.get(form, f"audio/{form}")
    return Audio(Inline(media_type, data), extra=rest(block, "type", "input_audio"))


def _stored(block: Extra, place: str, other: str) -> Stored:
    id = block.get("file_id")
    if id is None:
        raise Malformed(
            f"Invalid request body at '{place}': neither '{other}' nor 'file_id' is given.", param=place
        )
    return Stored(need(id, str, f"{place}.file_id"))


_READERS: dict[str, Callable[[Extra, str], Part]] = {
    "input_text": _read_text,
    "output_text": _read_text,
    "refusal": _read_refusal,
    "input_image": _read_image,
    "input_file": _read_file,
    "input_audio": _read_audio,
}


def read_source(url: str) -> Source:
    """The source for a URL; a base64 `data:` URL is Inline."""
    head, comma, data = url.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        return Inline(head[5:-7] or "application/octet-stream", data)
    return Url(url)


def data_url(source: Inline) -> str:
    return f"data:{source.media_type};base64,{source.data}"


def _write_media(part: Image | File | Audio) -> Extra:
    source, extra = part.source, part.extra or {}
    if isinstance(part, Image):
        block: Extra = (
            {"type": "input_image", "detail": part.detail} if part.detail else {"type": "input_image"}
        )
        return block | _named(source, "image_url", "image_url") | extra
    if isinstance(part, File):
        block = {"type": "input_file", "filename": part.name} if part.name else {"type": "input_file"}
        return block | _named(source, "file_data", "file_url") | extra
    sound = part.source
    assert isinstance(sound, Inline)  # the other sources are in `cannot`
    form = _AUDIO_FORMATS.get(sound.media_type) or sound.media_type.removeprefix("audio/")
    return {"type": "input_audio", "input_audio": {"data": sound.data, "format": form}} | extra


def _named(source: Source, inline: str, url: str) -> Extra:
    match source:
        case Inline():
            return {inline: data_url(source)}
        case Url():
            return {url: source.url}
        case Stored():
            return {"file_id": source.id}


def read_citations(annotations: object) -> tuple[Citation, ...]:
    """The citations in a text's annotations; anything that is not an object is ignored."""
    found = annotations if isinstance(annotations, list) else ()
    return tuple(read_citation(each) for each in found if isinstance(each, dict))


def read_citation(annotation: Extra) -> Citation:
    title = annotation.get("title")
    return Citation(
        url=_if(str, annotation.get("url")),
        title=_if(str, annotation.get("filename") if title is None else title),
        start=_if(int, annotation.get("start_index")),
        end=_if(int, annotation.get("end_index")),
        native=annotation,
    )


def _if(kind: type[T], value: object) -> T | None:
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


def write_citations(citations: tuple[Citation, ...], text: str) -> list[Extra]:
    """The annotations of a text; citations without a URL that are not this format's own are dropped."""
    written = (write_citation(each, len(text)) for each in citations)
    return [annotation for annotation in written if annotation is not None]


def write_citation(citation: Citation, length: int) -> Extra | None:
    native = citation.native
    # Chat completions have an annotation of the same name, with its members one level deeper.
    kind = None if native is None else native.get("type")
    if isinstance(kind, str) and kind in _ANNOTATIONS and native and "url_citation" not in native:
        return native
    if citation.url is None:
        return None
    return {
        "type": "url_citation",
        "url": citation.url,
        "title": citation.title or "",
        "start_index": citation.start or 0,
        "end_index": length if citation.end is None else citation.end,
    }


def carried(thought: Thinking | RedactedThinking) -> str | None:
    """The `encrypted_content` for a thinking part; other vendors' is prefixed with its origin."""
    if isinstance(thought, RedactedThinking):
        return f"{_CARRIED}{_REDACTED}:{thought.origin}:{thought.data}"
    if thought.origin == "openai":
        return thought.signature
    kind = _UNSIGNED if thought.signature is None else _SIGNED
    return f"{_CARRIED}{kind}:{thought.origin}:{thought.signature or ''}"


def is_carried(sealed: object) -> bool:
    """Whether `carried` wrote it for another vendor's thinking."""
    return isinstance(sealed, str) and sealed.startswith(_CARRIED)


def uncarried(thought: Thinking) -> Thinking | RedactedThinking:
    """The thinking part that was passed to `carried`; any other is returned unchanged."""
    if thought.signature is None or not is_carried(thought.signature):
        return thought
    kind, _, signed = thought.signature.removeprefix(_CARRIED).partition(":")
    origin, _, data = signed.partition(":")
    if kind == _REDACTED:
        return RedactedThinking(data, origin)
    return Thinking(thought.text, data if kind == _SIGNED else None, origin, extra=thought.extra)
