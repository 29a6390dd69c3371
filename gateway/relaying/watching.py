"""Reads the usage from an answer that is relayed: an object, or a stream of events."""

from gateway.relaying.counting import Told, told
from gateway.relaying.members import Members

_WANTED = frozenset(["usage", "meta", "duration", "type"])
_DATA = b"data:"


class Unwatched:
    """Audio, text, files: they say nothing of their size that could be read here."""

    def feed(self, data: bytes) -> None:
        pass

    def told(self, *, complete: bool) -> Told:
        return Told(complete=complete)


class OneObject:
    """An answer in JSON."""

    def __init__(self) -> None:
        self._members = Members(_WANTED)

    def feed(self, data: bytes) -> None:
        self._members.feed(data)

    def told(self, *, complete: bool) -> Told:
        """What was said until now."""
        return told(self._members.found, self._members.counts.get("data", 0), complete=complete)


class Events:
    """A stream of events, each an object on a line of its own; the last word on the usage counts."""

    def __init__(self) -> None:
        self._line = b""  # its beginning, until one can tell what it is
        self._members: Members | None = None
        self._found: dict[str, bytes] = {}
        self._images = 0

    def feed(self, data: bytes) -> None:
        for place, part in enumerate(data.split(b"\n")):
            if place:
                self._end()
            self._more(part)

    def told(self, *, complete: bool) -> Told:
        """What was said until now."""
        return told(self._found, self._images, complete=complete)

    def _more(self, part: bytes) -> None:
        if self._members is None and len(self._line) < len(_DATA):
            self._line += part
            if self._line.startswith(_DATA):
                self._members, part = Members(_WANTED), self._line[len(_DATA) :]
        if self._members is not None:
            self._members.feed(part)

    def _end(self) -> None:
        members, self._members, self._line = self._members, None, b""
        if members is not None:
            # https://platform.openai.com/docs/api-reference/images-streaming: image_generation.completed
            self._images += b".completed" in members.found.pop("type", b"")
            self._found.update(members.found)


Watcher = Unwatched | OneObject | Events


def watcher(content_type: bytes, coding: bytes) -> Watcher:
    """For an answer of this type, unless it is compressed."""
    media = content_type.partition(b";")[0].strip().lower()
    if coding not in (b"", b"identity"):
        return Unwatched()
    if media == b"text/event-stream":
        return Events()
    return OneObject() if media == b"application/json" else Unwatched()
