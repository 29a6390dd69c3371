"""Writes answers and errors to the server."""

from gateway.endpoints.reading import Send
from gateway.errors import Header

_JSON: Header = (b"content-type", b"application/json")


async def send_json(send: Send, status: int, body: bytes, headers: tuple[Header, ...] = ()) -> None:
    """A complete JSON answer."""
    length = b"%d" % len(body)
    start = [_JSON, (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def send_whole(send: Send, status: int, body: bytes, headers: list[Header]) -> None:
    """A complete answer whose headers say what it is."""
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
