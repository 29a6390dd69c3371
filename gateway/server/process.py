"""A running gateway: opens what it needs, serves, and shuts down in order."""

import asyncio
import importlib
import logging
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from config.catalog import Catalog, Loaded
from config.defaults import NO_FILE
from config.kinds import VendorKind
from config.strategies import StrategyKind
from gateway.app import Memory, create_app, create_door, create_services
from gateway.assembly import Assembly
from gateway.batching.endpoints import Own
from gateway.batching.messages import message_batch_routes
from gateway.batching.parts import batching
from gateway.batching.worker import Worker
from gateway.books import Books
from gateway.caching.shared_answers import shared_answers
from gateway.clock import Clock
from gateway.contents.parts import Contents, contents_of
from gateway.endpoints.feedback import feedback_routes
from gateway.endpoints.late import Late
from gateway.endpoints.models import Models
from gateway.endpoints.plain import Exposition, Health, plain_routes, without_agents
from gateway.metering.alerting import alerts_of
from gateway.metering.allowances import Allowances, one_of_several
from gateway.metering.history import past_use, under_way
from gateway.metering.solitude import Solitude
from gateway.metering.stepping import notice_steps
from gateway.obeying import obeying
from gateway.pipeline import answer
from gateway.relaying.routes import object_routes, passing_routes, relay_routes
from gateway.responses.going_on import going_on
from gateway.responses.owners import Owners
from gateway.responses.stored import stored_routes
from gateway.routing.learning import Learning
from gateway.server.duties import calm_collector, end, for_ever
from gateway.server.first_contact import FirstContact
from gateway.server.local import extended, find_local
from gateway.server.optional import agents_of, leasing_of, tracing_of
from gateway.server.pruning import keep_months
from gateway.server.serving import Server
from gateway.server.workers import Membership
from gateway.services import Services
from gateway.state import EMBEDDER
from gateway.targets.health_sharing import share_health
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.sharing import SharedMetrics
from gateway.tracing.road import Trace
from ledger.accounts import Accounts, open_accounts
from ledger.changes import orders_since
from ledger.drain import Drain
from ledger.keyring import KeyRing
from ledger.keys import MintedKey
from ledger.spool import Spool
from storage.engine import Database, open_database

if TYPE_CHECKING:
    from gateway.agents.parts import AgentParts

log = logging.getLogger("signalbox")

_ADMINISTRATION = ("/admin/v1/", "/v1/organization/", "/openapi.json")  # prefixes of its paths
_CALL_SECONDS = 5.0  # for agent runs' calls in flight, if callers used up the grace period
_FLUSH_SECONDS = 10.0  # for the last ledger rows, after the last answer


@dataclass(frozen=True, slots=True)
class Options:
    """How a gateway is started. `listener` is bound; `version` is the program's.

    `kinds` are the vendors whose local servers are looked for if there is no configuration file. `membership`
    makes this process one of several workers.
    """

    state: Path
    database_url: Callable[[Catalog], str]
    load: Callable[[], Loaded]
    strategies: Mapping[str, StrategyKind]
    clock: Clock
    listener: socket.socket
    version: str
    kinds: Iterable[VendorKind] = ()
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What a started gateway reports to its operator."""

    loaded: Loaded
    first_key: MintedKey | None


@dataclass(frozen=True, slots=True)
class Stores:
    """Storage that is not on the request path."""

    database: Database
    accounts: Accounts
    learning: Learning
    contents: Contents
    contact: FirstContact


@dataclass(frozen=True, slots=True)
class Parts:
    """What the background duties work on."""

    assembly: Assembly
    stores: Stores
    ring: KeyRing
    drain: Drain
    services: Services
    shared: SharedMetrics | None  # only with several workers
    batches: Own
    owners: Owners
    agents: "AgentParts | None"  # if the configuration declares any
    trace: Trace | None  # if tracing is on


class Gateway:
    """One worker process. `run` returns after it was asked to stop and has closed everything."""

    def __init__(self, options: Options, tell: Callable[[Started], None]) -> None:
        self._options = options
        self._tell = tell
        self._metrics = Metrics()
        self._server: Server | None = None
        self._starting: asyncio.Task[None] | None = None
        self._worker: Worker | None = None
        self._stopped_at = 0.0

    async def run(self) -> None:
        """Serves until SIGINT or SIGTERM. Raises ConfigError, StoreError or OSError if it cannot start."""
        self._listen_to_signals()
        # A task of its own, so that a signal can cancel a start that waits.
        starting = self._starting = asyncio.ensure_future(self._run())
        with suppress(asyncio.CancelledError):
            await starting

    async def _run(self) -> None:
        options, clock, ms = self._options, self._options.clock, self._options.clock.unix_ms
        async with AsyncExitStack() as stack:
            assembly = await stack.enter_async_context(Assembly(options.load, clock, self._metrics))
            catalog, settings = assembly.catalog, assembly.catalog.settings
            url = options.database_url(catalog)
            database = open_database(url)
            stack.push_async_callback(database.close)
            ring = KeyRing(database, clock.unix_seconds)
            stack.push_async_callback(ring.close)
            accounts = open_accounts(database, clock.unix_seconds, secrets.token_bytes, ring.forget)
            contact = FirstContact(database, url, accounts, ring, options.state)
            first_key = await contact.make(catalog.teams)
            spool = Spool(options.state / "spool", clock=clock.unix_seconds, fsync=settings.spool_fsync)
            drain = Drain(spool, database, clock=clock.unix_seconds, worth=assembly.worth)
            drain.trimmed = assembly.trimmed
            past, before = past_use(drain, database, ms, spool), under_way(spool, ms)
            leasing = await leasing_of(settings.redis, past, clock, stack, options.state)
            alone = self._alone(drain, stack)
            allowances = Allowances(past, ms, alone=alone, leasing=leasing, under_way=before)
            books = Books(spool, self._metrics, clock, alerts_of(database, assembly, self._metrics, clock))
            learning = Learning(options.state / "router")
            memory = Memory(learning, allowances, options.state / EMBEDDER)
            services = create_services(assembly.deployment, ring, books, options.strategies, memory)
            await self._share_answers(services, catalog, database, stack)
            ring.listen(services.cache.obey)
            ring.listen(obeying(spool.turn))
            assembly.attach(services)
            agents = await agents_of(services, database, clock, stack)
            own = batching(services, database, options.state / "files", self._callers)
            shared = self._measure(spool, drain, own.worker)
            contents = contents_of(books, database, lambda: assembly.catalog, stack)
            stores = Stores(database, accounts, learning, contents, contact)
            kept, trace = going_on(services, contents, stack), tracing_of(catalog, options.version, stack)
            parts = Parts(assembly, stores, ring, drain, services, shared, own, kept, agents, trace)
            await self._serve(parts, lambda: self._tell(Started(assembly.loaded, first_key)))
            if not await drain.finish(_FLUSH_SECONDS):
                log.warning("the database took too long: %d rows wait for the next start", spool.depth)
            if shared is not None:
                shared.write()

    def _alone(self, drain: Drain, stack: AsyncExitStack) -> Callable[[], Awaitable[str]]:
        """A function that says why limits cannot be counted in this process's memory; "" if they can."""
        if self._options.membership is not None:
            return one_of_several
        solitude = Solitude(self._options.state, drain.adopt)
        stack.callback(solitude.close)
        return solitude.why_not

    async def _share_answers(
        self, services: Services, catalog: Catalog, database: Database, stack: AsyncExitStack
    ) -> None:
        options = self._options
        several = options.membership is not None
        kept = shared_answers(catalog, options.clock, options.state, several=several)
        services.cache.share(await stack.enter_async_context(kept))
        services.cache.catch_up(partial(orders_since, database))
        stack.push_async_callback(services.cache.close)
        stack.push_async_callback(services.close)

    async def _serve(self, parts: Parts, tell: Callable[[], None]) -> None:
        settings = parts.assembly.catalog.settings
        self._worker = parts.batches.worker
        app = create_app(parts.services, self._routes(parts), settings.cors_origins)
        calm_collector()
        answering = parts.agents.answer if parts.agents is not None else answer
        door = create_door(parts.services, answering, parts.trace)
        server = self._server = Server(app, door, settings.drain_seconds, tell)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, parts.assembly.reloader.request)
        async with asyncio.TaskGroup() as tasks:
            duties = [tasks.create_task(for_ever(name, duty)) for name, duty in _duties(parts)]
            duties.append(tasks.create_task(self._look_around(server, parts.assembly)))
            await server.serve(sockets=[self._options.listener])
            await self._finish(parts, settings.drain_seconds)
            await end(duties)

    async def _finish(self, parts: Parts, drain_seconds: float) -> None:
        """Brings batches and agent runs to a point at which another process can continue them."""
        grace = self._grace(drain_seconds)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(parts.batches.worker.finish(grace))
            if parts.agents is not None:
                # Those who follow a run may use up the grace period; tool calls still get some seconds.
                forced = self._server is not None and self._server.force_exit
                tasks.create_task(parts.agents.finish(0.0 if forced else max(grace, _CALL_SECONDS)))

    async def _look_around(self, server: Server, assembly: Assembly) -> None:
        """After the start, and only without a configuration file: a file names the servers itself."""
        await server.listening.wait()
        if assembly.catalog.source != NO_FILE:
            return
        if found := await find_local(self._options.kinds):
            await assembly.add_vendor(lambda catalog: extended(catalog, found))

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, number)
        if self._options.membership is not None:
            # The parent writes nothing more: the socket becomes readable when the parent ends.
            parent = self._options.membership.parent
            loop.add_reader(parent, self._orphaned, parent)

    def _stop(self, number: int) -> None:
        server = self._server
        if server is None:
            if self._starting is not None:
                self._starting.cancel()
        elif not server.should_exit:
            server.should_exit = True
            self._stopped_at = self._options.clock.monotonic()
            if self._worker is not None:
                self._worker.halt()  # lines in flight end while callers' answers are drained
            if self._options.membership is None:
                log.info("stopping: %s", server.farewell)
        elif number == signal.SIGINT:
            server.force_exit = True

    def _orphaned(self, parent: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(parent)
        log.warning("the parent process is gone")
        self._stop(signal.SIGTERM)

    def _routes(self, parts: Parts) -> list[BaseRoute]:
        services = parts.services
        render = parts.shared.exposition if parts.shared else self._metrics.exposition
        health = Health(lambda: self._problems(parts))
        return [
            *(parts.agents.routes if parts.agents is not None else without_agents()),
            *relay_routes(services),
            *object_routes(services, parts.owners.objects, parts.batches),
            *stored_routes(services, parts.owners),
            *message_batch_routes(parts.batches, services),
            *passing_routes(services),
            *plain_routes(Models(services), health, Exposition(render)),
            *feedback_routes(services, parts.stores.learning),
            Late(_ADMINISTRATION, partial(_administration, parts, self._options)),
        ]

    def _problems(self, parts: Parts) -> dict[str, str]:
        problems = {}
        if self._server is not None and self._server.should_exit:
            problems["draining"] = "the process is stopping"
        if parts.stores.contact.late:
            problems["database"] = "it was away at the start; keys known from before are served"
        if parts.drain.state.failures:
            problems["ledger"] = f"rows wait in the spool: {parts.drain.state.last_error}"
        if parts.assembly.reloader.last.result == "refused":
            problems["configuration"] = "the last reload was refused; the one before is in force"
        return problems

    def _grace(self, drain_seconds: float) -> float:
        """The seconds that callers left of the grace period."""
        if self._server is not None and self._server.force_exit:
            return 0.0
        return max(0.0, self._stopped_at + drain_seconds - self._options.clock.monotonic())

    def _callers(self) -> int:
        """The requests being answered."""
        return 0 if self._server is None else len(self._server.server_state.tasks)

    def _measure(self, spool: Spool, drain: Drain, worker: Worker) -> SharedMetrics | None:
        gauges: dict[str, tuple[str, Callable[[], float]]] = {
            "signalbox_spool_rows": ("Usage rows not in the database yet.", lambda: spool.depth),
            "signalbox_spool_bytes": ("Size of the spool on disk.", lambda: spool.bytes),
            "signalbox_drain_failures": (
                "Failed tries in a row to write rows.",
                lambda: drain.state.failures,
            ),
            "signalbox_lost_attempts": (
                "Attempts of dead processes that never ended.",
                lambda: drain.state.lost,
            ),
            "signalbox_batch_lines_open": ("Lines of batches being asked.", lambda: worker.gate.inside),
            "signalbox_batch_lines_waiting": (
                "Lines of the batches worked on here that have no answer yet.",
                lambda: worker.waiting,
            ),
        }
        for name, (text, reading) in gauges.items():
            self._metrics.gauge(name, text, reading)
        options = self._options
        if options.membership is None:
            return None
        readings = {name: reading for name, (_, reading) in gauges.items()}
        readings["signalbox_open_streams"] = lambda: self._metrics.open_streams
        file = options.state / "metrics" / f"{options.membership.number}.json"
        return SharedMetrics(self._metrics, file, options.clock.unix_seconds, readings)


def _administration(parts: Parts, options: Options) -> Sequence[BaseRoute]:
    # By name: its request validation and OpenAPI document take 1 MB, 8 without a configuration file.
    module = importlib.import_module("gateway.server.administration")
    routes: list[BaseRoute] = module.administration(parts, options)
    return routes


def _duties(parts: Parts) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """The background duties, each with its name in the log."""
    if parts.stores.contact.elsewhere:
        yield "database", lambda: parts.stores.contact.keep(lambda: parts.assembly.catalog.teams)
    yield "drain", parts.drain.run
    yield "key changes", parts.ring.watch
    yield "configuration", parts.assembly.reloader.run
    yield "declared teams", lambda: parts.assembly.keep_declared(parts.stores.accounts)
    yield "prices", parts.assembly.keep_prices_current
    yield "health", parts.assembly.health.run
    settings, health = parts.assembly.catalog.settings, parts.assembly.health
    if settings.redis is not None:
        yield "health of others", partial(share_health, settings, health)
    yield "responses", parts.owners.run
    yield "batches", parts.batches.worker.run
    yield "contents", parts.stores.contents.write
    yield "retention", parts.stores.contents.tidy
    yield (
        "months",
        partial(
            keep_months, parts.stores.database, lambda: parts.assembly.catalog, parts.services.books.clock
        ),
    )
    if (alerts := parts.services.ledger.books.alerts) is not None:
        yield "alerts", alerts.run
    allowances = parts.services.ledger.allowances
    yield "clock", partial(notice_steps, parts.services.books.clock, allowances.set_back)
    if allowances.leasing is not None:
        yield "leases", allowances.leasing.run
    if parts.shared is not None:
        yield "shared metrics", parts.shared.run
    if parts.agents is not None:
        yield "runs", parts.agents.drive
