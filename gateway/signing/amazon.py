"""Authenticates a vendor's requests with AWS Signature Version 4."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from config.catalog import Vendor
from gateway.errors import Header
from gateway.signing.aws import Fixed, Source, find
from gateway.signing.proofs import Means
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.signing.sigv4 import Credentials, Signer, Unsigned
from gateway.upstream import Origin

_JSON = b"\r\ncontent-type: application/json\r\n"
_AMAZON = b"\r\nx-amz-"


def proof_of(vendor: Vendor, means: Means) -> "SignedByAws":
    """The proof made with the vendor's configured keys, else with those found on this machine."""
    written = {name: secret.value for name, secret in vendor.credentials.items()}
    source: Source | None
    if "access_key_id" in written:
        keys = Credentials(
            written["access_key_id"], written["secret_access_key"], written.get("session_token")
        )
        source = Fixed(keys)
    else:
        source = find(means.environ, means.home, means.clock.monotonic, written.get("profile"))
    return SignedByAws(vendor, source, means.clock.unix_seconds)


class SignedByAws:
    """A Proof that signs each request with Signature Version 4."""

    covers_body = True

    def __init__(self, vendor: Vendor, source: Source | None, unix_seconds: Callable[[], float]) -> None:
        self._source = source
        self._unix_seconds = unix_seconds
        self._signer = Signer(vendor.region or "us-east-1")
        self._name = vendor.name
        host = Origin.of(vendor.base_url).authority.encode()
        self._host = (b"host", host)
        self._headers = (self._host, (b"content-type", b"application/json"))

    async def lines(self, head: bytes, body: bytes) -> bytes:
        if self._source is None:
            raise CredentialsUnavailable(
                f"{self._name} has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                f"a profile under credentials, or an api_key"
            )
        credentials = await self._source.credentials()
        method, path, _ = head.split(b" ", 2)
        at = datetime.fromtimestamp(self._unix_seconds(), UTC)
        headers: tuple[Header, ...] = self._headers
        if _JSON not in head or _AMAZON in head:  # a relayed request carries its caller's headers
            headers = (self._host, *_told_in(head))
        signed = self._signer.sign(Unsigned(method, path, headers, body), credentials, at)
        return b"".join([b"%b: %b\r\n" % header for header in signed])


def _told_in(head: bytes) -> Iterator[Header]:
    """The headers of a head that are to be signed, except the host."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name == b"content-type" or name.startswith(b"x-amz-"):
            yield name, value.strip()
