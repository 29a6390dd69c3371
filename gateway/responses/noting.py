"""Notes what a vendor says that it keeps of an answer, while the answer passes to its caller."""

from collections.abc import Callable, Sequence
from urllib.parse import unquote

from dialects.openai.responses_kept import KeptInStream, kept_in
from gateway.frames import Head, Sink

_TARGET = b"x-signalbox-target: "
Note = Callable[[str, Sequence[str]], None]  # the vendor's name, ids


class Noting:
    """A caller's sink."""

    def __init__(self, sink: Sink, note: Note) -> None:
        self._sink = sink
        self._note = note
        self._vendor = ""
        self._stream: KeptInStream | None = None
        self.hold = sink.hold
        self.end = sink.end
        self.drained = sink.drained

    def begin(self, head: Head, data: bytes) -> None:
        target = head.lasting.partition(_TARGET)[2].partition(b"\r")[0].decode()
        self._vendor = unquote(target.partition("/")[0])
        if head.whole:
            self._told(kept_in(data))
        else:
            self._stream = KeptInStream()
            self._told(self._stream.feed(data))
        self._sink.begin(head, data)

    def write(self, data: bytes) -> None:
        if self._stream is not None:
            self._told(self._stream.feed(data))
        self._sink.write(data)

    @property
    def paused(self) -> bool:
        return self._sink.paused

    def _told(self, ids: Sequence[str]) -> None:
        if ids:
            self._note(self._vendor, ids)
