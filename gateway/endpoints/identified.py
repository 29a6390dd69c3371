"""Gives each request of the application an id, with which every answer is told."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "signalbox.request_id"
_HEADER = b"x-request-id"


class Identified:
    """The application, whose answers all have an x-request-id: their own where they bring one."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity = scope[_KEY] = self._new_id()

        async def tell(message: Message) -> None:
            headers = message.get("headers", ())
            if message["type"] == "http.response.start" and all(name != _HEADER for name, _ in headers):
                message = {**message, "headers": [*headers, (_HEADER, identity.encode())]}
            await send(message)

        await self._app(scope, receive, tell)


def id_of(request: Request) -> str:
    """The id that the request's answer will have, for logs and messages."""
    identity: str = request.scope[_KEY]
    return identity
