"""What the simulator records of its traffic: recent requests, open calls, disconnects."""

from collections import deque
from typing import Any

import msgspec

REQUESTS = 1000  # requests kept
BYTES = 64 * 1024 * 1024  # total size of the bodies kept
DISCONNECTS = 1000

_SECRET = frozenset({b"authorization", b"api-key", b"x-api-key", b"x-goog-api-key"})


class Request(msgspec.Struct, frozen=True):
    """A request as received."""

    seq: int
    id: str
    at_ms: int
    method: str
    path: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def shown(self) -> dict[str, Any]:
        """The request for display: the body as JSON if possible, keys shortened to their last characters."""
        return {
            "seq": self.seq,
            "id": self.id,
            "at_ms": self.at_ms,
            "method": self.method,
            "path": self.path,
            "headers": [[name.decode("latin-1"), _shortened(name, value)] for name, value in self.headers],
            "body": _shown_body(self.body),
        }


def _shown_body(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body.decode("utf-8", "replace")


def _shortened(name: bytes, value: bytes) -> str:
    text = value.decode("latin-1")
    if name not in _SECRET:
        return text
    scheme, space, key = text.rpartition(" ")
    return f"{scheme}{space}…{key[-4:] if len(key) >= 12 else ''}"


class RequestLog:
    """The last requests, bounded by number and by the total size of their bodies."""

    def __init__(self, limit: int = REQUESTS, size: int = BYTES) -> None:
        self._requests: deque[Request] = deque()
        self._limit = limit
        self._size_limit = size
        self._size = 0

    def add(self, request: Request) -> None:
        self._requests.append(request)
        self._size += len(request.body)
        while len(self._requests) > self._limit or self._size > self._size_limit:
            self._size -= len(self._requests.popleft().body)

    def last(self, limit: int) -> list[Request]:
        """The last requests, oldest first."""
        return list(self._requests)[-limit:] if limit else []

    def clear(self) -> None:
        self._requests.clear()
        self._size = 0


class Disconnect(msgspec.Struct, frozen=True):
    """A caller that disconnected before its answer was complete."""

    id: str
    client_request_id: str
    at_ms: int  # Unix time at which the simulator noticed it
    after_ms: int  # since the request arrived
    model: str


class Stats:
    """Counts since the start or the last `clear`, which does not affect open calls and streams."""

    def __init__(self) -> None:
        self.open_calls = 0
        self.open_streams = 0
        self.clear()

    def clear(self) -> None:
        self.requests = 0
        self.completed = 0
        self.cancelled = 0
        self.faults = 0
        self.most_open_calls = self.open_calls
        self.disconnects: deque[Disconnect] = deque(maxlen=DISCONNECTS)

    def begin(self) -> None:
        self.requests += 1
        self.open_calls += 1
        self.most_open_calls = max(self.most_open_calls, self.open_calls)

    def shown(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "completed": self.completed,
            "cancelled": self.cancelled,
            "faults": self.faults,
            "open_calls": self.open_calls,
            "open_streams": self.open_streams,
            "most_open_calls": self.most_open_calls,
            "disconnects": [msgspec.to_builtins(each) for each in self.disconnects],
        }
