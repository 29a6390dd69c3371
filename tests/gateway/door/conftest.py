"""The door before a small endpoint and a small application, on a real server and real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import orjson
import pytest
import uvicorn
import uvloop

from gateway.door.exchange import Exchange
from gateway.door.protocol import Door, Endpoint, Protocol
from gateway.errors import CallerError
from tests.patience import ARRIVAL_SECONDS

Script = Callable[[Exchange], Awaitable[None]]


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}  # the one the gateway runs on


class Server(uvicorn.Server):
    """uvicorn's own, that leaves signals alone and does not look ten times a second whether to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    async def main_loop(self) -> None:
        await self.told.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class House:
    """A running server. `/ours` goes to the script, everything else to an application that says its path."""

    def __init__(self, script: Script, max_body_bytes: int, body_seconds: float) -> None:
        self.script = script
        self.seen: list[Exchange] = []  # exchanges that began
        self.left: list[Exchange] = []  # those whose client left
        self.clients: list[Client] = []
        self.application = asyncio.Event()  # the application answers when it is set
        self.application.set()
        door = Door({b"/ours": self}, self.find, lambda: max_body_bytes, lambda: body_seconds)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.server = Server(
            uvicorn.Config(
                self.app,
                http=partial(Protocol, door=door),  # type: ignore[arg-type]
                ws="none",
                lifespan="off",
                interface="asgi3",
                proxy_headers=False,
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    def find(self, path: bytes) -> tuple[Endpoint, str] | None:
        """Paths below /named/ name their model."""
        prefix, _, model = path.partition(b"?")[0].rpartition(b"/")
        return (self, model.decode()) if prefix == b"/named" else None

    def refuse(self, exchange: Exchange, error: CallerError) -> None:
        body = orjson.dumps({"error": {"message": error.message, "code": error.code}})
        exchange.refuse(error.status, b"x-refused-by: the endpoint\r\n", body)

    async def __call__(self, exchange: Exchange) -> None:
        task = exchange.task
        assert task is not None
        self.seen.append(exchange)
        try:
            await self.script(exchange)
        except asyncio.CancelledError:
            self.left.append(exchange)
        finally:
            exchange.ended(task)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await self.application.wait()
        body = b"app " + scope["path"].encode()
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def start(self) -> None:
        self.task = asyncio.ensure_future(self.server.serve(sockets=[self._socket]))
        while not self.server.started:  # noqa: ASYNC110  uvicorn sets no event
            await asyncio.sleep(0.001)

    def tell_to_stop(self) -> None:
        self.server.should_exit = True
        self.server.told.set()

    async def stop(self) -> None:
        self.tell_to_stop()
        async with asyncio.timeout(8):
            await self.task
        assert not self.server.server_state.tasks

    async def client(self) -> "Client":
        self.clients.append(Client(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.clients[-1]


class Client:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)

    async def answer(self) -> tuple[int, dict[bytes, bytes], bytes]:
        """The next answer: status, headers, and its body without the framing."""
        async with asyncio.timeout(ARRIVAL_SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
            headers = dict(line.lower().split(b": ", 1) for line in head[1:])
            return int(head[0].split()[1]), headers, await self._body(headers)

    async def _body(self, headers: dict[bytes, bytes]) -> bytes:
        if b"content-length" in headers:
            return await self.reader.readexactly(int(headers[b"content-length"]))
        if b"transfer-encoding" not in headers:
            return await self.reader.read() if headers else b""
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        assert await self.reader.readexactly(2) == b"\r\n"
        return b"".join(parts)

    async def rest(self) -> bytes:
        """All there is until the server closes, however it does."""
        found = b""
        try:
            async with asyncio.timeout(ARRIVAL_SECONDS):
                while data := await self.reader.read(65536):
                    found += data
        except ConnectionError:
            pass
        return found

    def leave(self) -> None:
        self.writer.transport.abort()


Opening = Callable[..., Awaitable[House]]


@pytest.fixture
async def open_door() -> AsyncIterator[Opening]:
    """Start a server before a script; all are stopped after the test, and then nothing is left open."""
    opened: list[House] = []

    async def start(script: Script, max_body_bytes: int = 1000, body_seconds: float = 10.0) -> House:
        house = House(script, max_body_bytes, body_seconds)
        await house.start()
        opened.append(house)
        return house

    yield start
    for house in opened:
        for client in house.clients:
            client.leave()
        for _ in range(20):  # uvicorn would wait a tenth of a second for them
            await asyncio.sleep(0.001)
            if not house.server.server_state.connections:
                break
        if not house.task.done():
            await house.stop()
