"""The images of a request, whose cost its bytes do not show: their number, and the rest's size."""

from typing import Any, NamedTuple

import msgspec

from config.kinds import Operation

# Where what is said stands, in the formats whose vendors say how many tokens a picture has, and where parts
# have parts: a tool's result has pictures too. What a tool was called with is text, whatever it looks like.
_SAID = {
    Operation.CHAT: "messages",
    Operation.RESPONSES: "input",
    Operation.MESSAGES: "messages",
    Operation.GENERATE_CONTENT: "contents",
    Operation.GENERATE_CONTENT_ARRAY: "contents",
}
_INSIDE = ("content", "output", "parts")
# A picture's members: with any other there could be more to read, for of equal ones a vendor may take another
# than is seen here.
_MEMBERS = {
    "image_url": frozenset(["type", "image_url", "detail"]),
    "input_image": frozenset(["type", "image_url", "detail"]),
    "image": frozenset(["type", "source", "cache_control"]),
}
# Gemini's parts have no type: one says by its only member, or by that and how sharp it is to be, what it is.
_BLOBS = {"inlineData": "mimeType", "inline_data": "mime_type"}
_SHARPNESS = frozenset(["mediaResolution", "media_resolution"])
_PLACES = ("data:image/", "https://", "http://")
_DECODE, _ENCODE = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode


class Pictured(NamedTuple):
    """A request without its pictures, and their number."""

    rest: bytes
    pictures: int


def without_pictures(body: bytes, operation: Operation) -> Pictured:
    """The body itself where it has none, or says so in a way that is not known here."""
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
    """Whether it is a picture that stands there, or its address."""
    if isinstance(found, dict):
        packed = found.get("type") == "base64" and str(found.get("media_type")).startswith("image/")
        return packed or _is_seen(found.get("url"))
    return isinstance(found, str) and found.startswith(_PLACES)
