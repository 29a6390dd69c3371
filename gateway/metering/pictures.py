"""Separates the images of a request, whose tokens its bytes do not show, from the rest."""

from typing import Any, NamedTuple

import msgspec

from config.kinds import Operation

# The field with the conversation, in formats whose vendors state an image's tokens; and the fields of nested
# parts, since tool results have images too. A tool's arguments are text, whatever they look like.
_SAID = {
    Operation.CHAT: "messages",
    Operation.RESPONSES: "input",
    Operation.MESSAGES: "messages",
    Operation.GENERATE_CONTENT: "contents",
    Operation.GENERATE_CONTENT_ARRAY: "contents",
}
_INSIDE = ("content", "output", "parts")
# The allowed fields of an image part: with any other there could be more to read, as a vendor may prefer a
# different field than this code.
_MEMBERS = {
    "image_url": frozenset(["type", "image_url", "detail"]),
    "input_image": frozenset(["type", "image_url", "detail"]),
    "image": frozenset(["type", "source", "cache_control"]),
}
# Gemini's parts have no type: the only field, besides one for the resolution, says what it is.
_BLOBS = {"inlineData": "mimeType", "inline_data": "mime_type"}
_SHARPNESS = frozenset(["mediaResolution", "media_resolution"])
_PLACES = ("data:image/", "https://", "http://")
_DECODE, _ENCODE = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode


class Pictured(NamedTuple):
    """A request without its images, and their number."""

    rest: bytes
    pictures: int


def without_pictures(body: bytes, operation: Operation) -> Pictured:
    """Remove images; the body itself if it has none, or none in a known form."""
    name = _SAID.get(operation)
    if name is None:
        return Pictured(body, 0)
    try:
        request = _DECODE(body)
        pictures = _take_out(request[name])
        return Pictured(_ENCODE(request), pictures) if pictures else Pictured(body, 0)
    except (msgspec.MsgspecError, LookupError, TypeError, RecursionError):
        return Pictured(body, 0)


def _take_out(said: Any) -> int:
    if not isinstance(said, list):
        return 0
    kept = [each for each in said if not _is_picture(each)]
    pictures = len(said) - len(kept)
    said[:] = kept
    inner = (each.get(name) for each in kept if isinstance(each, dict) for name in _INSIDE)
    return pictures + sum(map(_take_out, inner))


def _is_picture(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    kind = part.get("type")
    if kind is None:
        return _is_blob(part)
    members = _MEMBERS.get(kind) if isinstance(kind, str) else None
    return (
        members is not None
        and members.issuperset(part)
        and _is_seen(part.get("image_url", part.get("source")))
    )


def _is_blob(part: dict[str, Any]) -> bool:
    names = part.keys() - _SHARPNESS
    for name, typed in _BLOBS.items():
        if names == {name}:
            blob = part[name]
            told = isinstance(blob, dict) and blob.keys() == {typed, "data"}
            return told and str(blob[typed]).startswith("image/")
    return False


def _is_seen(found: Any) -> bool:
    """Whether it is an inline image, or a URL of one."""
    if isinstance(found, dict):
        packed = found.get("type") == "base64" and str(found.get("media_type")).startswith("image/")
        return packed or _is_seen(found.get("url"))
    return isinstance(found, str) and found.startswith(_PLACES)
