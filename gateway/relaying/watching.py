"""Reads the usage from an answer that is relayed: an object, or a stream of events."""

import re

from gateway.relaying.counting import Told, told
from gateway.relaying.members import Members

_WANTED = frozenset(["usage", "meta", "duration", "type"])
_DATA = b"data:"
_UNTIL = re.compile(rb"--> *(?:(\d{1,3}):)?(\d\d):(\d\d)")  # end times of captions in SRT and WebVTT
_LONGEST = 20  # bytes of such a match


class Unwatched:
    """Audio, files and compressed answers, which report no readable usage."""

    def feed(self, data: bytes) -> None:
        pass

    def told(self, *, complete: bool) -> Told:
        return Told(complete=complete)


class Writing:
    """A transcript as text or as captions, which have end times."""

    def __init__(self) -> None:
        self._size = self._ends = 0
        self._rest = b""

    def feed(self, data: bytes) -> None:
        self._size += len(data)
        text = self._rest + data
        for hours, minutes, seconds in _UNTIL.findall(text):
            self._ends = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
        self._rest = text[-_LONGEST:]

    def told(self, *, complete: bool) -> Told:
        """The size so far."""
        return Told(complete=complete, written=self._size, ends=self._ends)


class OneObject:
    """A JSON answer."""

    def __init__(self) -> None:
        self._members = Members(_WANTED)
        self._size = 0

    def feed(self, data: bytes) -> None:
        self._size += len(data)
        self._members.feed(data)

    def told(self, *, complete: bool) -> Told:
        """The size and usage so far."""
        images = self._members.counts.get("data", 0)
        return told(self._members.found, images, complete=complete, written=self._size)


class Events:
    """A stream of events, each an object on one line; the last reported usage counts."""

    def __init__(self) -> None:
        self._line = b""  # the beginning of a line, until its kind is known
        self._members: Members | None = None
        self._found: dict[str, bytes] = {}
        self._images = 0

    def feed(self, data: bytes) -> None:
        for place, part in enumerate(data.split(b"\n")):
            if place:
                self._end()
            self._more(part)

    def told(self, *, complete: bool) -> Told:
        """The size and usage so far."""
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


Watcher = Unwatched | Writing | OneObject | Events


def watcher(content_type: bytes, coding: bytes) -> Watcher:
    """The watcher for an answer of this type and content encoding."""
    media = content_type.partition(b";")[0].strip().lower()
    if coding not in (b"", b"identity"):
        return Unwatched()
    if media == b"text/event-stream":
        return Events()
    if media.startswith(b"text/"):
        return Writing()
    return OneObject() if media == b"application/json" else Unwatched()
