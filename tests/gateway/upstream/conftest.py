"""A vendor that does byte for byte what a script says, on a real socket, under both event loops."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import trustme
import uvloop

from gateway.upstream import Origin, Upstream


class Wire:
    """The vendor's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """One whole request, head and body; b"" when the client has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            lower = head.lower()
            if b"transfer-encoding: chunked" in lower:
                return head + await self.reader.readuntil(b"0\r\n\r\n")
            _, found, rest = lower.partition(b"content-length: ")
            size = int(rest.partition(b"\r\n")[0]) if found else 0
            return head + await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Until the client has closed."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass

    def reset(self) -> None:
        self.writer.transport.abort()


Script = Callable[[Wire], Awaitable[None]]


class Vendor:
    """A loopback server; `script` runs once per connection, which is closed when it returns."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.connections = 0
        self.open = 0
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        # Storms of connections come at once: where the queue is full the kernel asks again after seconds.
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        self.connections += 1
        self.open += 1
        try:
            await self.script(Wire(reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(asyncio.current_task())
            writer.close()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def vendor() -> AsyncIterator[Callable[..., Awaitable[Vendor]]]:
    """Start a scripted vendor; all are stopped after the test."""
    started: list[Vendor] = []

    async def start(script: Script, context: ssl.SSLContext | None = None) -> Vendor:
        one = Vendor(script, context)
        await one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        await one.stop()


@pytest.fixture
async def upstream() -> AsyncIterator[Callable[..., Upstream]]:
    """Make an Upstream for a URL; all are closed after the test, and then hold nothing."""
    made: list[Upstream] = []

    def make(url: str, *, bounds: dict[str, float] | None = None, **options: object) -> Upstream:
        made.append(Upstream(Origin.of(url, **options), **(bounds or {})))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()
        assert (one.open_connections, one.idle_connections, one.waiting) == (0, 0, 0)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    yield str(path)


@pytest.fixture
def server_context(authority: trustme.CA) -> Callable[[str], ssl.SSLContext]:
    """A server's TLS context with a certificate for a name; made beforehand, as it reads and writes files."""

    def make(name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    return {name: make(name) for name in ("localhost", "other.example")}.__getitem__
