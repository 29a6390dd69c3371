"""Sends keep-alives to a stream's caller while the vendor is silent."""

import asyncio

from gateway.frames import STREAM, Head, Sink


class Waiting:
    """The keep-alives of one call; they start on creation and span its attempts until `end`.

    The first one sends the answer's head but commits to no target: another can still be tried, and an error
    is then sent as an event of the stream.
    """

    __slots__ = ("_comment", "_loop", "_seconds", "_sink", "_stream_type", "_timer")

    def __init__(self, sink: Sink, stream_type: bytes, comment: bytes, seconds: float, first: float) -> None:
        """`comment` is sent `first` seconds from now, and every `seconds` after that."""
        self._sink = sink
        self._stream_type = stream_type
        self._comment = comment
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(first, self._speak)

    def end(self) -> None:
        """Send no more keep-alives."""
        self._timer.cancel()

    def _speak(self) -> None:
        self._timer = self._loop.call_later(self._seconds, self._speak)
        head = Head(STREAM % self._stream_type + b"x-signalbox-cache: bypass\r\n", whole=False)
        self._sink.hold(head, self._comment)
