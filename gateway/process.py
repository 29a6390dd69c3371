"""A running gateway: opens what it needs, serves, and puts everything away in order."""

import asyncio
import logging
import secrets
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import uvicorn

from config.catalog import Catalog, Loaded
from config.defaults import SIMULATOR
from config.watch import Reloader
from gateway.app import create_app, create_services
from gateway.books import Books
from gateway.clock import SYSTEM_CLOCK
from gateway.departure import Protocol
from gateway.deployment import Deployment, UpstreamPool
from gateway.endpoints.plain import Exposition, Health, Models, plain_routes
from gateway.services import Services
from gateway.telemetry.metrics import Metrics
from gateway.vendors.sim.prices import PRICES as SIMULATOR_PRICES
from gateway.vendors.sim.server import EmbeddedSimulator
from ledger.accounts import Accounts, open_accounts
from ledger.drain import Drain
from ledger.keyring import KeyRing
from ledger.keys import MintedKey
from ledger.money import rates
from ledger.prices import Price, compile_prices
from ledger.spool import Spool
from routing.plan import Strategy
from storage.engine import Database, open_database
from storage.ready import ensure_schema

log = logging.getLogger("signalbox")

_BOOK_SECONDS = 10.0  # between looks at whether public prices changed


@dataclass(frozen=True, slots=True)
class Options:
    """How a gateway is started."""

    state: Path
    database_url: str
    load: Callable[[], Loaded]
    strategies: Mapping[str, Strategy]
    host: str | None = None  # None: as the configuration says
    port: int | None = None
    sockets: tuple[socket.socket, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """What a started gateway tells its operator."""

    catalog: Catalog
    address: str
    first_key: MintedKey | None
    warnings: tuple[str, ...]


class Gateway:
    """One worker process. `run` returns when it was told to stop and everything is put away."""

    def __init__(self, options: Options, started: Callable[[Started], None]) -> None:
        self._options = options
        self._tell = started
        self._simulator = EmbeddedSimulator()
        self._simulator_url: str | None = None
        self._upstreams = UpstreamPool()
        self._metrics = Metrics()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM."""
        options = self._options
        loaded = await asyncio.to_thread(options.load)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._upstreams.aclose)
            catalog = await self._with_simulator(loaded.catalog, stack)
            database = open_database(options.database_url)
            stack.push_async_callback(database.close)
            await ensure_schema(database)
            ...
