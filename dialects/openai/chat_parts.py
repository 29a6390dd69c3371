"""Reads and writes the parts of a chat message's content."""

from typing import Any

import msgspec

from dialects.checking import checked, loosely, unknown, wrong
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
    Refusal,
    Source,
    Stored,
    Text,
    Thinking,
    Url,
    Video,
)

NAME = "openai_chat"
_SOUNDS = {"mp3": "mpeg"}
_SOUND_NAMES = {"mpeg": "mp3", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav"}


class _Text(msgspec.Struct, frozen=True, gc=False):
    text: str


class _Refusal(msgspec.Struct, frozen=True, gc=False):
    refusal: str


class _Link(msgspec.Struct, frozen=True, gc=False):
    url: str
    detail: str | None = None


class _Image(msgspec.Struct, frozen=True, gc=False):
    image_url: _Link | str  # Mistral's clients write the bare URL


class _Video(msgspec.Struct, frozen=True, gc=False):
    video_url: _Link | str


class _Sound(msgspec.Struct, frozen=True, gc=False):
    data: str
    format: str


class _Audio(msgspec.Struct, frozen=True, gc=False):
    input_audio: _Sound


class _Stored(msgspec.Struct, frozen=True, gc=False):
    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class _File(msgspec.Struct, frozen=True, gc=False):
    file: _Stored


class _Picture(msgspec.Struct, frozen=True, gc=False):
    url: str = ""


class _Drawn(msgspec.Struct, frozen=True, gc=False):
    image_url: _Picture = _Picture()


class _Cited(msgspec.Struct, frozen=True, gc=False):
    url: str | None = None
    title: str | None = None
    start_index: int | None = None
    end_index: int | None = None


class _Annotation(msgspec.Struct, frozen=True, gc=False):
    url_citation: _Cited = _Cited()


def read_content(content: Any, place: str) -> tuple[Part, ...]:
    """A message's content: a string, or a list of parts. Raises Malformed."""
    if content is None or content == "":
        return ()
    if isinstance(content, str):
        return (Text(content),)
    if not isinstance(content, list):
        raise wrong(place, f"Expected `str | array | null`, got `{type(content).__name__}`")
    return tuple(_read_part(part, f"{place}.{number}") for number, part in enumerate(content))


def _read_part(part: Any, place: str) -> Part:
    if isinstance(part, str):
        return Text(part)
    if not isinstance(part, dict):
        raise wrong(place, f"Expected `object`, got `{type(part).__name__}`")
    kind = part.get("type")
    if not isinstance(kind, str):
        raise wrong(f"{place}.type", "a part must name its type")
    read = _READERS.get(kind)
    return Native(NAME, part) if read is None else read(part, place)


def _read_text(part: dict[str, Any], place: str) -> Part:
    return Text(checked(part, _Text, place).text, cache=cache_of(part), extra=unknown(part, _Text, "type"))


def _read_refusal(part: dict[str, Any], place: str) -> Part:
    return Refusal(checked(part, _Refusal, place).refusal)


def _read_image(part: dict[str, Any], place: str) -> Part:
    link = checked(part, _Image, place).image_url
    url, detail = (link, None) if isinstance(link, str) else (link.url, link.detail)
    return Image(source_of(url), detail, cache_of(part), unknown(part, _Image, "type"))


def _read_video(part: dict[str, Any], place: str) -> Part:
    link = checked(part, _Video, place).video_url
    return Video(source_of(link if isinstance(link, str) else link.url), unknown(part, _Video, "type"))


def _read_audio(part: dict[str, Any], place: str) -> Part:
    sound = checked(part, _Audio, place).input_audio
    media_type = f"audio/{_SOUNDS.get(sound.format, sound.format)}"
    return Audio(Inline(media_type, sound.data), extra=unknown(part, _Audio, "type"))


def _read_file(part: dict[str, Any], place: str) -> Part:
    file = checked(part, _File, place).file
    source: Source
    if file.file_id is not None:
        source = Stored(file.file_id)
    elif file.file_data is not None:
        source = source_of(file.file_data)
        if isinstance(source, Url) and not source.url.startswith(("http:", "https:", "data:")):
            source = Inline("application/pdf", file.file_data)  # some clients send bare base64
    else:
        raise wrong(f"{place}.file", "a file needs `file_data` or `file_id`")
    return File(source, file.filename, cache_of(part), unknown(part, _File, "type"))


def _read_thinking(part: dict[str, Any], place: str) -> Part:
    # Mistral's reasoning models require their thinking back in this form: https://docs.mistral.ai/capabilities/reasoning
    return Thinking(thought_of(part))


_READERS = {
    "text": _read_text,
    "refusal": _read_refusal,
    "image_url": _read_image,
    "video_url": _read_video,
    "input_audio": _read_audio,
    "file": _read_file,
    "thinking": _read_thinking,
}


def thought_of(part: dict[str, Any]) -> str:
    """The text of a thinking part, which is a string or a list of texts."""
    found = part.get("thinking")
    pieces = found if isinstance(found, list) else [found]
    texts = [piece.get("text") if isinstance(piece, dict) else piece for piece in pieces]
    return "".join(text for text in texts if isinstance(text, str))


def read_images(found: Any) -> list[Image]:
    """Images that a model generated: https://openrouter.ai/docs/features/multimodal/image-generation."""
    items = found if isinstance(found, list) else ()
    urls = [loosely(each, _Drawn).image_url.url for each in items]
    return [Image(source_of(url)) for url in urls if url]


def read_annotations(found: Any) -> list[Citation]:
    """The URLs that a text cites, in the format of OpenAI's web search; never raises."""
    items = found if isinstance(found, list) else ()
    cited = [loosely(each, _Annotation).url_citation for each in items]
    return [
        Citation(each.url, each.title, None, each.start_index, each.end_index) for each in cited if each.url
    ]


def source_of(url: str) -> Inline | Url:
    """The source for a URL; a base64 `data:` URL is Inline."""
    if url[:5] == "data:":
        head, comma, data = url[5:].partition(",")
        media_type, *rest = head.split(";")
        if comma and "base64" in rest:
            return Inline(media_type or "application/octet-stream", data)
    return Url(url)


def address_of(source: Inline | Url) -> str:
    """The URL for a source; the inverse of `source_of`."""
    return source.url if isinstance(source, Url) else f"data:{source.media_type};base64,{source.data}"


def cache_of(found: dict[str, Any]) -> CacheHint | None:
    """Anthropic's cache hint, as OpenRouter accepts it: https://openrouter.ai/docs/features/prompt-caching

    It also stays in `extra`, for vendors of this format.
    """
    hint = found.get("cache_control")
    if not isinstance(hint, dict):
        return None
    ttl = hint.get("ttl")
    return CacheHint(ttl if ttl in ("5m", "1h") else None)


def write_content(parts: list[Part]) -> str | list[dict[str, Any]]:
    """A string if there is only one text, otherwise a list of parts; `write_part` must know every part."""
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], Text) and not parts[0].extra:
        return parts[0].text
    return [written for part in parts if (written := write_part(part)) is not None]


def write_part(part: Part) -> dict[str, Any] | None:
    """A part of a message; None if the format has no such part."""
    match part:
        case Text():
            return _with({"type": "text", "text": part.text}, part.extra)
        case Refusal():
            return {"type": "refusal", "refusal": part.text}
        case Native():
            return part.value
        case Image(source=Inline() | Url() as source):
            link = {"url": address_of(source)} | ({"detail": part.detail} if part.detail else {})
            return _with({"type": "image_url", "image_url": link}, part.extra)
        case Video(source=Inline() | Url() as source):
            return _with({"type": "video_url", "video_url": {"url": address_of(source)}}, part.extra)
        case Audio(source=Inline() as sound):
            subtype = sound.media_type.rpartition("/")[2]
            sent = {"data": sound.data, "format": _SOUND_NAMES.get(subtype, subtype)}
            return _with({"type": "input_audio", "input_audio": sent}, part.extra)
        case File():
            return _with({"type": "file", "file": _file(part)}, part.extra)
    return None


def _file(part: File) -> dict[str, Any]:
    source, name = part.source, part.name
    if isinstance(source, Stored):
        file = {"file_id": source.id}
    else:
        file = {"file_data": address_of(source)}
        if name is None and isinstance(source, Inline):
            # OpenAI rejects a document without a name: https://platform.openai.com/docs/guides/pdf-files
            name = f"document.{source.media_type.rpartition('/')[2]}"
    return file if name is None else {"filename": name, **file}


def _with(written: dict[str, Any], extra: Extra | None) -> dict[str, Any]:
    return written if extra is None else written | extra
