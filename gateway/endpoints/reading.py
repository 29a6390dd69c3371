"""Reads a request's headers: who calls, and whether the body is one that we read."""

from collections.abc import Iterable

from gateway.errors import Header, UnsupportedMedia


def read_headers(headers: Iterable[Header]) -> bytes:
    """The credential, b"" when none came. Raises UnsupportedMedia on a body we do not read."""
    credential = b""
    for name, value in headers:
        if name == b"authorization":
            credential = value[7:].strip() if value[:7].lower() == b"bearer " else value
        elif name == b"content-type":
            if value != b"application/json":
                _check_media(value)
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedMedia(
                f"The content encoding '{value.decode('latin-1')}' is not supported: send the body as it is."
            )
    return credential


def _check_media(value: bytes) -> None:
    media = value.partition(b";")[0].strip().lower()
    if media != b"application/json" and not media.endswith(b"+json"):
        found = media.decode("latin-1") or "nothing"
        raise UnsupportedMedia(
            f"The content type is '{found}', expected 'application/json'. "
            f"With curl, add: -H 'content-type: application/json'"
        )
