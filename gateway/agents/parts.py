"""Puts the agents' parts together; imported only where the configuration declares agents."""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
from starlette.routing import BaseRoute

from agentloop.driver import Driver
from agentloop.journal import Journal
from agentloop.presence import presence
from agentloop.switches import Switches
from agentloop.tools.http import HttpTool
from agentloop.worker import Worker
from gateway.agents.answering import Answering
from gateway.agents.asking import Asking
from gateway.agents.bell import Bell
from gateway.agents.calling import Calling
from gateway.agents.completions import Completions
from gateway.agents.desk import Desk
from gateway.agents.fitting import door
from gateway.agents.kept import Kept
from gateway.agents.responses import Responses
from gateway.agents.runs import Runs
from gateway.agents.stopping import Stopping
from gateway.services import Services
from storage.engine import Database

_CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=20)


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The routes to serve, what stands before the road, and the duty that drives runs."""

    routes: list[BaseRoute]
    answer: Answering
    drive: Callable[[], Awaitable[None]]


async def open_agents(
    services: Services, database: Database, clock: Callable[[], float], stack: AsyncExitStack
) -> AgentParts:
    """Everything but what the road already has; `stack` puts it away again."""
    # No proxy of the environment: where a tool connects to was checked, and is said by the operator alone.
    client = await stack.enter_async_context(
        httpx.AsyncClient(limits=_CONNECTIONS, timeout=None, trust_env=False)
    )
    bell = Bell()
    journal = Journal(database, clock, bell.ring)
    hands = (Asking(services), Calling(services, HttpTool(client)))
    switches = Switches(database, clock)
    driver = Driver(journal, door(), hands, clock, switches)
    name = f"{os.uname().nodename[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    worker = Worker(name, journal, driver, presence(database, name))
    desk = Desk(services, journal, worker.wake, lambda: secrets.token_hex(12), switches)
    responses = Responses(desk, bell)
    routes = [
        *Runs(services, desk).routes(),
        *Kept(services, desk, responses).routes(),
        *Stopping(services, switches).routes(),
    ]

    async def drive() -> None:
        await switches.refresh()  # nothing is driven before it is known what is stopped
        async with asyncio.TaskGroup() as group:
            group.create_task(switches.run())
            group.create_task(worker.run())

    return AgentParts(routes, Answering(responses, Completions(desk, responses)), drive)
