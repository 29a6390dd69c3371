"""Takes a request's body and headers from the server, within the bounds of size and time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, NamedTuple

from gateway.errors import BadRequest, Header, SlowCaller, TooLarge, UnsupportedMedia

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGone(Exception):
    """The client left before its request was whole; there is nobody to answer."""


class Envelope(NamedTuple):
    """What the road reads of a request's headers."""

    credential: bytes  # b"" when none came
    length: int  # declared; 0 when not


def read_headers(headers: Iterable[Header], limit: int) -> Envelope:
    """The credential and the declared length. Raises CallerError on a body we cannot or will not read."""
    credential, length = b"", 0
    for name, value in headers:
        if name == b"authorization":
            credential = value[7:].strip() if value[:7].lower() == b"bearer " else value
        elif name == b"content-type":
            if value != b"application/json":
                _check_media(value)
        elif name == b"content-length":
            length = int(value)
            if length > limit:
                raise _too_large(length, limit)
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedMedia(
                f"The content encoding '{value.decode('latin-1')}' is not supported: send the body as it is."
            )
    return Envelope(credential, length)


def _check_media(value: bytes) -> None:
    media = value.partition(b";")[0].strip().lower()
    if media != b"application/json" and not media.endswith(b"+json"):
        found = media.decode("latin-1") or "nothing"
        raise UnsupportedMedia(
            f"The content type is '{found}', expected 'application/json'. "
            f"With curl, add: -H 'content-type: application/json'"
        )


async def read_body(receive: Receive, limit: int, seconds: float | None) -> bytes:
    """The whole body. `seconds` bounds how long the client may take; None: it is known to be there."""
    if seconds is None:
        message = await receive()
        if message["type"] == "http.request" and not message["more_body"]:
            return _bounded(message["body"], limit)
        raise ClientGone
    try:
        async with asyncio.timeout(seconds):
            return await _gather(receive, limit)
    except TimeoutError:
        raise SlowCaller(
            f"The request body did not arrive within {seconds:g} seconds.",
            headers=((b"connection", b"close"),),
        ) from None


async def _gather(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        parts.append(message["body"])
        size += len(message["body"])
        if size > limit:
            raise _too_large(size, limit)
        if not message["more_body"]:
            return b"".join(parts)


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(len(body), limit)
    return body


def _too_large(size: int, limit: int) -> TooLarge:
    # The rest of the body is not read, so the connection cannot serve another request.
    return TooLarge(
        f"The request body has {size} bytes or more, allowed are {limit} (setting server.max_body).",
        headers=((b"connection", b"close"),),
    )


def required(body: bytes) -> bytes:
    """The body, which must not be empty."""
    if not body:
        raise BadRequest("The request body is empty: expected a JSON object.")
    return body
