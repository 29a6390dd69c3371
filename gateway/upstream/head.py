"""Heads of requests and responses: outgoing ones are validated, incoming ones parsed on demand."""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"[/*][!-~]*")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_OURS = frozenset({"content-length", "transfer-encoding", "trailer", "upgrade", "expect"})


def build_head(method: str, path: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Request line and header lines, each ended by CRLF, without content-length and the final empty line.

    Built once at load; `Upstream.send` adds the body's framing. Raises ValueError, which never shows a value,
    on anything that could inject a header or a request, and unless there is exactly one Host.
    """
    if not _TOKEN.fullmatch(method):
        raise ValueError(f"method {method!r} is not a token such as POST")
    if not _TARGET.fullmatch(path):
        raise ValueError(
            f"path {path!r} must begin with / and hold only visible ASCII; percent-encode the rest"
        )
    pairs = list(headers)
    lines = [header_line(name, value) for name, value in pairs]
    if sum(name.lower() == "host" for name, _ in pairs) != 1:
        raise ValueError(f"{method} {path}: exactly one host header is needed; use Origin.authority")
    return b"".join((f"{method} {path} HTTP/1.1\r\n".encode("ascii"), *lines))


def header_line(name: str, value: str) -> bytes:
    """One header line, ended by CRLF. Raises ValueError, which never shows the value, unless safe."""
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"header name {name!r} is not a token (letters, digits and - are safe)")
    if name.lower() in _OURS:
        raise ValueError(f"header {name!r} is written by the connection itself; leave it out")
    if not _VALUE.fullmatch(value):
        raise ValueError(
            f"header {name!r}: its value holds a line break, a control or a non-Latin-1 character"
            " (a secret read from a file often ends in a line break)"
        )
    return f"{name}: {value}\r\n".encode("latin-1")


@lru_cache(maxsize=64)
def _line(name: bytes) -> bytes:
    return b"\r\n%b:" % name


def head_of(raw: bytes) -> "ResponseHead":
    """The head in `raw`, which runs from the status line to the last header's CRLF."""
    return ResponseHead(raw, raw.lower())


def behind_interim(raw: bytes, count: int) -> bytes:
    """`raw` without leading empty lines and the heads of `count` interim responses."""
    raw = raw.lstrip(b"\r\n")
    for _ in range(count):
        raw = raw.partition(b"\r\n\r\n")[2]
    return raw


class ResponseHead(msgspec.Struct, eq=False, gc=False):
    """The head of a response that the parser has already accepted.

    Splitting twenty headers costs ten times the rest of the parse, and a call needs two or three of them:
    so the bytes are searched on demand, and split only if all headers are needed.
    """

    _raw: bytes
    folded: bytes  # in lower case

    def get(self, name: bytes) -> bytes | None:
        """The first value of a header; `name` in lower case."""
        folded = self.folded
        start = folded.find(_line(name))
        if start < 0:
            return None
        start += len(name) + 3
        return self._raw[start : folded.find(b"\r\n", start)].strip(b" \t")

    def items(self) -> list[tuple[bytes, bytes]]:
        """Every header in order, names in lower case, values stripped of surrounding space."""
        pairs = []
        for line in self._raw.split(b"\r\n")[1:-1]:
            name, _, value = line.partition(b":")
            pairs.append((name.lower(), value.strip(b" \t")))
        return pairs

    def ends_at_close(self) -> bool:
        """Whether the body is delimited only by the end of the connection (RFC 9112 §6.3)."""
        codings = b",".join(value for name, value in self.items() if name == b"transfer-encoding")
        if codings:
            return codings.rpartition(b",")[2].strip(b" \t").lower() != b"chunked"
        return self.get(b"content-length") is None
