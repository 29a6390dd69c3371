"""Parses a request head, and recognises one that the client repeats except for its length."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.errors import Header

if TYPE_CHECKING:
    from gateway.door.protocol import Endpoint

# With one of these a head says more of its body than a length, or wants an answer of its own.
_PARTICULAR = frozenset([b"transfer-encoding", b"expect", b"upgrade", b"trailer"])
_LENGTH = b"\r\ncontent-length:"


class RequestHead(msgspec.Struct, eq=False):
    """What a request's head came to; one object for as long as a connection repeats it."""

    endpoint: "Endpoint"
    url: bytes = b""  # path and query
    model: str = ""  # where the path names it
    headers: list[Header] = []  # names in lower case
    chunked: bool = False  # the client can read a streamed answer in chunks
    keep_alive: bool = False
    heard: Any = None  # what the endpoint made of it, for requests that repeat it


class Refrain(msgspec.Struct, frozen=True, eq=False):
    """The bytes of a head that was parsed, around its body's length."""

    before: bytes
    after: bytes  # from the line end behind the length on
    head: RequestHead

    def length(self, data: bytes) -> tuple[int, int] | None:
        """The body's length and where in `data`, which begins as `before` does, it starts.

        None where it is not this head again, or not yet whole: then the parser has to look.
        """
        start = len(self.before)
        end = data.find(b"\r\n", start, start + 12)
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or not data.startswith(self.after, end):
            return None
        return int(digits), end + len(self.after)


def flaw(version: str, headers: Iterable[Header]) -> str:
    """What is wrong with a head that the parser has found valid, in words for its client; "" if nothing is.

    Where servers before us would read either otherwise, one request could be hidden in another:
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
    """How to know again a head that was parsed from the beginning of `data`.

    None for one that is not whole there, or with whose first and last bytes another request could be meant.
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
