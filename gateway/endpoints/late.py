"""Routes that are loaded on first use, to save memory."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send


class Late(BaseRoute):
    """The routes of all paths that start with one of `beginnings`.

    `load` makes them in a thread, so that it does not block other calls; if it fails, the next request tries
    again.
    """

    def __init__(self, beginnings: tuple[str, ...], load: Callable[[], Sequence[BaseRoute]]) -> None:
        self._beginnings = beginnings
        self._load = load
        self._loaded: Router | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        here = scope["type"] == "http" and scope["path"].startswith(self._beginnings)
        return (Match.FULL if here else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._loaded is None:  # simultaneous first requests both load; either result will do
            self._loaded = Router(await asyncio.to_thread(self._load), redirect_slashes=False)
        await self._loaded(scope, receive, send)
