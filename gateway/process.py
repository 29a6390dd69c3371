"""A running gateway: opens what it needs, serves, and puts everything away in order."""

import asyncio
import gc
import logging
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from config.catalog import Catalog, Loaded
from gateway.admin.app import admin_routes, admin_table
from gateway.admin.gate import AdminGate
from gateway.app import create_app, create_door, create_services
from gateway.assembly import Assembly
from gateway.books import Books
from gateway.clock import Clock
from gateway.door.protocol import Door, Protocol
from gateway.endpoints.document import ENDPOINTS
from gateway.endpoints.plain import Exposition, Health, Models, plain_routes
from gateway.services import Services
from gateway.telemetry.metrics import Metrics
from ledger.accounts import Accounts, open_accounts
from ledger.drain import Drain
from ledger.keyring import KeyRing
from ledger.keys import MintedKey
from ledger.spool import Spool
from routing.plan import Strategy
from storage.engine import open_database
from storage.ready import ensure_schema

log = logging.getLogger("signalbox")

_FLUSH_SECONDS = 10.0  # for the last rows, after the last answer
_RESTART_SECONDS = 1.0  # before a background duty that failed begins again
_KEEP_ALIVE_SECONDS = 75  # longer than load balancers keep theirs: who closes first must be the client
_BACKLOG = 4096


@dataclass(frozen=True, slots=True)
class Options:
    """How a gateway is started. `listener` is bound; `version` is the program's."""

    state: Path
    database_url: Callable[[Catalog], str]
    load: Callable[[], Loaded]
    strategies: Mapping[str, Strategy]
    clock: Clock
    listener: socket.socket
    version: str


@dataclass(frozen=True, slots=True)
class Started:
    """What a started gateway tells its operator."""

    loaded: Loaded
    first_key: MintedKey | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the duties beside the server work on."""

    assembly: Assembly
    accounts: Accounts
    ring: KeyRing
    drain: Drain
    services: Services


class Gateway:
    """One worker process. `run` returns when it was told to stop and everything is put away."""

    def __init__(self, options: Options, tell: Callable[[Started], None]) -> None:
        self._options = options
        self._tell = tell
        self._metrics = Metrics()
        self._server: _Server | None = None

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM. Raises ConfigError, StoreError or OSError when it cannot start."""
        options, clock = self._options, self._options.clock
        async with AsyncExitStack() as stack:
            assembly = await stack.enter_async_context(Assembly(options.load, clock, self._metrics))
            catalog = assembly.catalog
            database = open_database(options.database_url(catalog))
            stack.push_async_callback(database.close)
            await ensure_schema(database)
            ring = KeyRing(database, clock.unix_seconds)
            stack.push_async_callback(ring.close)
            accounts = open_accounts(database, clock.unix_seconds, secrets.token_bytes, ring.forget)
            await accounts.declare(catalog.teams)
            first_key = await accounts.ensure_first_key()
            fsync = catalog.settings.spool_fsync
            spool = Spool(options.state / "spool", clock=clock.unix_seconds, fsync=fsync)
            drain = Drain(spool, database, clock=clock.unix_seconds, worth=assembly.worth)
            services = create_services(
                assembly.deployment, ring, Books(spool, self._metrics, clock), options.strategies
            )
            assembly.attach(services)
            parts = Parts(assembly, accounts, ring, drain, services)
            self._measure(spool, drain)
            started = Started(assembly.loaded, first_key)
            await self._serve(parts, lambda: self._tell(started))
            if not await drain.finish(_FLUSH_SECONDS):
                log.warning("the database took too long: %d rows wait for the next start", spool.depth)

    async def _serve(self, parts: Parts, tell: Callable[[], None]) -> None:
        settings = parts.assembly.catalog.settings
        app = create_app(parts.services, self._routes(parts), settings.cors_origins)
        _calm_collector()
        server = self._server = _Server(app, create_door(parts.services), settings.drain_seconds, tell)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, parts.assembly.reloader.request)
        async with asyncio.TaskGroup() as tasks:
            duties = [
                tasks.create_task(_for_ever(name, duty))
                for name, duty in (
                    ("drain", parts.drain.run),
                    ("key changes", parts.ring.watch),
                    ("configuration", parts.assembly.reloader.run),
                    ("declared teams", lambda: parts.assembly.keep_declared(parts.accounts)),
                    ("prices", parts.assembly.keep_prices_current),
                )
            ]
            await server.serve(sockets=[self._options.listener])
            for duty in duties:
                duty.cancel()

    def _routes(self, parts: Parts) -> list[BaseRoute]:
        services, assembly = parts.services, parts.assembly
        gate = AdminGate(parts.ring, lambda: assembly.catalog.settings.admin_key)
        table = admin_table(parts.accounts, assembly.hooks)
        health = Health(lambda: self._problems(parts))
        return [
            *plain_routes(Models(services), health, Exposition(self._metrics), services),
            *admin_routes(table, gate.admit, ENDPOINTS, self._options.version),
        ]

    def _problems(self, parts: Parts) -> dict[str, str]:
        problems = {}
        if self._server is not None and self._server.should_exit:
            problems["draining"] = "the process is stopping"
        if parts.drain.state.failures:
            problems["ledger"] = f"rows wait in the spool: {parts.drain.state.last_error}"
        if parts.assembly.reloader.last.result == "refused":
            problems["configuration"] = "the last reload was refused; the one before is in force"
        return problems

    def _measure(self, spool: Spool, drain: Drain) -> None:
        gauge = self._metrics.gauge
        gauge("signalbox_spool_rows", "Usage rows not in the database yet.", lambda: spool.depth)
        gauge("signalbox_spool_bytes", "Size of the spool on disk.", lambda: spool.bytes)
        gauge(
            "signalbox_drain_failures", "Failed tries in a row to write rows.", lambda: drain.state.failures
        )
        gauge(
            "signalbox_lost_attempts",
            "Attempts of dead processes that never ended.",
            lambda: drain.state.lost,
        )


class _Server(uvicorn.Server):
    """uvicorn with our protocol, that says when it listens."""

    def __init__(self, app: ASGIApp, door: Door, drain_seconds: float, started: Callable[[], None]) -> None:
        self._tell_started = started
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
                timeout_graceful_shutdown=round(drain_seconds),
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            try:
                yield
            finally:
                # uvicorn would raise the signal again now, and the last rows would not be shipped any more.
                self._captured_signals.clear()


def _calm_collector() -> None:
    """What was loaded stays, and a call leaves no cycles: seldom look for garbage, only among the new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _for_ever(name: str, duty: Callable[[], Awaitable[None]]) -> None:
    """A duty beside the server must not take the server with it: it is logged and begun again."""
    while True:
        try:
            await duty()
        except Exception:  # whatever it was, answering goes on, and the log says which duty is limping
            log.exception("%s failed and begins again in %s s", name, _RESTART_SECONDS)
        await asyncio.sleep(_RESTART_SECONDS)
