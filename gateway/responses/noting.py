"""Notes which objects a vendor stores for an answer, while the answer passes to its caller."""

from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import unquote

from dialects.account_names import made_in
from dialects.errors import Malformed
from dialects.loosely import read
from dialects.openai.responses_kept import KeptInStream, kept_in
from dialects.sse import data_of, events
from gateway.frames import Head, Sink

_TARGET = b"x-signalbox-target: "
_MADE = (b'"container"', b'"audio"', b'file_id"')
Note = Callable[[str, Sequence[str]], None]  # the vendor's name, ids


class Kept(Protocol):
    """Finds the ids of stored objects in one answer, whole or streamed."""

    def whole(self, data: bytes) -> list[str]: ...

    def feed(self, data: bytes) -> list[str]: ...


class KeptResponse(KeptInStream):
    """In an answer of the Responses API: the response, its items, and the containers that it used."""

    def whole(self, data: bytes) -> list[str]:
        return kept_in(data)


class MadeThings:
    """In any other answer: containers, audio that can be continued, files that vendors' tools wrote."""

    def whole(self, data: bytes) -> list[str]:
        try:
            return [name.id for name in made_in(read(data))]
        except Malformed:
            return []

    def feed(self, data: bytes) -> list[str]:
        if not any(each in data for each in _MADE):
            return []
        return [name for event in events(data) for name in self.whole(data_of(event) or b"null")]


class Noting:
    """A sink that reports ids of stored objects in the answer passing through it."""

    def __init__(self, sink: Sink, note: Note, kept: Kept) -> None:
        self._sink = sink
        self._note = note
        self._kept = kept
        self._vendor = ""
        self._streamed = False
        self.hold = sink.hold
        self.end = sink.end
        self.drained = sink.drained

    def begin(self, head: Head, data: bytes) -> None:
        target = head.lasting.partition(_TARGET)[2].partition(b"\r")[0].decode()
        self._vendor = unquote(target.partition("/")[0])
        self._streamed = not head.whole
        # Called even without ids: a conversation that is continued may have new values.
        self._note(self._vendor, self._kept.feed(data) if self._streamed else self._kept.whole(data))
        self._sink.begin(head, data)

    def write(self, data: bytes) -> None:
        if self._streamed:
            self._told(self._kept.feed(data))
        self._sink.write(data)

    @property
    def paused(self) -> bool:
        return self._sink.paused

    def _told(self, ids: Sequence[str]) -> None:
        if ids:
            self._note(self._vendor, ids)
