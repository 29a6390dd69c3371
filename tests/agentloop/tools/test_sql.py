"""SQL tools: a call becomes its statement, and what came of it one event."""

import msgspec
import pytest

from agentloop.agents import ToolVersion
from agentloop.egress import Egress
from agentloop.events import ToolCall, ToolCompleted, ToolFailed
from agentloop.means import Means
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.sql import open_tool
from tests.agentloop.sql.bases import sqlite_orders
from tests.agentloop.sql.stories import LOOK, TAKE


@pytest.fixture
def called(tmp_path):
    reach = Reach(Egress(frozenset()), {}, sqlite_orders(tmp_path))
    sql = open_tool(Means(None, lambda *_: None, None, lambda: 1.0))

    async def call(statement, effect, key="KEY", **arguments):
        settings = {"statement": statement, "rows": "9"}
        tool = ToolVersion("desk/do", "sql", "", {}, effect, 5.0, settings=settings)
        given = msgspec.json.encode(arguments).decode()
        return await sql.call(tool, reach, Step(ToolCall("c", "desk__do", given), 1, key=key))

    return call


async def test_a_call_is_its_statement(called):
    assert await called(LOOK, "read", order_id="A-7") == ToolCompleted(
        "c", '{"rows":[{"id":"A-7","total":100}]}'
    )


async def test_the_same_key_has_its_effect_once(called):
    for _ in range(3):
        done = await called(TAKE, "transactional", order_id="A-7", sum=10)
        assert done == ToolCompleted("c", '{"rows":[],"changed":1}')
    assert '"total":90' in (await called(LOOK, "read", order_id="A-7")).output


async def test_what_is_refused_had_no_effect(called):
    assert isinstance(await called(TAKE, "read", order_id="A-7", sum=1), ToolFailed)
    assert isinstance(await called(TAKE, "transactional", order_id="A-7", sum=1 << 70), ToolFailed)
