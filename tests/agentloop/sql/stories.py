"""What both kinds of databases must do alike."""

import asyncio

import msgspec
import pytest

from agentloop.sql.answers import Refused
from tests.agentloop.sql.bases import asked

LOOK = "SELECT id, total FROM orders WHERE id = :order_id"
TAKE = "UPDATE orders SET total = total - :sum WHERE id = :order_id"


async def told(base):
    return msgspec.json.decode(await base.read(asked(LOOK, order_id="A-7")))["rows"]


async def reading_changes_nothing(base):
    assert await told(base) == [{"id": "A-7", "total": 100}]
    for text in (TAKE, "DELETE FROM orders", "CREATE TABLE more (a TEXT)", "DROP TABLE orders"):
        with pytest.raises(Refused) as refused:
            await base.read(asked(text, order_id="A-7", sum=1))
        assert refused.value.code == "tool_error"
    assert await told(base) == [{"id": "A-7", "total": 100}]


async def an_argument_is_never_read_as_sql(base):
    evil = "A-7' OR '1'='1"
    assert msgspec.json.decode(await base.read(asked(LOOK, order_id=evil)))["rows"] == []
    await base.write(asked("UPDATE orders SET note = :note", note="'; DROP TABLE orders; --"), "evil")
    assert len(await told(base)) == 1


async def a_key_has_its_effect_once_however_many_come(base):
    take = asked(TAKE, order_id="A-7", sum=10)
    answers = await asyncio.gather(*(base.write(take, "KEY") for _ in range(8)))
    assert {*answers} == {'{"rows":[],"changed":1}'}
    assert await told(base) == [{"id": "A-7", "total": 90}]
    await base.write(take, "OTHER")
    assert await told(base) == [{"id": "A-7", "total": 80}]


async def what_failed_left_nothing_and_may_be_tried_again(base):
    with pytest.raises(Refused) as refused:
        await base.write(asked(TAKE, order_id="A-7", sum=1000), "FAILS")
    assert refused.value.code == "tool_error"
    assert "1000" not in refused.value.message
    await base.write(asked(TAKE, order_id="A-7", sum=1), "FAILS")  # its key was not kept
    assert await told(base) == [{"id": "A-7", "total": 99}]


async def rows_that_a_statement_returns_are_answered(base):
    text = await base.write(asked(f"{TAKE} RETURNING total", order_id="A-7", sum=10), "RETURNS")
    assert msgspec.json.decode(text) == {"rows": [{"total": 90}], "changed": 1}
    again = await base.write(asked(f"{TAKE} RETURNING total", order_id="A-7", sum=10), "RETURNS")
    assert again == text


async def one_that_takes_too_long_is_given_up(base, endless):
    with pytest.raises(Refused) as refused:
        await base.read(asked(endless, seconds=0.3))
    assert refused.value.code == "timeout"
    assert await told(base)


async def a_long_answer_is_cut(base, many):
    answered = msgspec.json.decode(await base.read(asked(many, rows=5)))
    assert len(answered["rows"]) == 5
    assert answered["more"]


ALL = [
    reading_changes_nothing,
    an_argument_is_never_read_as_sql,
    a_key_has_its_effect_once_however_many_come,
    what_failed_left_nothing_and_may_be_tried_again,
    rows_that_a_statement_returns_are_answered,
]
