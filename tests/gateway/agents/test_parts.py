"""The agents' parts come together, and are put away again."""

import asyncio
from contextlib import AsyncExitStack
from ipaddress import ip_network
from types import SimpleNamespace

import httpx

from agentloop.agents import ToolVersion
from agentloop.egress import Egress
from agentloop.events import ToolCall, ToolCompleted
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.http import HttpTool
from gateway.agents.parts import _CONNECTIONS, open_agents
from tests.agentloop.databases import opened, sqlite_url

RUNS = 256  # that a process drives at once


async def test_there_is_a_route_for_everything_that_is_said_of_runs(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database, AsyncExitStack() as stack:
        services = SimpleNamespace(deployment=SimpleNamespace(catalog=SimpleNamespace(tool_servers={})))
        parts = await open_agents(services, database, lambda: 1.0, stack)
        paths = {(route.path, *sorted(route.methods)) for route in parts.routes}
        assert ("/v1/runs/{run_id}/explain", "GET", "HEAD") in paths
        assert ("/v1/responses/{response_id}/cancel", "POST") in paths
        assert len(paths) == len(parts.routes)


async def test_no_call_of_a_tool_waits_for_that_of_another_run():
    """It would be in doubt, without having been sent."""
    came = asyncio.Barrier(RUNS)

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await came.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=2 * RUNS)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    tool = ToolVersion(
        "desk/x", "http", "", {}, settings={"method": "GET", "url": f"http://{host}/"}, timeout=20
    )
    reach = Reach(Egress(frozenset([host]), (ip_network("127.0.0.0/8"),)), {})
    async with server, httpx.AsyncClient(limits=_CONNECTIONS, timeout=None, trust_env=False) as client:
        http = HttpTool(client)
        calls = (http.call(tool, reach, Step(ToolCall(f"c{n}", "desk__x", "{}"), n)) for n in range(RUNS))
        assert all([isinstance(outcome, ToolCompleted) for outcome in await asyncio.gather(*calls)])
