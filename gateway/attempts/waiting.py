"""Sends keep-alives to a stream's caller while the vendor is silent."""

import asyncio

from gateway.frames import STREAM, Head, Sink


class Waiting:
    """Begins at once, and goes on over a call's attempts until it is ended.

    What it says begins the answer for the caller's connection and commits nothing: another target can still
    be asked, and an error is then an event of the stream.
    """

    __slots__ = ("_comment", "_loop", "_seconds", "_sink", "_stream_type", "_timer")

    def __init__(self, sink: Sink, stream_type: bytes, comment: bytes, seconds: float, first: float) -> None:
        """`comment` goes out `first` seconds from now, and every `seconds` after that."""
        self._sink = sink
        self._stream_type = stream_type
        self._comment = comment
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(first, self._speak)

    def end(self) -> None:
        """Say nothing more."""
        self._timer.cancel()

    def _speak(self) -> None:
        self._timer = self._loop.call_later(self._seconds, self._speak)
        head = Head(STREAM % self._stream_type + b"x-signalbox-cache: bypass\r\n", whole=False)
        self._sink.hold(head, self._comment)
