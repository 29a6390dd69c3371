"""Parts that a process opens only if configured, because they take memory."""

import asyncio
import importlib
import logging
import random
import secrets
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from config.catalog import Catalog
from config.extras import install
from gateway.assembly import unusable
from gateway.clock import Clock
from gateway.metering.leasing import DEADLINE, History, Leasing
from gateway.services import Services
from gateway.tracing.road import Trace
from ledger.meters.estate import Estate
from storage.engine import Database

if TYPE_CHECKING:
    from gateway.agents.parts import AgentParts

log = logging.getLogger("signalbox.limits")


async def agents_of(
    services: Services, database: Database, clock: Clock, stack: AsyncExitStack
) -> "AgentParts | None":
    """What agent runs need; None if the configuration declares no agents."""
    if not services.deployment.catalog.agents:
        return None
    opened = importlib.import_module("gateway.agents.parts").open_agents
    agents: AgentParts = await opened(services, database, clock.unix_seconds, stack)
    return agents


def tracing_of(catalog: Catalog, version: str, stack: AsyncExitStack) -> Trace | None:
    """Adds traces to the request path; None if tracing is off. Its library takes 15 MB.

    Raises ConfigError if the library is not installed.
    """
    facts = catalog.settings.tracing
    if facts is None:
        return None
    try:
        opened = importlib.import_module("gateway.tracing.opening").open_tracing
    except ModuleNotFoundError as error:
        missing = ValueError(f"tracing needs {error.name}, of the extra `otel`: {install('otel')}")
        raise unusable(catalog, missing) from None
    trace: Trace = opened(facts, version, random.Random().random, stack)
    return trace


async def leasing_of(
    url: str | None, past: History, clock: Clock, stack: AsyncExitStack, state: Path
) -> Leasing | None:
    """Lets several processes count limits together; None without a Redis. Its library takes 20 MB."""
    if url is None:
        return None
    module = await asyncio.to_thread(importlib.import_module, "storage.redis")
    store = module.Redis(url, DEADLINE, clock.monotonic)
    stack.push_async_callback(store.close)
    process, folder = secrets.token_hex(6), state / "leases"
    estate = await asyncio.to_thread(_estate, folder, process)
    if estate is not None:
        stack.callback(estate.close)
    leasing = Leasing(store, process, clock.unix_ms, past, estate)
    stack.push_async_callback(leasing.give_back)
    return leasing


def _estate(folder: Path, process: str) -> Estate | None:
    try:
        return Estate(folder, process)
    except OSError as error:
        log.warning("what this process leases counts as used if it dies: %s", error)
        return None
