"""The upstream connection: HTTP/1.1 to configured origins, behind one method."""

from config.catalog import Deadlines
from gateway.upstream.decode import coding_of
from gateway.upstream.errors import (
    ClosedEarly,
    ConnectFailed,
    ConnectRefused,
    ConnectTimeout,
    FirstContentTimeout,
    HeadersTimeout,
    IdleTimeout,
    NameNotResolved,
    NoSocket,
    PoolClosed,
    PoolFull,
    ProtocolError,
    ProxyRefused,
    TimedOut,
    TlsFailed,
    TooLarge,
    TotalTimeout,
    UpstreamFailure,
)
from gateway.upstream.head import build_head, header_line
from gateway.upstream.origin import Origin
from gateway.upstream.pool import Upstream
from gateway.upstream.response import Response

__all__ = [
    "ClosedEarly",
    "ConnectFailed",
    "ConnectRefused",
    "ConnectTimeout",
    "Deadlines",
    "FirstContentTimeout",
    "HeadersTimeout",
    "IdleTimeout",
    "NameNotResolved",
    "NoSocket",
    "Origin",
    "PoolClosed",
    "PoolFull",
    "ProtocolError",
    "ProxyRefused",
    "Response",
    "TimedOut",
    "TlsFailed",
    "TooLarge",
    "TotalTimeout",
    "Upstream",
    "UpstreamFailure",
    "build_head",
    "coding_of",
    "header_line",
]
