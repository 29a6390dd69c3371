"""MCP servers that are programs: without our environment and network, bounded, gone when we are done."""

import sys

import anyio
import pytest

from agentloop.mcp.program import MAX_LINE, NotStarted, speaking
from agentloop.reach import Program


def program(code: str, network: bool = True) -> Program:
    return Program((sys.executable, "-c", code), {"GIVEN": "1"}, network)


async def heard(code: str, network: bool = True, count: int = 1) -> list:
    found = []
    async with speaking(program(code, network)) as (said, _):
        with anyio.fail_after(20):
            async for each in said:
                found.append(each)
                if len(found) == count:
                    break
    return found


async def test_it_sees_what_it_is_given_and_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    code = """if True:
        import json, os
        said = {"jsonrpc": "2.0", "method": "x", "params": {"names": sorted(os.environ)}}
        print(json.dumps(said), flush=True)
        input()"""
    [said] = await heard(code)
    assert set(said.message.params["names"]) <= {"PATH", "GIVEN", "LC_CTYPE"}


async def test_it_has_no_network_unless_it_is_given_one():
    code = """if True:
        import json, socket
        try:
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        except OSError as error:
            print(json.dumps({"jsonrpc": "2.0", "method": "x", "params": {"why": error.errno}}), flush=True)
        input()"""
    [inside] = await heard(code, network=False)
    [outside] = await heard(code)
    assert inside.message.params["why"] == 101  # no network can be reached
    assert outside.message.params["why"] == 111  # nobody listens


async def test_what_is_no_message_is_skipped_and_a_line_without_end_is_the_end():
    [broken] = await heard("print('no json', flush=True); input()")
    assert isinstance(broken, ValueError)
    code = f"import sys; sys.stdout.write('x' * {MAX_LINE + 2}); sys.stdout.flush(); input()"
    assert await heard(code, count=9) == []


async def test_one_that_does_not_end_by_itself_is_ended():
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('x', flush=True); time.sleep(99)"
    with anyio.fail_after(20):
        await heard(code)


async def test_one_that_cannot_be_started_is_named():
    with pytest.raises(NotStarted, match="/no/such"):
        async with speaking(Program(("/no/such",), {}, True)):
            raise AssertionError("it was started")
