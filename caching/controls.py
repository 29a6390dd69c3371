"""A caller's cache controls, from headers or the body's `metadata`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST_TAGS = 16
# Keys of `metadata`, for callers that cannot set headers; like the headers they do not shape the answer.
IN_METADATA = {
    "signalbox_cache_control": b"cache-control",
    "signalbox_cache_tags": b"x-signalbox-cache-tags",
}
_MOST_DIGITS = 9
_TAG_BYTES = 64


@dataclass(frozen=True, slots=True)
class Controls:
    """The supported request directives of RFC 9111, 5.2.1; ages are in seconds."""

    no_cache: bool = False  # ask upstream; the answer may be stored
    no_store: bool = False  # bypass the cache: neither read nor store
    max_age: int | None = None
    only_if_cached: bool = False
    tags: tuple[str, ...] = ()  # the answer can be purged by each of them


NOTHING_SAID = Controls()


def read_controls(headers: Iterable[tuple[bytes, bytes]]) -> Controls:
    """Reads `cache-control` and `x-signalbox-cache-tags`; unknown directives are ignored.

    An invalid `max-age` counts as 0, so that nothing stored is served (RFC 9111, 4.2.1).
    """
    directives: list[bytes] = []
    tags: tuple[str, ...] = ()
    for name, value in headers:
        if name == b"cache-control":
            directives += value.lower().split(b",")
        elif name == b"x-signalbox-cache-tags":
            tags += _tags(value)
    tags = tags[:MOST_TAGS]
    if not directives:
        return Controls(tags=tags) if tags else NOTHING_SAID
    said = {
        name.strip(): value.strip(b' "') for name, _, value in (each.partition(b"=") for each in directives)
    }
    age = said.get(b"max-age")
    return Controls(
        b"no-cache" in said,
        b"no-store" in said,
        None if age is None else int(age[:_MOST_DIGITS]) if age.isdigit() else 0,
        b"only-if-cached" in said,
        tags,
    )


def take_controls(metadata: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The controls in a request's `metadata` as the equivalent headers; removes them from the metadata."""
    return [
        (header, metadata.pop(name).encode())
        for name, header in IN_METADATA.items()
        if isinstance(metadata.get(name), str)
    ]


def as_tag(text: str) -> str:
    """A tag in the form that is stored and compared: stripped, at most 64 bytes of UTF-8."""
    return text.strip().encode()[:_TAG_BYTES].decode(errors="ignore")


def _tags(value: bytes) -> tuple[str, ...]:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return tuple([tag for each in text.split(",") if (tag := as_tag(each))])
