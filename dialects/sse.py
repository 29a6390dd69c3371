"""Server-sent events cut out of a byte stream, whatever the network did to it."""

import re

# https://html.spec.whatwg.org/multipage/server-sent-events.html: lines end with LF, CRLF or CR,
# an empty line ends an event.
_BOUNDARY = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n|\r\n\n")
_LINE = re.compile(rb"\r\n|\n|\r")


def split(buffer: bytes) -> tuple[bytes, bytes]:
    """Whole events (with their ends), and the unfinished rest. Joined they are the buffer."""
    if buffer.endswith(b"\n\n"):
        return buffer, b""
    if b"\r" not in buffer:
        end = buffer.rfind(b"\n\n") + 2
        return (buffer[:end], buffer[end:]) if end > 1 else (b"", buffer)
    end = 0
    for match in _BOUNDARY.finditer(buffer):
        end = match.end()
    return buffer[:end], buffer[end:]


def events(whole: bytes) -> list[bytes]:
    """Each event's bytes without the empty line that ended it; empty ones are left out."""
    if b"\r" in whole:
        return [block for block in _BOUNDARY.split(whole) if block.strip()]
    return [block for block in whole.split(b"\n\n") if block and block != b"\n"]


def data_of(event: bytes) -> bytes | None:
    """The event's data, its lines joined by LF; None for comments and events without data."""
    if event.startswith(b"data: ") and b"\n" not in event and b"\r" not in event:
        return event[6:]
    lines = []
    for line in _LINE.split(event):
        if line.startswith(b"data:"):
            lines.append(line[6:] if line[5:6] == b" " else line[5:])
    return b"\n".join(lines) if lines else None


def event(data: bytes) -> bytes:
    """One event with this data, which holds no line ends (JSON written without white space)."""
    return b"data: " + data + b"\n\n"
