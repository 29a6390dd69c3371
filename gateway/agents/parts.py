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

# None is used twice: what a server says after its answer would be the next call's, and who shares an address
# with another server would get what is meant for that one. How many there are is bounded by the runs that are
# driven at once and their calls: one that waited here for a place would be taken for one without an answer.
_CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=0)


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The routes to serve, what stands before the request path, the duty that drives runs, and its end."""

    routes: list[BaseRoute]
    answer: Answering
    drive: Callable[[], Awaitable[None]]
    finish: Callable[[float], Coroutine[Any, Any, None]]


async def open_agents(
    services: Services, database: Database, own: Callable[[], float], stack: AsyncExitStack
) -> AgentParts:
    """Everything that the request path does not have yet; `stack` closes it. `own` is the local clock."""
    clock = SharedClock(database, own)
    # No proxy of the environment: where a tool connects to was checked, and is said by the operator alone.
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
        # Nothing is driven before it is known what is stopped, and what time it is.
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
    """What runs tools; what it holds is given up before the tasks that hold it are waited for."""
    group = await stack.enter_async_context(_owning())
    kinds = Kinds(Means(group, fits, database, clock), http)
    stack.push_async_callback(kinds.close)
    return kinds


@asynccontextmanager
async def _owning() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that lets errors of its block out as they are: those who start it know them by type."""
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:
        try:
            yield group
        except Exception as error:  # noqa: BLE001 - raised again below, whatever it is
            failed = error
    if failed is not None:
        raise failed
