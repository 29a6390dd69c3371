"""Gives each request an id, which is sent with every answer."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.endpoints.askers import asker
from gateway.errors import Header

_KEY = "signalbox.request_id"
_HEADER = b"x-request-id"


class Identified:
    """ASGI middleware that adds x-request-id to all answers that have none."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity = scope[_KEY] = self._new_id()
        also = asker(scope["headers"]).face.id_header if scope["type"] == "http" else b""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _identified(message.get("headers", ()), identity, also)}
            await send(message)

        await self._app(scope, receive, tell)


def _identified(headers: Iterable[Header], identity: str, also: bytes) -> list[Header]:
    """The headers with the id added, also as the header `also`."""
    told = dict(headers)
    theirs = told.get(_HEADER, identity.encode())
    more = [(name, theirs) for name in (_HEADER, also) if name and name not in told]
    return [*headers, *more]


def id_of(request: Request) -> str:
    """The request's id, for logs and messages."""
    identity: str = request.scope[_KEY]
    return identity
