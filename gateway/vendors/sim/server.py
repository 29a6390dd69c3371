"""Runs the simulator: on the running loop of another process, or standalone."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import uvicorn

from gateway.vendors.sim.app import Simulator
from gateway.vendors.sim.bill import Bill
from gateway.vendors.sim.connection import ConnectionProtocol
from gateway.vendors.sim.director import Director
from gateway.vendors.sim.state import Identity, State

BACKLOG = 4096
SHUTDOWN = 2  # seconds that uvicorn waits for calls whose connections were cut


@dataclass(frozen=True, slots=True)
class Address:
    """Where a simulator listens, its seed and its bill's file. Port 0: any free one."""

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 0
    bill_file: str | None = None


class EmbeddedSimulator:
    """A simulator on the running loop. Its starter must stop it."""

    def __init__(self, address: Address = Address()) -> None:
        self._address = address
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.simulator: Simulator | None = None

    async def start(self) -> str:
        """Listen, and return the base URL, with `/v1`. Raises `OSError` if the address or the bill's file is
        not available."""
        address = self._address
        listener = bind(address)
        try:
            self.simulator = make_simulator(address, now_ms)
        except OSError:
            listener.close()
            raise
        self._server = _Server(self.simulator)
        # Owned here and ended by stop(): a server outlives any scope of a TaskGroup.
        self._task = asyncio.get_running_loop().create_task(self._server.serve([listener]))
        started = asyncio.ensure_future(self._server.ready.wait())
        await asyncio.wait((started, self._task), return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            started.cancel()
            await self._task
        return base_url(listener)

    async def stop(self) -> None:
        """Cut every open connection and stop listening; calls in progress are billed as cancelled."""
        if self._server is None or self._task is None or self.simulator is None:
            return
        self._server.end()
        await self._task
        self.simulator.state.bill.close()
        self._server = self._task = None


def run(address: Address, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, on a separate loop; `ready` gets the base URL.

    Raises `OSError` if the address or the bill's file is not available.
    """
    listener = bind(address)
    with contextlib.closing(listener):
        simulator = make_simulator(address, now_ms)
        with contextlib.closing(simulator.state.bill):
            server = _Server(simulator, handles_signals=True, announce=lambda: ready(base_url(listener)))
            server.run([listener])


def make_simulator(address: Address, clock: Callable[[], int]) -> Simulator:
    """The application itself, not yet served. `clock` returns Unix milliseconds."""
    run_id = blake2b(b"%d/%d" % (address.seed, clock()), digest_size=6).hexdigest()
    identity = Identity(address.seed, run_id, clock)
    return Simulator(State(identity, Director(address.seed), Bill(address.bill_file)))


def now_ms() -> int:
    """The Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def bind(address: Address) -> socket.socket:
    """A socket bound to the address. Raises `OSError` if it is not available."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def base_url(listener: socket.socket) -> str:
    """The base URL of a listening simulator."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"


class _Server(uvicorn.Server):
    """A uvicorn server that leaves logging alone and, unless `handles_signals`, the process's signals too."""

    def __init__(
        self,
        simulator: Simulator,
        *,
        handles_signals: bool = False,
        announce: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                simulator,
                http=ConnectionProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=SHUTDOWN,
            )
        )
        self.ready = asyncio.Event()
        self._handles_signals = handles_signals
        self._announce = announce

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals() if self._handles_signals else contextlib.nullcontext():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
        if self._announce is not None:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._cut()
        await super().shutdown(sockets)

    def end(self) -> None:
        """Stop at the next tick; open connections are cut now."""
        self.should_exit = True
        self._cut()

    def _cut(self) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, ConnectionProtocol):
                connection.abort()
