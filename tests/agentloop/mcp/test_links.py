"""Connections to MCP servers are opened, used by many, renewed, and never waited for without end."""

import asyncio

import pytest

from agentloop.mcp.links import Link, NoLink, tools_of
from tests.agentloop.mcp.servers import http_reach, http_server, program_reach
from tests.patience import ARRIVAL_SECONDS
from tests.ports import refusing


@pytest.fixture(scope="module")
def reach(tmp_path_factory):
    with http_server(tmp_path_factory.mktemp("desk")) as reach:
        yield reach


async def test_the_tools_of_a_server_are_listed_with_their_schemas(reach):
    found = await tools_of(reach)
    assert found["look"].arguments["required"] == ["order_id"]
    assert found["look"].output["required"] == ["order_id", "total"]
    assert found["cancel"].description == "Cancel an order."


async def test_who_is_not_there_is_said_in_our_words():
    with refusing() as port, pytest.raises(NoLink, match="ConnectError"):
        await tools_of(http_reach(port))
    with pytest.raises(NoLink, match="cannot be started"):
        await tools_of(program_reach(None, ("/no/such/program",), network=True))


async def test_many_ask_one_connection_and_a_fresh_list_is_asked_for_once(reach):
    link = Link(reach, asyncio.get_running_loop().time)
    async with asyncio.TaskGroup() as group:
        group.create_task(link.run())
        lists = await asyncio.gather(*(link.look() for _ in range(20)))
        assert all(each is lists[0] for each in lists)
        link.close()


async def test_a_retired_link_ends_with_the_last_who_uses_it(reach):
    link = Link(reach, asyncio.get_running_loop().time)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(link.run())
        with link.used():
            await link.session()
            link.retire()
            assert link.gone
            await asyncio.sleep(0.05)
            assert not task.done()
        await asyncio.wait_for(task, ARRIVAL_SECONDS)
