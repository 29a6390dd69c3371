"""The ways in which a call to a vendor can fail, one exception type for each.

    UpstreamFailure                 kind
    ├── ConnectFailed               connect_failed
    │   ├── ConnectRefused          connect_refused
    │   ├── ConnectTimeout          connect_timeout
    │   ├── NameNotResolved         dns
    │   ├── TlsFailed               tls
    │   └── ProxyRefused            proxy
    ├── NoSocket                    no_socket
    ├── PoolFull                    pool_full
    ├── PoolClosed                  pool_closed
    ├── TimedOut
    │   ├── HeadersTimeout          headers_timeout
    │   ├── FirstContentTimeout     first_content_timeout
    │   ├── IdleTimeout             idle_timeout
    │   └── TotalTimeout            total_timeout
    ├── ClosedEarly                 closed_early
    ├── ProtocolError               protocol
    └── TooLarge                    too_large

Errors of sockets, TLS and the parser become these in `translate`, nowhere else.
"""

import socket
import ssl
from errno import EMFILE, ENFILE, ENOBUFS, ENOMEM
from typing import ClassVar, Literal

from httptools import HttpParserError, HttpParserUpgrade

from config.catalog import Deadlines

Phase = Literal["connect", "send", "headers", "body"]


class UpstreamFailure(Exception):
    """The upstream gave no complete answer. `str()` names the host and the phase, never a secret."""

    kind: ClassVar[str] = "upstream"

    def __init__(self, host: str, phase: Phase, detail: str) -> None:
        super().__init__(f"{host}: {detail} (phase: {phase})")
        self.host = host
        self.phase: Phase = phase
        self.detail = detail


class ConnectFailed(UpstreamFailure):
    """No connection was established; the vendor has seen nothing of the request unless `phase` is later."""

    kind = "connect_failed"


class ConnectRefused(ConnectFailed):
    """The address refused the connection."""

    kind = "connect_refused"


class ConnectTimeout(ConnectFailed):
    """The connect deadline passed before TCP, proxy and TLS were ready."""

    kind = "connect_timeout"


class NameNotResolved(ConnectFailed):
    """The host name has no address."""

    kind = "dns"


class TlsFailed(ConnectFailed):
    """The handshake or the certificate was refused, by us or by the other side."""

    kind = "tls"


class ProxyRefused(ConnectFailed):
    """The forward proxy did not open the tunnel."""

    kind = "proxy"


class NoSocket(UpstreamFailure):
    """This process or machine can open no more sockets; the host to be reached is not at fault."""

    kind = "no_socket"


class PoolFull(UpstreamFailure):
    """All connections stayed busy until the connect deadline."""

    kind = "pool_full"


class PoolClosed(UpstreamFailure):
    """The gateway closed this origin's pool (reload or shutdown)."""

    kind = "pool_closed"


class TimedOut(UpstreamFailure):
    """A deadline passed after the connection was established."""


class HeadersTimeout(TimedOut):
    """No response head in time."""

    kind = "headers_timeout"


class FirstContentTimeout(TimedOut):
    """A head came, but its reader found no content in time."""

    kind = "first_content_timeout"


class IdleTimeout(TimedOut):
    """The connection fell silent in the middle of a body."""

    kind = "idle_timeout"


class TotalTimeout(TimedOut):
    """The whole call took too long."""

    kind = "total_timeout"


_SAYS: dict[type[TimedOut], str] = {
    HeadersTimeout: "no response head within {0.headers:g} s",
    FirstContentTimeout: "no content within {0.first_content:g} s",
    IdleTimeout: "silent for {0.idle:g} s",
    TotalTimeout: "not finished within {0.total:g} s",
}


def timed_out(kind: type[TimedOut], host: str, phase: Phase, limits: Deadlines) -> TimedOut:
    """The failure for a deadline that passed; its message names the limit."""
    return kind(host, phase, _SAYS[kind].format(limits))


class ClosedEarly(UpstreamFailure):
    """The connection ended before the answer did."""

    kind = "closed_early"


class ProtocolError(UpstreamFailure):
    """The bytes are not an HTTP/1 response."""

    kind = "protocol"


class TooLarge(UpstreamFailure):
    """The head or the body exceeds its bound."""

    kind = "too_large"


# First match wins. In the connect phase an OSError means that no connection exists yet; later, that it broke.
_CONNECTING: tuple[tuple[type[Exception], type[UpstreamFailure], str], ...] = (
    (ssl.SSLCertVerificationError, TlsFailed, "the certificate was not accepted"),
    (ssl.SSLError, TlsFailed, "the TLS handshake failed"),
    (socket.gaierror, NameNotResolved, "the host name has no address"),
    (UnicodeError, NameNotResolved, "the host name is not one"),
    (ConnectionRefusedError, ConnectRefused, "nobody listens there"),
    (TimeoutError, ConnectTimeout, "no connection in time"),
    (OSError, ConnectFailed, "the connection could not be opened"),
)
_CONNECTED: tuple[tuple[type[Exception], type[UpstreamFailure], str], ...] = (
    (ssl.SSLError, TlsFailed, "TLS broke"),
    (OSError, ClosedEarly, "the connection broke"),
    (HttpParserError, ProtocolError, "the response is not HTTP/1"),
    (HttpParserUpgrade, ProtocolError, "the response switches protocols"),
)

_OURS = frozenset([EMFILE, ENFILE, ENOBUFS, ENOMEM])  # local resources that ran out


def translate(error: Exception, host: str, phase: Phase) -> UpstreamFailure:
    """Convert an error of a socket, of TLS or of the parser into an UpstreamFailure."""
    if isinstance(error, UpstreamFailure):
        return error
    if isinstance(error.__context__, UpstreamFailure):  # raised by our callback, wrapped by the parser
        return error.__context__
    if phase == "connect" and isinstance(error, OSError) and error.errno in _OURS:
        return NoSocket(host, phase, f"no socket can be opened here: {_reason(error)}")
    for foreign, ours, detail in _CONNECTING if phase == "connect" else _CONNECTED:
        if isinstance(error, foreign):
            reason = _reason(error)
            return ours(host, phase, f"{detail}: {reason}" if reason else detail)
    return ClosedEarly(host, phase, f"the connection broke: {type(error).__name__}")


def _reason(error: Exception) -> str:
    # By `getattr`: an ssl.SSLError raised by Python code lacks the attributes that OpenSSL's have.
    for attribute in ("verify_message", "reason", "strerror"):
        if text := getattr(error, attribute, None):
            return str(text)
    return str(error) if not isinstance(error, OSError) else ""
