"""Statements of tools against PostgreSQL."""

import pytest

from agentloop.sql.answers import Refused
from agentloop.sql.postgres import Postgres
from tests.agentloop.sql import stories
from tests.agentloop.sql.bases import asked, postgres_orders
from tests.storage.postgres import postgres


@pytest.fixture(scope="module")
def url():
    with postgres() as running:
        yield running


@pytest.fixture
async def base(url):
    base = Postgres(await postgres_orders(url), lambda: 1.0)
    yield base
    await base.close()


@pytest.mark.parametrize("story", stories.ALL, ids=lambda story: story.__name__)
async def test_what_both_do_alike(base, story):
    await story(base)


async def test_bounds(base):
    await stories.one_that_takes_too_long_is_given_up(base, "SELECT pg_sleep(60)")
    await stories.a_long_answer_is_cut(base, "SELECT generate_series(1, 1000) AS i")


async def test_a_function_that_writes_cannot_write_where_only_reading_is_declared(base):
    body = "UPDATE orders SET total = 0; SELECT 1"
    await base.write(
        asked(f"CREATE OR REPLACE FUNCTION take() RETURNS int LANGUAGE sql AS $$ {body} $$"), "F"
    )
    with pytest.raises(Refused):
        await base.read(asked("SELECT take()"))
    assert await stories.told(base) == [{"id": "A-7", "total": 100}]


async def test_a_value_of_another_type_is_refused_before_anything_is_done(base):
    with pytest.raises(Refused) as refused:
        await base.write(asked(stories.TAKE, order_id="A-7", sum="much"), "K")
    assert refused.value.code == "tool_error"


async def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(Refused) as refused:
        await Postgres("postgresql://nobody@127.0.0.1:1/none", float).read(asked("SELECT 1"))
    assert refused.value.code == "unavailable"
