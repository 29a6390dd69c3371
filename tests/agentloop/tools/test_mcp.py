"""MCP tools against real servers, by HTTP and by pipes: whatever a server does, there is an outcome."""

import asyncio
import sys
from contextlib import contextmanager

import msgspec
import pytest

from agentloop.agents import ToolVersion
from agentloop.events import ToolCompleted, ToolFailed, ToolUnknown
from agentloop.mcp.links import tools_of
from tests.agentloop.mcp.servers import (
    effects,
    free_port,
    http_reach,
    http_server,
    opened,
    program_reach,
    step,
    tool,
)
from tests.patience import ARRIVAL_SECONDS


@contextmanager
def program(folder):
    yield program_reach(folder)


@pytest.mark.parametrize("served", [http_server, program], ids=["http", "stdio"])
async def test_what_a_server_may_do_has_an_outcome_each(served, tmp_path):
    """In one story, since a server takes seconds to start."""
    with served(tmp_path) as reach:
        listed = await tools_of(reach)
        async with opened() as tools:

            async def called(name, **changes):
                return await tools.call(tool(listed[name], **changes), reach, step(name))

            assert await called("look") == ToolCompleted("c", '{"order_id":"A-7","total":12.5}')
            assert "cancelled A-7 under KEY" in (await called("cancel")).output
            refused = await called("refuse")
            assert isinstance(refused, ToolFailed)
            assert refused.code == "tool_error"
            assert "[cut after" in (await called("shout")).output
            hung = await called("hang", timeout=0.5)
            assert hung == ToolUnknown("c", "no answer in 0.5 s")
            if served is http_server:  # a line without end is a test of programs
                assert isinstance(await called("flood"), ToolUnknown)
            assert isinstance(await called("die"), ToolUnknown)
        assert effects(tmp_path) == ["cancel KEY", "hang KEY", "die KEY"]


async def test_a_server_that_comes_again_is_asked_again_and_held_to_its_pins(tmp_path):
    port = free_port()
    with http_server(tmp_path, port) as reach:
        before = await tools_of(reach)
    cancel, look = tool(before["cancel"]), tool(before["look"])
    (tmp_path / "changed").touch()
    async with opened() as tools:
        gone = await tools.call(look, reach, step("look"))
        assert (gone.code, isinstance(gone, ToolFailed)) == ("unavailable", True)
        with http_server(tmp_path, port):
            assert tools.changed(cancel) is None  # nothing is known yet
            held = await tools.call(cancel, reach, step("cancel"))
            assert isinstance(held, ToolFailed)
            assert "held back" in held.message
            assert "not what was pinned" in tools.changed(cancel)
            assert isinstance(await tools.call(look, reach, step("look")), ToolCompleted)
    assert effects(tmp_path) == []


async def test_what_is_not_pinned_gone_or_answered_wrongly_is_held_to_it(tmp_path):
    with http_server(tmp_path) as reach:
        look = tool((await tools_of(reach))["look"])

        def other(**settings):
            return msgspec.structs.replace(look, settings={**look.settings, **settings})

        async with opened() as tools:
            await tools.look("desk", reach)
            assert tools.changed(look) is None
            assert tools.changed(other(digest="")) == "it is not pinned"
            assert tools.changed(other(tool="nothing")) == "its server has it no more"
            strict = other(output='{"type":"object","properties":{"total":{"type":"string"}}}')
            for effect, kind in (("read", ToolFailed), ("keyed", ToolUnknown), ("unsafe", ToolUnknown)):
                assert isinstance(await tools.call(strict, reach, step("look", effect)), kind)


GARBAGE = [
    "not json at all",
    '{"jsonrpc":"1.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":"no object"}',
    '{"jsonrpc":"2.0","id":1}',
    '[{"jsonrpc":"2.0","id":1,"result":{}}]',
    '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":7}}',
    "null",
    '{"jsonrpc":"2.0","id":1,"error":"no object"}',
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_program_that_speaks_no_json_rpc_is_a_failure_in_time(garbage, tmp_path):
    code = f"import sys\nfor line in sys.stdin: print({garbage!r}, flush=True)"
    reach = program_reach(tmp_path, (sys.executable, "-c", code))
    await outcome_of(reach)


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_server_that_speaks_no_json_rpc_is_a_failure_in_time(garbage):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(garbage)}\r\n"
        writer.write(f"{head}connection: close\r\n\r\n{garbage}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        await outcome_of(http_reach(server.sockets[0].getsockname()[1]))


async def outcome_of(reach):
    settings = {"tool": "look", "digest": "sha256:" + "0" * 64, "output": ""}
    async with opened() as tools, asyncio.timeout(ARRIVAL_SECONDS):
        from_nowhere = tool_named("look", settings)
        event = await tools.call(from_nowhere, reach, step("look"))
        assert isinstance(event, ToolFailed)  # nothing was called, so nothing is in doubt
        assert event.code == "unavailable"


def tool_named(name, settings):
    return ToolVersion(f"desk/{name}", "mcp", "", {}, timeout=1.0, settings=settings)
