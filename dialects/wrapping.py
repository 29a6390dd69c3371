"""Locates the JSON in a stream event's bytes, in each framing, and writes events."""

import re

from dialects import sse
from dialects.bedrock.eventstream import EventStream, pack, sections
from dialects.dialect import Framing
from dialects.framing import ServerSentEvents
from dialects.gemini.framing import JsonArray
from dialects.loosely import write
from dialects.spots import Json

_DATA = re.compile(rb"data: ?")
_DONE = b"[DONE]"


class Wrapping:
    """The event syntax of one framing."""

    __slots__ = ("_array", "_binary", "sse")

    def __init__(self, framing: Framing) -> None:
        self._binary = isinstance(framing, EventStream)
        self._array = isinstance(framing, JsonArray)
        self.sse = isinstance(framing, ServerSentEvents)

    def parted(self, event: bytes) -> tuple[bytes, bytes, bytes]:
        """The bytes before the JSON, the JSON, and the bytes after it. Raises Malformed on a broken frame."""
        if self._binary:
            head, payload = sections(event)
            return head, payload, b""
        if self.sse:
            return _of_lines(event)
        if self._array:
            start, end = event.find(b"{"), event.rfind(b"}") + 1
            return (event[:start], event[start:end], event[end:]) if end else (event, b"", b"")
        payload = event.strip()
        start = event.find(payload)
        return event[:start], payload, event[start + len(payload) :]

    def joined(self, head: bytes, said: Json, tail: bytes) -> bytes:
        """An event with this JSON."""
        payload = write(said)
        return pack(head, payload) if self._binary else head + payload + tail

    def another(self, head: bytes, said: Json, tail: bytes) -> bytes:
        """An additional event, like an earlier one."""
        return self.joined(b"," if self._array else head, said, tail)

    def missing(self, event: bytes) -> bytes:
        """The terminator that a stream's last event lacks; b"" if none."""
        if self.sse:
            return sse.missing_end(event)
        return b"" if self._binary or self._array or event.endswith(b"\n") else b"\n"

    def is_last(self, event: bytes, payload: bytes) -> bool:
        """Whether an event without an object is the end marker of the answer."""
        if self._array:
            return not payload and event.strip() == b"]"
        return self.sse and payload.strip() == _DONE


def _of_lines(event: bytes) -> tuple[bytes, bytes, bytes]:
    if event[:7] == b"data: {" and event.find(b"\n") == len(event) - 2 and b"\r" not in event:
        return event[:6], event[6:-2], event[-2:]  # one line: nearly all events
    data = sse.data_of(event)
    if data is None:
        return event, b"", b""
    found = _DATA.search(event)
    start = event.find(data) if found is None else event.find(data, found.end())
    if start < 0:  # data on several lines: written as one
        return event[: found.start()] + b"data: " if found else b"data: ", data, b"\n\n"
    return event[:start], data, event[start + len(data) :]
