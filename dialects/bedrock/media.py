"""Converts between Bedrock's names for file types and the media types that other formats use.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
"""

import re

_IMAGES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_DOCUMENTS = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
    "md": "text/markdown",
}
_VIDEOS = {
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpg": "video/mpg",
    "wmv": "video/x-ms-wmv",
    "three_gp": "video/3gpp",
}
_SOUNDS = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "opus": "audio/opus",
    "m4a": "audio/m4a",
    "mkv": "audio/x-matroska",
}
_TYPES = {"image": _IMAGES, "document": _DOCUMENTS, "video": _VIDEOS, "audio": _SOUNDS}
_FORMATS = {kind: {media_type: name for name, media_type in table.items()} for kind, table in _TYPES.items()}
_ALSO = {
    "image/jpg": "jpeg",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mp3": "mp3",
    "application/csv": "csv",
    "text/x-markdown": "md",
}

# A name may hold letters, digits, single spaces, hyphens, parentheses and square brackets:
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z\s()\[\]-]+")
_SPACES = re.compile(r"\s+")
_LONGEST_NAME = 200
_ROOM_FOR_NUMBER = 8


def media_type_of(kind: str, name: str) -> str:
    """The media type of one of Bedrock's formats; `kind` is image, document, video or audio."""
    return _TYPES[kind].get(name) or f"{kind}/{name}"


def format_of(kind: str, media_type: str) -> str:
    """Bedrock's format for a media type; an unknown subtype is passed on for Bedrock to judge."""
    bare = media_type.partition(";")[0].strip().lower()
    return _FORMATS[kind].get(bare) or _ALSO.get(bare) or bare.rpartition("/")[2]


def format_at(kind: str, uri: str) -> str:
    """The format by a file's extension; the kind's first format if that is unknown."""
    ending = uri.rpartition(".")[2].lower()
    ending = {"jpg": "jpeg", "3gp": "three_gp", "htm": "html"}.get(ending, ending)
    return ending if ending in _TYPES[kind] else next(iter(_TYPES[kind]))


def document_name(name: str | None, taken: set[str]) -> str:
    """A name that Bedrock accepts, unique among `taken`, to which it is added."""
    bare = _SPACES.sub(" ", _NOT_IN_NAMES.sub("-", name or "")).strip()[:_LONGEST_NAME] or "document"
    found, number = bare, 1
    while found in taken:
        number += 1
        found = f"{bare[: _LONGEST_NAME - _ROOM_FOR_NUMBER]} ({number})"
    taken.add(found)
    return found
