"""Statements of tools against SQLite."""

import pytest

from agentloop.sql.answers import Refused
from agentloop.sql.sqlite import Sqlite
from tests.agentloop.sql import stories
from tests.agentloop.sql.bases import asked, sqlite_orders

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT {} FROM n"


@pytest.fixture
def base(tmp_path):
    return Sqlite(sqlite_orders(tmp_path).removeprefix("sqlite:///"), lambda: 1.0)


@pytest.mark.parametrize("story", stories.ALL, ids=lambda story: story.__name__)
async def test_what_both_do_alike(base, story):
    await story(base)


async def test_bounds(base):
    await stories.one_that_takes_too_long_is_given_up(base, COUNT.format(1_000_000_000, "count(*)"))
    await stories.a_long_answer_is_cut(base, COUNT.format(1000, "i"))


async def test_a_file_that_is_not_there_is_not_made(tmp_path):
    for doing in (
        Sqlite(f"{tmp_path}/none.db", float).read,
        lambda a: Sqlite(f"{tmp_path}/none.db", float).write(a, "K"),
    ):
        with pytest.raises(Refused) as refused:
            await doing(asked("SELECT 1"))
        assert refused.value.code == "unavailable"
    assert list(tmp_path.iterdir()) == []
