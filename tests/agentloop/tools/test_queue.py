"""Queue tools against a real Redis: one message for each step, whatever dies in between."""

import asyncio
import json
import time

import pytest
import redis.asyncio

from agentloop.agents import ToolVersion
from agentloop.egress import Egress
from agentloop.events import ToolCall, ToolCompleted
from agentloop.means import Means
from agentloop.outbox import Message, Outbox
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.queue import open_tool
from tests.agentloop.databases import opened, sqlite_url
from tests.storage.redis_server import redis_server

STEP = Step(ToolCall("c", "line__refund", '{"order_id":"A-7"}'), 1, key="KEY")


def tool(result="0"):
    return ToolVersion(
        "line/refund", "queue", "", {}, "transactional", settings={"stream": "refunds", "result": result}
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def line(server, tmp_path):
    """What calls, where, the database, and a consumer's client."""
    async with opened(sqlite_url(tmp_path)) as database, redis.asyncio.Redis.from_url(server.url) as client:
        await client.flushall()
        queue = open_tool(Means(None, lambda *_: None, database, time.time))  # noqa: TID251 - the outbox's clock
        yield queue, Reach(Egress(frozenset()), {}, server.url), database, client
        await queue.close()


async def test_a_step_has_one_message_however_often_it_is_tried(line):
    queue, reach, _, client = line
    first = await queue.call(tool(), reach, STEP)
    assert isinstance(first, ToolCompleted)
    for _ in range(3):
        assert await queue.call(tool(), reach, STEP) == first
    [(entry, fields)] = await client.xrange("refunds")
    assert json.loads(first.output) == {"queued": True, "id": entry.decode()}
    assert fields == {b"key": b"KEY", b"tool": b"line/refund", b"arguments": b'{"order_id":"A-7"}'}


async def test_many_at_once_send_it_once(line):
    queue, reach, database, client = line
    outbox = Outbox(database, time.time)  # noqa: TID251 - the outbox's clock
    message = await outbox.put(Message("KEY", "line", "refunds", '{"key":"KEY"}'))
    # Each stands for a process that died before it could say that it had sent it.
    entries = await asyncio.gather(*(queue._send(message, reach) for _ in range(20)))
    assert len(set(entries)) == 1
    assert await client.xlen("refunds") == 1


async def test_what_cannot_be_sent_now_waits_and_is_sent_once(line, server):
    queue, reach, _, client = line
    away = Reach(Egress(frozenset()), {}, "redis://127.0.0.1:1/0")
    done = await queue.call(tool(), away, STEP)
    assert json.loads(done.output) == {"queued": True, "id": None}
    sending = asyncio.ensure_future(queue.run(lambda name: reach if name == "line" else None))
    for _ in range(200):
        if await client.xlen("refunds"):
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    sending.cancel()
    assert await client.xlen("refunds") == 1
    assert json.loads((await queue.call(tool(), reach, STEP)).output)["id"]


async def test_an_answer_is_waited_for_and_stays_for_who_comes_again(line):
    queue, reach, _, client = line

    async def consume():
        [[_, [(_, fields)]]] = await client.xread({"refunds": "0"}, block=5000)
        await client.xadd(fields[b"answer_to"], {"result": '{"refunded": true}'})

    done, _ = await asyncio.gather(queue.call(tool("10"), reach, STEP), consume())
    assert json.loads(done.output)["answer"] == {"refunded": True}
    assert await queue.call(tool("10"), reach, STEP) == done
    assert await client.xlen("refunds") == 1


async def test_without_an_answer_in_time_the_message_is_there_all_the_same(line):
    queue, reach, _, client = line
    done = await queue.call(tool("0.3"), reach, STEP)
    assert json.loads(done.output)["answer"] is None
    assert await client.xlen("refunds") == 1
