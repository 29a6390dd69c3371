"""Lets a page in a browser read the answers to its model calls (https://fetch.spec.whatwg.org/#http-cors-protocol).

The application behind the door has Starlette's middleware for this; model calls do not pass through it.
"""

from collections.abc import Collection, Iterable

from gateway.errors import Header

EXPOSED = (
    "age",
    "x-request-id",
    "x-signalbox-attempts",
    "x-signalbox-cache",
    "x-signalbox-cost",
    "x-signalbox-saved",
    "x-signalbox-target",
    "x-signalbox-trail",
)
_LINES = (
    b"access-control-allow-origin: %b\r\nvary: origin\r\naccess-control-expose-headers: "
    + ", ".join(EXPOSED).encode()
    + b"\r\n"
)


def cors_lines(headers: Iterable[Header], allowed: Collection[str]) -> bytes:
    """Header lines for an answer to a page of an allowed origin; b"" for others."""
    for name, value in headers:
        if name == b"origin":
            origin = value.decode("latin-1")
            if "*" in allowed or origin in allowed:
                return _LINES % value
    return b""
