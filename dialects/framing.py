"""Splits a stream into events, however the network cut its bytes."""

from dialects import sse

_LF = b"\n"
_CR = b"\r"
_NUL = b"\0"
_END = b"\n\n"  # of an event with LF line ends, which nearly all vendors send


class ServerSentEvents:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html: an empty line ends an event."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        if _CR in buffer:
            whole, rest = sse.split(buffer, seen)
            return (sse.events(whole) if whole else []), rest
        after = buffer.find(_END, seen - 1 if seen else 0) + len(_END)
        if after < len(_END):
            return [], buffer
        if after == len(buffer):
            return [buffer], b""  # typical for one read of a paced stream
        if _NUL not in buffer:  # always true in practice; avoids a Python step per event
            *events, rest = buffer.replace(_END, _END + _NUL).split(_NUL)
            return events, rest
        *events, rest = buffer.split(_END)
        return [event + _END for event in events], rest


class JsonLines:
    """One JSON value on each line."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        end = buffer.rfind(_LF, seen) + 1
        if not end:
            return [], buffer
        return [line + _LF for line in buffer[: end - 1].split(_LF)], buffer[end:]
