"""A gateway on the test's own loop, asked over real sockets."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from config.defaults import default_catalog
from gateway.clock import Clock
from gateway.server.listening import listen, url
from gateway.server.process import Gateway, Options, Started
from gateway.vendors.sim import VENDOR as SIMULATOR
from routing.strategies import weighted
from tests.gateway.running import with_tables

KINDS = {"sim": SIMULATOR}


@dataclass
class Here:
    """A gateway on the test's own loop."""

    client: httpx.AsyncClient
    started: Started
    running: asyncio.Task[None]

    @property
    def headers(self) -> dict[str, str]:
        assert self.started.first_key is not None
        return {"authorization": f"Bearer {self.started.first_key.plaintext}"}

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers)


@asynccontextmanager
async def gateway(
    place: Path, *, listener: socket.socket | None = None, **changed: object
) -> AsyncIterator[Here]:
    with_tables(place)
    state = place / "state"
    told: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
    listener = listener or listen("127.0.0.1", 0)
    options = Options(
        **{
            "state": state,
            "database_url": lambda _: f"sqlite:///{state}/signalbox.db",
            "load": lambda: default_catalog(KINDS, {}),
            "strategies": {"weighted": weighted.STRATEGY},
            "clock": Clock(),
            "listener": listener,
            "version": "1.2.3",
            **changed,
        }
    )
    with closing(listener):
        running = asyncio.ensure_future(Gateway(options, told.set_result).run())
        await asyncio.wait((running, told), return_when=asyncio.FIRST_COMPLETED)
        try:
            if not running.done():
                async with httpx.AsyncClient(base_url=url(listener)) as client:
                    yield Here(client, await told, running)
        finally:
            if not running.done():
                os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(20):
                await running
