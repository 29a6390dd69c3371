"""Signs requests with AWS Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from gateway.errors import Header

_ALGORITHM = b"AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """AWS keys; with a session token they are temporary."""

    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What a signature covers: `path` as it is sent, percent-encoded and with its query.

    `headers` include the host; of the rest only content-type and x-amz-* are signed, as no hop changes them.
    """

    method: bytes
    path: bytes
    headers: tuple[Header, ...]
    body: bytes


class Signer:
    """Signs for one region and service; the key derived for a day is cached until the next."""

    __slots__ = ("_key", "_keyed", "_region", "_service")

    def __init__(self, region: str, service: str = "bedrock") -> None:
        self._region = region.encode()
        self._service = service.encode()
        self._keyed: tuple[str, bytes] | None = None
        self._key = b""

    def sign(self, request: Unsigned, credentials: Credentials, at: datetime) -> tuple[Header, ...]:
        """The headers to add to those of the request: its time, token and signature.

        `at` is in UTC. Equal arguments give equal headers.
        """
        stamp = at.strftime("%Y%m%dT%H%M%SZ").encode()
        added: tuple[Header, ...] = ((b"x-amz-date", stamp),)
        if credentials.token is not None:
            added += ((b"x-amz-security-token", credentials.token.encode()),)
        signed = _signed(request.headers + added)
        names = b";".join(name for name, _ in signed)
        scope = b"%b/%b/%b/aws4_request" % (stamp[:8], self._region, self._service)
        canonical = _canonical(request, signed, names)
        to_sign = b"\n".join((_ALGORITHM, stamp, scope, sha256(canonical).hexdigest().encode()))
        key = self._key_of(credentials.secret, stamp[:8])
        signature = hmac.digest(key, to_sign, "sha256").hex().encode()
        proof = b"%b Credential=%b/%b, SignedHeaders=%b, Signature=%b" % (
            _ALGORITHM,
            credentials.key_id.encode(),
            scope,
            names,
            signature,
        )
        return (*added, (b"authorization", proof))

    def _key_of(self, secret: str, day: bytes) -> bytes:
        if self._keyed != (secret, day):
            key = b"AWS4" + secret.encode()
            for piece in (day, self._region, self._service, b"aws4_request"):
                key = hmac.digest(key, piece, "sha256")
            self._key, self._keyed = key, (secret, day)
        return self._key


def _canonical(request: Unsigned, signed: list[Header], names: bytes) -> bytes:
    path, _, query = request.path.partition(b"?")
    lines = [request.method, _canonical_path(path), _canonical_query(query)]
    lines += [b"%b:%b" % header for header in signed]
    return b"\n".join((*lines, b"", names, sha256(request.body).hexdigest().encode()))


def _canonical_path(path: bytes) -> bytes:
    """The path without dot segments, encoded a second time: only S3 signs it as it is sent."""
    kept: list[bytes] = []
    for piece in path.split(b"/"):
        if piece == b"..":
            del kept[-1:]
        elif piece not in (b"", b"."):
            kept.append(piece)
    end = b"/" if kept and path.endswith(b"/") else b""
    return quote(b"/" + b"/".join(kept) + end, safe="/~").encode()


def _canonical_query(query: bytes) -> bytes:
    pairs = sorted(pair.partition(b"=")[::2] for pair in query.split(b"&")) if query else []
    return b"&".join(b"%b=%b" % pair for pair in pairs)


def _signed(headers: Iterable[Header]) -> list[Header]:
    lowered = ((name.lower(), b" ".join(value.split())) for name, value in headers)
    return sorted(
        (name, value)
        for name, value in lowered
        if name in (b"host", b"content-type") or name.startswith(b"x-amz-")
    )
