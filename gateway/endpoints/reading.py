"""Reads a request's headers: the credential, and whether the body has a supported type."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from gateway.errors import Header, UnsupportedMedia
from ledger.keys import PREFIX

# Where SDKs put a key, in order of precedence: by Anthropic's own rule x-api-key wins.
_KEY_HEADERS = (b"x-api-key", b"x-goog-api-key", b"api-key")
# Other keys count last: SDKs also send a vendor's key that they find in the environment.
_OURS = PREFIX.encode()
_SIGNED = b"AWS4-HMAC-SHA256"

# Headers about transport, body format, client and credentials; any other may be meant for us.
_NOT_SAID = frozenset(
    [
        *(b"host", b"connection", b"content-length", b"content-type", b"content-encoding", b"user-agent"),
        *(b"accept", b"accept-encoding", b"accept-language", b"authorization", *_KEY_HEADERS),
    ]
)
_NAMES = re.compile(rb"[\w.-]+(?:[ ,]+[\w.-]+)*").fullmatch  # versions and betas
_BODILESS = frozenset(["GET", "HEAD", "DELETE"])
_CLIENTS_MAKE = b"x-stainless-"  # OpenAI's and Anthropic's SDKs describe themselves at length


class Heard(NamedTuple):
    """The relevant facts of a request's head."""

    credential: bytes  # b"": none
    digest: bytes  # its SHA-256
    forwarded: bytes  # header lines for a vendor that speaks the caller's format
    said: tuple[Header, ...]  # the other headers, without credentials and what every client sends


def hear(headers: Iterable[Header], url: bytes, forwards: Mapping[bytes, bytes]) -> Heard:
    """Read a head; `forwards`: headers to forward to vendors, with defaults. Raises UnsupportedMedia."""
    credential = read_headers(headers, url)
    said = tuple(
        header for header in headers if header[0] not in _NOT_SAID and not header[0].startswith(_CLIENTS_MAKE)
    )
    return Heard(
        credential, sha256(credential).digest(), _forwarded(said, forwards) if forwards else b"", said
    )


def _forwarded(headers: Iterable[Header], forwards: Mapping[bytes, bytes]) -> bytes:
    """Header lines for a vendor of the caller's format: those that the caller sent, else their defaults.

    Several lines of one header form one list (RFC 9110, 5.3). A value that is not a list of names is not
    forwarded, because no guard reads it.
    """
    values: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in forwards and _NAMES(value):
            values[name] = value if values.get(name, value) == value else values[name] + b", " + value
    values = {**forwards, **values}
    return b"".join([b"%b: %b\r\n" % pair for pair in values.items() if pair[1]])


def read_headers(headers: Iterable[Header], url: bytes = b"") -> bytes:
    """The credential, or b"". Raises UnsupportedMedia if the body's type or encoding is not supported."""
    credential = b""
    keyed = False
    for name, value in headers:
        if name == b"authorization":
            found = value[7:].strip() if value[:7].lower() == b"bearer " else _signer(value)
            credential = _better(credential, found) if keyed else found
        elif name == b"content-type":
            if value != b"application/json":
                _check_media(value)
        elif name in _KEY_HEADERS:
            credential, keyed = _better(value.strip(), credential), True
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedMedia(
                f"The content encoding '{value.decode('latin-1')}' is not supported: send the body as it is."
            )
    if not credential and b"key=" in url:
        credential = _in_query(url)
    return credential


def _better(first: bytes, second: bytes) -> bytes:
    """The first of two credentials, unless only the second can be one of our keys."""
    return second if second.startswith(_OURS) and not first.startswith(_OURS) else first


def credential_of(request: Request) -> bytes:
    """The credential of a Starlette request. Raises UnsupportedMedia as `read_headers`.

    The content type is ignored for methods without a body, since some SDKs send it anyway.
    """
    scope = request.scope
    headers: Iterable[Header] = scope["headers"]
    if request.method in _BODILESS:
        headers = [header for header in headers if header[0] != b"content-type"]
    return read_headers(headers, scope["path"].encode() + b"?" + scope["query_string"])


def _signer(value: bytes) -> bytes:
    """The access key id, which is one of our keys, of an AWS SDK; its signature need not be verified.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
    """
    if not value.startswith(_SIGNED):
        return value
    _, _, rest = value.partition(b"Credential=")
    return rest.partition(b"/")[0].strip()


def _in_query(url: bytes) -> bytes:
    # Gemini's clients may put the key into the URL: https://ai.google.dev/api
    for pair in url.partition(b"?")[2].split(b"&"):
        name, _, value = pair.partition(b"=")
        if name == b"key":
            return unquote_to_bytes(value)
    return b""


def _check_media(value: bytes) -> None:
    media = value.partition(b";")[0].strip().lower()
    if media != b"application/json" and not media.endswith(b"+json"):
        found = media.decode("latin-1") or "nothing"
        raise UnsupportedMedia(
            f"The content type is '{found}', expected 'application/json'. "
            f"With curl, add: -H 'content-type: application/json'"
        )
