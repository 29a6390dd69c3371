"""The agents' parts come together, and are put away again."""

from contextlib import AsyncExitStack
from types import SimpleNamespace

from gateway.agents.parts import open_agents
from tests.agentloop.databases import opened, sqlite_url


async def test_there_is_a_route_for_everything_that_is_said_of_runs(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database, AsyncExitStack() as stack:
        services = SimpleNamespace(deployment=SimpleNamespace(catalog=SimpleNamespace(tool_servers={})))
        parts = await open_agents(services, database, lambda: 1.0, stack)
        paths = {(route.path, *sorted(route.methods)) for route in parts.routes}
        assert ("/v1/runs/{run_id}/explain", "GET", "HEAD") in paths
        assert ("/v1/responses/{response_id}/cancel", "POST") in paths
        assert len(paths) == len(parts.routes)
