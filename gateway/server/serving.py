"""uvicorn's server with Signalbox's protocol; the gateway handles signals itself."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from starlette.types import ASGIApp

from gateway.door.protocol import Door, Protocol

_SETTLE_SECONDS = 2.0  # for requests that were cut off to record their usage
_KEEP_ALIVE_SECONDS = 75  # longer than load balancers' keep-alive: the client must be the one that closes
_BACKLOG = 4096


class Server(uvicorn.Server):
    """uvicorn with Signalbox's protocol; it reports when it listens and leaves signals to the gateway."""

    def __init__(self, app: ASGIApp, door: Door, drain_seconds: float, started: Callable[[], None]) -> None:
        self._tell_started = started
        self._drain_seconds = drain_seconds
        self.listening = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(Protocol, door=door),  # type: ignore[arg-type]
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=max(1, round(drain_seconds)),
            )
        )

    @property
    def farewell(self) -> str:
        """What the server still waits for, as a text for the operator."""
        count = len(self.server_state.tasks)
        if not count:
            return "no request is open"
        requests = "1 open request has" if count == 1 else f"{count} open requests have"
        return f"{requests} {self._drain_seconds:g} s to finish; Ctrl-C again ends them now"

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's handler would raise the signal again at the end, before the spool is flushed.
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.listening.set()
            self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        # Requests that were cut off settle what they owe before the spool is closed.
        open_tasks = set(self.server_state.tasks)
        for task in open_tasks:
            task.cancel()
        if open_tasks:
            await asyncio.wait(open_tasks, timeout=_SETTLE_SECONDS)
