"""How the events of a stream are told apart, whatever the network did to their bytes."""

from dialects import sse

_LF = b"\n"


class ServerSentEvents:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html: an empty line ends an event."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        whole, rest = sse.split(buffer, seen)
        return (sse.events(whole) if whole else []), rest


class JsonLines:
    """One JSON value on each line."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        end = buffer.rfind(_LF, seen) + 1
        if not end:
            return [], buffer
        return [line + _LF for line in buffer[: end - 1].split(_LF)], buffer[end:]
