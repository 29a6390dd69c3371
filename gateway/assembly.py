"""Turns configurations into deployments, at start and at every reload, and refreshes prices."""

import asyncio
import importlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from config.catalog import Catalog, Loaded, Vendor
from config.defaults import SIMULATOR, SIMULATOR_PLACEHOLDER
from config.errors import ConfigError, Problem
from config.watch import Reloader
from dialects.usage import Usage
from gateway.clock import Clock
from gateway.contents.trimming import trimmed
from gateway.deployment import Deployment, UpstreamPool
from gateway.services import Services
from gateway.signing.proofs import Proofs
from gateway.targets.health import Health
from gateway.telemetry.metrics import Metrics
from gateway.vendors.sim.prices import PRICES as SIMULATOR_PRICES
from ledger.accounts import Accounts
from ledger.drain import Worth, worth_unknown
from ledger.money import rates
from ledger.prices import Price, compile_prices
from ledger.row import Begun, UsageRow

if TYPE_CHECKING:
    from gateway.vendors.sim.server import EmbeddedSimulator

log = logging.getLogger("signalbox.config")

_PRICE_SECONDS = 10.0  # between checks for changed public prices


class ReloadRefused(Exception):
    """The new configuration is invalid; the old one stays in force. The text says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class ConfigHooks:
    """`current` returns the catalog in force; `reload` reads it again, or raises `ReloadRefused`."""

    current: Callable[[], Catalog]
    reload: Callable[[], Awaitable[Catalog]]


class Assembly:
    """Owns the configuration in force and everything built from it.

    An async context manager: leaving it stops the simulator and closes the upstreams.
    """

    def __init__(self, load: Callable[[], Loaded], clock: Clock, metrics: Metrics) -> None:
        self._read = load
        self._clock = clock
        self._metrics = metrics
        self._simulator: EmbeddedSimulator | None = None
        self._simulator_url: str | None = None
        self._upstreams = UpstreamPool(Proofs(os.environ, Path.home(), clock))
        self.health = Health(clock, metrics)
        self._built: dict[str, Deployment] = {}
        self._services: Services | None = None
        self._declare: asyncio.Event = asyncio.Event()
        self._extensions: list[Callable[[Catalog], Catalog]] = []

    async def __aenter__(self) -> "Assembly":
        """Read the first configuration. Raises ConfigError."""
        self._loop = asyncio.get_running_loop()
        loaded = await asyncio.to_thread(self._read)
        if any(map(_needs_simulator, loaded.catalog.vendors.values())):
            self._simulator_url = await self._start_simulator()
        self.loaded = self._compile(loaded)
        self.deployment = self._built.pop(self.loaded.catalog.version)
        self._attend(self.deployment)
        self.reloader = Reloader(self._load, self.loaded, self._swap, self._clock.unix_seconds)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._upstreams.aclose()
        if self._simulator is not None:
            await self._simulator.stop()

    @property
    def catalog(self) -> Catalog:
        """The catalog in force."""
        return self.reloader.catalog

    @property
    def hooks(self) -> ConfigHooks:
        """For the administrative API."""
        return ConfigHooks(lambda: self.catalog, self._reload)

    def attach(self, services: Services) -> None:
        """Sets the services that receive the new deployment at each reload."""
        self._services = services
        services.guardrails.prepare(self.deployment.cordons)

    async def add_vendor(self, extend: Callable[[Catalog], Catalog]) -> None:
        """Extend the catalog beyond the file, such as by a detected local server; reloads keep this."""
        self._extensions.append(extend)
        await self.reloader.reload()

    def worth(self, begun: Begun) -> Worth:
        """The assumed cost of a dead process's attempt: its estimated input at the current price."""
        vendor = self.catalog.vendors.get(begun.vendor)
        if vendor is None:
            return worth_unknown(begun)
        quote = self.deployment.quote(vendor, begun.model_served)
        if quote is None:
            return worth_unknown(begun)
        used, price = Usage(input=begun.input_estimate), quote.price
        priced = quote.priced and price.covers(used, begun.units, begun.unit)
        return Worth(price.cost_of(used, begun.units, begun.unit), priced)

    def trimmed(self, rows: Sequence[UsageRow]) -> Sequence[UsageRow]:
        """The rows without the parts that the teams' retention excludes."""
        return trimmed(rows, self.catalog.retention)

    async def keep_prices_current(self) -> None:
        """Installs public prices that change at announced moments; run this beside the server.

        The price list is loaded in a thread, so that its first use does not block other calls.
        """
        while True:
            if any(vendor.kind.prices for vendor in self.catalog.vendors.values()):
                await asyncio.to_thread(self.deployment.book.prepare)
            await asyncio.sleep(_PRICE_SECONDS)
            book = self.deployment.book.renewed(self._now())
            if book is not self.deployment.book:
                self._install(Deployment(self.catalog, book, self._upstreams, self.health))

    async def keep_declared(self, accounts: Accounts) -> None:
        """Updates the declared teams from the configuration after each reload; run this beside the server."""
        while True:
            await self._declare.wait()
            self._declare.clear()
            await accounts.declare(self.catalog.teams)

    async def _reload(self) -> Catalog:
        outcome = await self.reloader.reload()
        if outcome.result == "refused":
            raise ReloadRefused("\n".join(problem.sentence for problem in outcome.problems))
        return self.catalog

    def _load(self) -> Loaded:
        """Runs in the reloader's thread: a file that cannot be built is rejected like an unreadable one."""
        try:
            loaded = self._read()
            for extend in self._extensions:
                loaded = replace(loaded, catalog=extend(loaded.catalog))
            self._start_simulator_for(loaded)
            return self._compile(loaded)
        except ConfigError as error:
            self._loop.call_soon_threadsafe(self._refused, error)
            raise

    async def _start_simulator(self) -> str:
        # Imported by name: a gateway with only real vendors saves a megabyte.
        module = await asyncio.to_thread(importlib.import_module, "gateway.vendors.sim.server")
        simulator: EmbeddedSimulator = module.EmbeddedSimulator()
        self._simulator = simulator
        return await simulator.start()

    def _start_simulator_for(self, loaded: Loaded) -> None:
        """In the reloader's thread: a reload may be the first to name the simulator."""
        if self._simulator_url is None and any(map(_needs_simulator, loaded.catalog.vendors.values())):
            starting = asyncio.run_coroutine_threadsafe(self._start_simulator(), self._loop)
            self._simulator_url = starting.result()

    def _refused(self, error: ConfigError) -> None:
        self._metrics.reloads.add(("refused",))
        log.error("the new configuration is rejected, the previous one stays in force: %s", error)

    def _compile(self, loaded: Loaded) -> Loaded:
        catalog = self._with_simulator(loaded.catalog)
        try:
            book = compile_prices(catalog.prices, simulator_prices(catalog.vendors.values()), self._now())
            deployment = Deployment(catalog, book, self._upstreams, self.health)
        except (ValueError, OSError) as error:
            raise unusable(catalog, error) from error
        self._built = {catalog.version: deployment}
        return replace(loaded, catalog=catalog)

    def _swap(self, catalog: Catalog) -> None:
        self._install(self._built.pop(catalog.version))
        self._metrics.reloads.add(("changed",))
        log.info("configuration %s is in force (%s)", catalog.version, catalog.source)

    def _install(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._attend(deployment)
        if self._services is not None:
            self._services.deployment = deployment
            self._services.guardrails.prepare(deployment.cordons)
        self._declare.set()

    def _attend(self, deployment: Deployment) -> None:
        self.health.keep(deployment.targets)
        self.health.watchful = deployment.catalog.settings.breakers

    def _with_simulator(self, catalog: Catalog) -> Catalog:
        vendors = {
            name: replace(vendor, base_url=self._simulator_url or vendor.base_url)
            if _needs_simulator(vendor)
            else vendor
            for name, vendor in catalog.vendors.items()
        }
        return replace(catalog, vendors=MappingProxyType(vendors))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.unix_seconds(), UTC)


def _needs_simulator(vendor: Vendor) -> bool:
    return vendor.kind.name == SIMULATOR and vendor.base_url == SIMULATOR_PLACEHOLDER


def simulator_prices(vendors: Iterable[Vendor]) -> dict[str, Price]:
    """The simulator's prices, for each vendor of its kind."""
    return {
        f"{vendor.name}/{model}": Price(
            rates(
                price.input,
                price.output,
                cached_read=price.cached_input,
                cache_write=price.written,
                cache_write_1h=price.written_1h,
                input_image=price.seen,
                output_image=price.drawn,
            ),
            per=price.per,
            amount=price.unit,
        )
        for vendor in vendors
        if vendor.kind.name == SIMULATOR
        for model, price in SIMULATOR_PRICES.items()
    }


def unusable(catalog: Catalog, error: Exception) -> ConfigError:
    """The error of a catalog that is readable but cannot be built."""
    return ConfigError([Problem(catalog.source, "", str(error), "")])
