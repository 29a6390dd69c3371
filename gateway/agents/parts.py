"""Assembles the parts that agents need; imported only if the configuration declares agents."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
from starlette.routing import BaseRoute

from agentloop.driver import Driver
from agentloop.journal import Journal
from agentloop.means import Means
from agentloop.past import Past
from agentloop.presence import presence
from agentloop.switches import Switches
from agentloop.tools.http import HttpTool
from agentloop.worker import Worker
from gateway.agents.announcing import Announcing
from gateway.agents.answering import Answering
from gateway.agents.asking import Asking
from gateway.agents.bell import Bell
from gateway.agents.calling import Calling
from gateway.agents.cautioning import Cautioning
from gateway.agents.completions import Completions
from gateway.agents.desk import Desk
from gateway.agents.fitting import door, fits
from gateway.agents.kept import Kept
from gateway.agents.responses import Responses
from gateway.agents.roster import Roster
from gateway.agents.runs import Runs
from gateway.agents.stopping import Stopping
from gateway.agents.tooling import Kinds, Watching
from gateway.server.duties import for_ever
from gateway.services import Services
from storage.engine import Database
from storage.shared_clock import SharedClock

# No connection is reused: what a server sends after its answer would be read as the next call's answer, and a
# server that shares an address with another would get the other's requests. The number of connections is
# bounded by the runs driven at once and their calls; a call that waited for one would count as unanswered.
_CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=0)


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The routes, the replacement for `answer` of the request path, the background task and its shutdown."""

    routes: list[BaseRoute]
    answer: Answering
    drive: Callable[[], Awaitable[None]]
    finish: Callable[[float], Coroutine[Any, Any, None]]


async def open_agents(
    services: Services, database: Database, own: Callable[[], float], stack: AsyncExitStack
) -> AgentParts:
    """Builds everything that agents add to the gateway; `stack` closes it. `own` is the local clock."""
    clock = SharedClock(database, own)
    # Ignore proxies from the environment: the target was checked, and only the operator configures it.
    http = httpx.AsyncClient(limits=_CONNECTIONS, timeout=None, trust_env=False)
    client = await stack.enter_async_context(http)
    kinds = await _kinds(database, clock, stack, HttpTool(client))
    watching = Watching(services, kinds)
    bell = Bell()
    journal = Journal(database, clock, bell.ring, lambda: worker.wake())
    hands = (Asking(services, clock), Calling(services, kinds, clock))
    switches = Switches(database, clock)
    judge = door(kinds.changed, Past(database, clock), Cautioning(services), watching.looked)
    driver = Driver(journal, judge, hands, clock, switches)
    name = f"{os.uname().nodename[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    worker = Worker(name, journal, driver, presence(database, name))
    desk = Desk(services, journal, worker.wake, lambda: secrets.token_hex(12), switches)
    responses = Responses(desk, bell)
    routes = [*_routes(services, desk, responses, kinds), *Stopping(services, switches).routes()]

    async def drive() -> None:
        # Before any run is driven, know the kill switches and the shared time.
        await asyncio.gather(switches.refresh(), clock.set())
        telling = Announcing(
            database, journal, clock, lambda: services.deployment.catalog.settings.alerts is not None
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(for_ever("approvals", telling.run))
            begun: set[str] = set()
            watching.begin(group, begun)
            group.create_task(
                for_ever("tools of a new configuration", partial(watching.follow, group, begun))
            )
            group.create_task(switches.run())
            group.create_task(clock.run())
            group.create_task(worker.run())

    return AgentParts(routes, Answering(responses, Completions(desk, responses)), drive, worker.finish)


def _routes(services: Services, desk: Desk, responses: Responses, kinds: Kinds) -> list[BaseRoute]:
    runs = Runs(services, desk)
    roster = Roster(services, desk, runs.principal, kinds.changed)
    return [*runs.routes(), *roster.routes(), *Kept(services, desk, responses).routes()]


async def _kinds(
    database: Database, clock: Callable[[], float], stack: AsyncExitStack, http: HttpTool
) -> Kinds:
    """The tool kinds; they are closed before the tasks that they use are awaited."""
    group = await stack.enter_async_context(_owning())
    kinds = Kinds(Means(group, fits, database, clock), http)
    stack.push_async_callback(kinds.close)
    return kinds


@asynccontextmanager
async def _owning() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that re-raises its block's errors ungrouped, since the caller catches them by type."""
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:
        try:
            yield group
        except Exception as error:  # noqa: BLE001 - raised again below
            failed = error
    if failed is not None:
        raise failed
