"""An origin: where a vendor listens, with which certificates, behind which proxy."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """One scheme, host and port, and how to reach it. One pool serves it."""

    scheme: str
    host: str  # without the brackets of an IPv6 address
    port: int
    max_connections: int = 1000
    ca_file: str | None = None  # replaces the system's CAs
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None  # http://[user:password@]host[:port]; every origin is reached by CONNECT

    def __post_init__(self) -> None:
        if self.max_connections < 1:
            raise ValueError(f"max_connections is {self.max_connections}; at least 1 is needed")
        if self.client_key is not None and self.client_cert is None:
            raise ValueError("client_key is given without client_cert; give both, or the certificate alone")
        if self.proxy is not None:
            Proxy.of(self.proxy)

    @classmethod
    def of(cls, url: str, **options: Any) -> "Origin":
        """The origin of a URL, ignoring its path. Raises ValueError, which says what is wrong."""
        parts = _split(url, "base URL", tuple(_PORTS))
        if parts.username is not None:
            raise ValueError("base URL holds a user name; credentials belong in api_key or in headers")
        return cls(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], **options)

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is left out if it is the scheme's default."""
        host = bracketed(self.host)
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A forward proxy that supports CONNECT."""

    host: str
    port: int
    authorization: bytes | None  # the value of Proxy-Authorization

    @classmethod
    def of(cls, url: str) -> "Proxy":
        """Parse http://[user:password@]host[:port]. Raises ValueError, which never shows the password."""
        parts = _split(url, "proxy", ("http",))
        token = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            token = b"Basic " + b64encode(pair.encode())
        return cls(parts.hostname or "", parts.port or 80, token)

    def __str__(self) -> str:
        return f"proxy {bracketed(self.host)}:{self.port}"


def bracketed(host: str) -> str:
    """A host as it is written in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def _split(url: str, what: str, schemes: tuple[str, ...]) -> SplitResult:
    allowed = " or ".join(f"{scheme}://host[:port]" for scheme in schemes)
    if any(ord(char) <= 32 or ord(char) >= 127 for char in url):
        raise ValueError(f"{what} holds a space, a control or a non-ASCII character; write {allowed}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{what} is not a URL ({error}); write {allowed}") from None
    if parts.scheme not in schemes:
        raise ValueError(f"{what} has the scheme {parts.scheme!r}; write {allowed}")
    if not parts.hostname or port == 0:
        raise ValueError(f"{what} has no host or the port 0; write {allowed}")
    return parts
