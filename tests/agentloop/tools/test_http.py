"""Declared requests: arguments stay in their places, addresses are those that were checked."""

import asyncio
import contextlib
import gzip
import time
import tracemalloc
import zlib
from ipaddress import ip_network
from urllib.parse import unquote

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentloop.agents import ToolVersion
from agentloop.egress import Egress
from agentloop.events import ToolCall, ToolCompleted, ToolFailed, ToolUnderway, ToolUnknown
from agentloop.reach import Reach
from agentloop.steps import Step, StepState
from agentloop.tools.http import MAX_OUTPUT_BYTES, HttpTool, Misplaced, written
from tests.journeys.tool_server import tool_server


def tool(method="POST", url="https://desk.example/orders/{order_id}", **fields):
    return ToolVersion(
        "desk/x", "http", "", {"type": "object"}, settings={"method": method, "url": url}, **fields
    )


def step(arguments):
    return Step(ToolCall("c", "desk__x", msgspec.json.encode(arguments).decode()), 1, key="KEY")


def test_arguments_go_into_the_url_then_into_body_or_query():
    arguments = {"order_id": "A 7", "amount": 3, "tags": ["a"]}
    request = written(tool(), arguments)
    assert (request.method, request.url) == ("POST", "https://desk.example/orders/A%207")
    assert msgspec.json.decode(request.body) == {"amount": 3, "tags": ["a"]}
    request = written(tool("GET"), arguments)
    assert (request.query, request.body) == ((("amount", "3"), ("tags", '["a"]')), b"")


@given(st.text(max_size=40))
def test_no_argument_leaves_its_place_in_the_url(value):
    try:
        url = httpx.URL(written(tool(), {"order_id": value}).url)
    except Misplaced:
        return
    assert url.host == "desk.example"
    assert url.query == b""
    assert url.fragment == ""
    assert url.raw_path.count(b"/") == 2
    assert url.raw_path.startswith(b"/orders/")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"order_id": ""},
        *({"order_id": each} for each in ["..", ".", "../users", "a/../b", "a\\..", "a/."]),
    ],
    ids=str,
)
async def test_what_would_make_another_url_is_not_sent(tools, given):
    made = tool("DELETE", url=tools.url + "/orders/{order_id}")
    failed = await call(tools, made, given=given)
    assert (type(failed), failed.code) == (ToolFailed, "invalid_arguments")
    assert "order_id" in failed.message
    assert not tools.calls


@pytest.mark.parametrize("value", ["a/b", "...", "v1.2", ".hidden", "a..b", "null", "%2e%2e"])
def test_what_stays_in_its_place_is_sent(value):
    url = written(tool(), {"order_id": value}).url
    assert unquote(url) == f"https://desk.example/orders/{value}"


@pytest.fixture
def tools():
    with tool_server() as tools:
        yield tools


async def call(tools, made, reach=None, resolve=None, given=None):
    host = tools.url.removeprefix("http://")
    reach = reach or Reach(Egress(frozenset([host]), (ip_network("127.0.0.0/8"),)), {"x-desk-key": "s"})
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
        http = HttpTool(client) if resolve is None else HttpTool(client, resolve)
        return await http.call(made, reach, step({"order_id": "1"} if given is None else given))


async def test_a_call_carries_its_key_and_brings_the_answer(tools):
    done = await call(tools, tool(url=tools.url + "/keyed"))
    assert isinstance(done, ToolCompleted)
    assert tools.done == {"KEY": "/keyed"}
    assert '\\"order_id\\":\\"1\\"' in done.output


async def test_what_may_not_be_reached_is_denied_before_anything_is_connected(tools):
    nowhere = Reach(Egress(frozenset([tools.url.removeprefix("http://")])), {})
    refused = await call(tools, tool(url=tools.url + "/keyed"), nowhere)
    assert isinstance(refused, ToolFailed)
    assert refused.code == "denied"
    assert not tools.calls


async def test_the_address_that_was_checked_is_the_one_that_is_connected(tools):
    asked = []

    async def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    port = tools.url.rpartition(":")[2]
    reach = Reach(Egress(frozenset([f"desk.example:{port}"]), (ip_network("127.0.0.0/8"),)), {})
    done = await call(tools, tool(url=f"http://desk.example:{port}/look"), reach, resolve)
    assert isinstance(done, ToolCompleted)
    assert asked == ["desk.example"]


async def test_nobody_there_had_no_effect_and_silence_may_have_had_one(tools):
    port = tools.url.rpartition(":")[2]
    gone = Reach(Egress(frozenset(["127.0.0.1:1"]), (ip_network("127.0.0.0/8"),)), {})
    refused = await call(tools, tool(url="http://127.0.0.1:1/"), gone)
    assert isinstance(refused, ToolFailed)
    assert refused.code == "unavailable"
    tools.before = lambda path: time.sleep(2)
    slow = await call(tools, tool(url=f"http://127.0.0.1:{port}/slow", timeout=0.2))
    assert isinstance(slow, ToolUnknown)


@pytest.mark.parametrize("status", [401, 407, 408, 409, 421, 425, 429])
async def test_a_repetition_that_is_not_looked_at_says_nothing_of_the_attempt_before(
    tools, status, monkeypatch
):
    """Such as 409 while that one is still at work: then its answer is waited for."""
    monkeypatch.setattr("agentloop.tools.http._BUSY_SECONDS", 0.02)
    tools.status = lambda path: status
    made = tool(url=tools.url + "/keyed", effect="keyed", timeout=0.3)
    first = Step(
        ToolCall("c", "desk__x", '{"order_id":"1"}'), 1, StepState.INTENDED, "keyed", key="K", attempt=1
    )
    repeated = replace(first, attempt=2)
    reach = Reach(Egress(frozenset([tools.url.removeprefix("http://")]), (ip_network("127.0.0.0/8"),)), {})
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
        http = HttpTool(client)
        assert isinstance(await http.call(made, reach, first), ToolFailed)
        assert isinstance(await http.call(made, reach, repeated), ToolUnknown)
        tools.status = lambda path: 409 if tools.calls[path] < 4 else 200
        done = await http.call(tool(url=tools.url + "/keyed", effect="keyed", timeout=20), reach, repeated)
        assert isinstance(done, ToolCompleted)
        tools.status = lambda path: 422
        assert isinstance(await http.call(made, reach, repeated), ToolFailed)


async def test_what_a_server_says_after_its_answer_is_nobodys(tools):
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"

    over: asyncio.Queue[None] = asyncio.Queue()

    async def twice(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer + b"one")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(answer + b"two")
        writer.close()
        over.put_nowait(None)

    async with await asyncio.start_server(twice, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        reach = Reach(Egress(frozenset([place]), (ip_network("127.0.0.0/8"),)), {})
        async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
            http, made = HttpTool(client), tool(url=f"http://{place}/x")
            first = await http.call(made, reach, step({}))
            second = asyncio.ensure_future(http.call(made, reach, step({})))
            assert [first, await second] == [ToolCompleted("c", "one")] * 2
        for _ in range(2):
            await over.get()


TASK = {"path": "/jobs", "id": "said", "state": "status", "working": ["running"], "failed": ["failed"]}


def lasting(tools):
    how = TASK | {"url": tools.url + "/jobs/{id}", "every": 0.1, "patience": 9.0}
    made = tool(url=tools.url + "/begin")
    return msgspec.structs.replace(
        made, settings={**made.settings, "task": msgspec.json.encode(how).decode()}
    )


async def test_what_was_accepted_is_asked_for_and_not_called_again(tools):
    tools.status = lambda path: 202 if path == "/begin" else 200
    begun = await call(tools, lasting(tools))
    assert isinstance(begun, ToolUnderway)
    reach = Reach(Egress(frozenset([tools.url.removeprefix("http://")]), (ip_network("127.0.0.0/8"),)), {})
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
        later = msgspec.structs.replace(step({}), handle="a/../b?c", attempt=1)
        done = await HttpTool(client).call(lasting(tools), reach, later)
        tools.status = lambda path: 503
        again = await HttpTool(client).call(lasting(tools), reach, later)
        nowhere = await HttpTool(client).call(lasting(tools), Reach(Egress(frozenset()), {}), later)
    assert isinstance(done, ToolCompleted)
    assert tools.calls == {"/begin": 1, "/jobs/a%2F..%2Fb%3Fc": 2}
    assert again == nowhere == ToolUnderway("c", "a/../b?c")


async def test_a_long_answer_is_cut_where_nobody_should_read_on(tools):
    reach = Reach(Egress(frozenset([tools.url.removeprefix("http://")]), (ip_network("127.0.0.0/8"),)), {})
    async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
        long = step({"order_id": "x" * 100_000})
        done = await HttpTool(client).call(tool(url=tools.url + "/look"), reach, long)
    assert isinstance(done, ToolCompleted)
    assert done.output.endswith(f"[cut after {MAX_OUTPUT_BYTES} bytes]")
    assert len(done.output) < MAX_OUTPUT_BYTES + 100


async def answered(head: bytes, body: bytes) -> tuple[ToolCompleted, bytes]:
    """What a tool says whose server answers so, and how it was asked."""
    asked: list[bytes] = []

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"content-length: %d\r\n\r\n" % len(body) + body)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        reach = Reach(Egress(frozenset([host]), (ip_network("127.0.0.0/8"),)), {})
        async with httpx.AsyncClient(trust_env=False, timeout=None) as client:
            made = tool(url=f"http://{host}/", method="GET")
            done = await HttpTool(client).call(made, reach, step({"order_id": "1"}))
    assert isinstance(done, ToolCompleted)
    return done, asked[0]


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        ("gzip", gzip.compress(b"folded"), "folded"),
        ("deflate", zlib.compress(b"folded"), "folded"),
        ("identity", b"plain", "plain"),
        ("br", b"\x8b\x02\x80x\x03", "[an answer in the encoding 'br', which was not asked for]"),
        ("gzip, gzip", b"x", "[an answer in the encoding 'gzip, gzip', which was not asked for]"),
        ("gzip", b"plain", "[an answer that is not in the encoding 'gzip']"),
    ],
)
async def test_an_answer_is_asked_for_as_it_is_and_unfolded_where_it_is_not(encoding, body, said):
    done, asked = await answered(b"content-encoding: %b\r\n" % encoding.encode(), body)
    assert done.output == said
    assert b"accept-encoding: identity" in asked.lower()


async def test_an_answer_that_would_unfold_without_end_is_cut_before_it_does():
    bomb = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    try:
        done, _ = await answered(b"content-encoding: gzip\r\n", bomb)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert done.output.endswith(f"[cut after {MAX_OUTPUT_BYTES} bytes]")
    assert most < 5_000_000
