"""Holds back a whole answer until it may be sent, converting it for streaming callers."""

from collections.abc import Callable
from typing import Any

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Dialect
from dialects.retelling import Told, read
from gateway.attempts.in_one_piece import as_stream
from gateway.attempts.waiting import Waiting
from gateway.call import Call
from gateway.frames import STREAM, Head, Sink

_replace = msgspec.structs.replace
_NANO = 1_000_000_000


class Held:
    """A Sink that holds one whole answer."""

    head: Head
    data: bytes
    paused = False

    def begin(self, head: Head, data: bytes) -> None:
        self.head, self.data = head, data

    def hold(self, head: Head, data: bytes) -> None:
        raise NotImplementedError("only a stream's caller is told to wait")

    def write(self, data: bytes) -> None:
        raise NotImplementedError("a whole answer comes in one piece")

    def end(self) -> None:
        raise NotImplementedError("the request path ends the caller's sink alone")

    async def drained(self) -> None:
        raise NotImplementedError("nothing waits for room in memory")


def as_whole(asked: Conversation) -> Conversation:
    """The same request without streaming."""
    extra = {name: value for name, value in (asked.extra or {}).items() if name != "stream_options"}
    return _replace(asked, stream=False, include_usage=False, extra=extra or None)


def read_said(dialect: Dialect, said: bytes, *, stream: bool) -> Answer:
    """Parses an answer in the caller's format, whole or streamed, into one Answer. Raises Malformed."""
    return read(Told(said, stream, dialect))


def told_to_wait(call: Call, sink: Sink, monotonic: Callable[[], float]) -> Waiting | None:
    """Starts keep-alives to a stream's caller; None: its format has none, or they are disabled."""
    seconds = call.deployment.catalog.settings.keep_alive
    if not (call.asked.stream and seconds and call.dialect.keep_alive):
        return None
    first = max(0.0, seconds - (monotonic() - call.arrived))
    return Waiting(sink, call.dialect.stream_type, call.dialect.keep_alive, seconds, first)


def give(call: Call, held: Held, sink: Sink) -> None:
    """Sends the held answer whole or as a stream, as requested, with the whole call's totals in its head."""
    head = retold(held.head, call)
    if not call.asked.stream:
        sink.begin(head, held.data)
        return
    told = head.block.partition(b"\r\n")[2]  # its first line is the content type
    kind = STREAM % call.dialect.stream_type
    sink.begin(Head(kind + told, False, head.lasting), as_stream(call, held.data))


def retold(head: Head, call: Call) -> Head:
    """The head with the call's current number of attempts and cost."""
    known: dict[bytes, Any] = {
        b"x-signalbox-attempts": b"%d" % call.attempts,
        b"x-signalbox-cost": b"%d.%09d" % divmod(call.spent, _NANO),
    }
    lines = []
    for line in head.block.split(b"\r\n"):
        name = line.partition(b":")[0]
        lines.append(b"%b: %b" % (name, known[name]) if name in known else line)
    return Head(b"\r\n".join(lines), head.whole, head.lasting)
