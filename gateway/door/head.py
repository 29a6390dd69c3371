"""Parses a request head, and recognises one that the client repeats except for its length."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.errors import Header

if TYPE_CHECKING:
    from gateway.door.protocol import Endpoint

# A head with one of these describes its body by more than a length, or needs a special answer.
_PARTICULAR = frozenset([b"transfer-encoding", b"expect", b"upgrade", b"trailer"])
_LENGTH = b"\r\ncontent-length:"


class RequestHead(msgspec.Struct, eq=False):
    """A parsed request head; the same object as long as the connection repeats it."""

    endpoint: "Endpoint"
    url: bytes = b""  # path and query
    model: str = ""  # if the path names it
    headers: list[Header] = []  # names in lower case
    chunked: bool = False  # the client can read a streamed answer in chunks
    keep_alive: bool = False
    heard: Any = None  # the endpoint's own result for this head, reused if it is repeated


class Refrain(msgspec.Struct, frozen=True, eq=False):
    """A parsed head that a client may repeat: its bytes before and after the body's length."""

    before: bytes
    after: bytes  # beginning with the line end after the length
    head: RequestHead

    def length(self, data: bytes) -> tuple[int, int] | None:
        """The body's length and its start in `data`, which must begin with `before`.

        None if it is another head, or still incomplete: then the parser has to decide.
        """
        start = len(self.before)
        end = data.find(b"\r\n", start, start + 12)
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or not data.startswith(self.after, end):
            return None
        return int(digits), end + len(self.after)


def flaw(version: str, headers: Iterable[Header]) -> str:
    """What is wrong with a head that the parser accepted, as a message for the client; "" if nothing is.

    If a server in front of us read either differently, one request could be smuggled inside another:
    https://www.rfc-editor.org/rfc/rfc9112#name-request-target (Host), #name-transfer-encoding.
    """
    names = [name for name, _ in headers]
    hosts = names.count(b"host")
    if hosts > 1 or not hosts and version != "1.0":
        return f"A request needs one Host header; this one has {hosts or 'none'}."
    if version == "1.0" and b"transfer-encoding" in names:
        return "HTTP/1.0 knows no Transfer-Encoding: send a Content-Length, or speak HTTP/1.1."
    return ""


def refrain(data: bytes, head: RequestHead) -> Refrain | None:
    """How to recognise the head at the beginning of `data`, which has been parsed, when it is repeated.

    None if the head is not complete in `data`, or if its bytes could also belong to a different request.
    """
    end = data.find(b"\r\n\r\n") + 4
    raw = data[:end]
    folded = raw.lower()
    if end < 4 or not head.keep_alive or not head.chunked or folded.count(_LENGTH) != 1:
        return None
    if not _PARTICULAR.isdisjoint(name for name, _ in head.headers):
        return None
    start = folded.index(_LENGTH) + len(_LENGTH)
    start += len(raw[start:]) - len(raw[start:].lstrip(b" \t"))
    return Refrain(raw[:start], raw[raw.index(b"\r\n", start) :], head)
