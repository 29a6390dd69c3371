"""Rows by month: in PostgreSQL partitions made ahead and dropped whole, in SQLite deleted; reports stay."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import msgspec
import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from ledger.months import Month, drop_old, make_ahead, month_at, partitions
from ledger.reports import Question
from ledger.reports import usage as report
from ledger.row import UsageRow, first_id_at
from ledger.store import RowStore
from storage.engine import Database, Transaction, open_database
from storage.migrate import alembic_config, migrate
from storage.schema import usage
from tests.ledger.facts import ROW
from tests.storage.postgres import postgres

NOW = int(datetime.now(UTC).timestamp() * 1000)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path}/a.db", deadline=20.0)
        yield opened
        await opened.close()
        return
    with postgres() as url:
        opened = open_database(url, deadline=20.0)
        yield opened
        await opened.close()


def rows_of(month: Month, count: int = 3) -> list[UsageRow]:
    return [
        msgspec.structs.replace(
            ROW, attempt_id=f"{first_id_at(at)}0000{n}.1", at_ms=at, model_served=f"m{month.name}"
        )
        for n in range(count)
        for at in (month.starts_ms + n * 86_400_000,)
    ]


async def ship(database: Database, *months: Month) -> None:
    for month in months:
        await RowStore(database, token_hex(8)).ship(rows_of(month), lambda row: None)


async def counted(database: Database) -> dict[str, int]:
    query = select(usage.c.model_served, func.count()).group_by(usage.c.model_served)
    return {row[0]: row[1] for row in await database.fetch(query)}


async def totals(database: Database) -> list[tuple[str, int, int]]:
    lines = await report(database, Question(("model",), 0, NOW + 10**11))
    return sorted((line.group["model"], line.counts.requests, line.counts.cost_nano) for line in lines)


@given(ms=st.integers(1_577_836_800_000, 4_102_444_800_000), later=st.integers(-30, 30))
def test_months_follow_one_another_without_a_gap(ms: int, later: int) -> None:
    month, following = month_at(ms, later), month_at(ms, later + 1)
    assert month.end == following.first and month.first < month.end
    assert month_at(ms).first <= first_id_at(ms) < month_at(ms).end
    assert month_at(month.starts_ms) == month


async def test_old_rows_go_and_reports_stay(database: Database) -> None:
    await migrate(database)
    await make_ahead(database, NOW)
    months = [month_at(NOW, -number) for number in range(4)]
    await ship(database, *months)
    before = await totals(database)
    dropped, deleted = await drop_old(database, 1, NOW)
    assert (dropped, deleted) == ([], 6)  # of before there were partitions they lie together
    assert await counted(database) == {f"m{months[0].name}": 3, f"m{months[1].name}": 3}
    assert await totals(database) == before
    assert (await drop_old(database, 1, NOW))[1] == 0
    await ship(database, months[0])  # what is shipped again is there already
    assert await totals(database) == before


async def test_many_rows_go_in_batches(database: Database) -> None:
    await migrate(database)
    old = month_at(NOW, -5)
    rows = [
        msgspec.structs.replace(ROW, attempt_id=f"{old.first}{n:06}.1", at_ms=old.starts_ms)
        for n in range(2500)
    ]
    await RowStore(database, "p").ship(rows, lambda row: None)
    assert (await drop_old(database, 2, NOW)) == ([], 2500)


async def test_partitions_are_made_ahead_and_dropped_whole() -> None:
    with postgres() as url:
        database = open_database(url, deadline=20.0)
        await migrate(database)
        future = month_at(NOW, 3)
        await ship(database, future)  # nobody had made its partition
        later = month_at(NOW, 1)
        made = await make_ahead(database, later.starts_ms)
        assert made == [f"usage_{month_at(NOW, number).name}" for number in (1, 2, 3)]
        assert await make_ahead(database, later.starts_ms) == []
        [row] = await database.fetch(text(f"SELECT count(*) FROM usage_{future.name}"))
        assert row[0] == 3  # and they were moved there
        await ship(database, later, month_at(NOW, 2))
        before = await totals(database)
        dropped, deleted = await drop_old(database, 1, month_at(NOW, 4).starts_ms)
        assert set(dropped) == {"usage_before", *(f"usage_{month_at(NOW, n).name}" for n in (1, 2))}
        assert deleted == 0 and await counted(database) == {f"m{future.name}": 3}
        assert await totals(database) == before
        plan = await database.fetch(
            text(f"EXPLAIN SELECT * FROM usage WHERE attempt_id BETWEEN '{future.first}' AND '{future.end}'")
        )
        assert future.name in str(plan)
        await database.close()


async def _columns_that_came_later(transaction: Transaction, change: str) -> None:
    """Rows are shipped as they are today."""
    for table in ("usage", "usage_hourly"):
        for name in ("unsure_nano", "cached_audio_tokens"):
            await transaction.connection.exec_driver_sql(f"ALTER TABLE {table} {change.format(name)}")


async def test_rows_of_an_earlier_version_stay_where_they_are() -> None:
    with postgres() as url:
        database = open_database(url, deadline=20.0)
        async with database.transaction() as transaction:
            await transaction.connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0011"))
            await _columns_that_came_later(transaction, "ADD COLUMN {} bigint NOT NULL DEFAULT 0")
        months = [month_at(NOW, number) for number in (-2, 0, 2)]  # one of a clock that is ahead
        await ship(database, *months)
        before, paid = await counted(database), await totals(database)
        async with database.transaction() as transaction:
            await _columns_that_came_later(transaction, "DROP COLUMN {}")
        await migrate(database)
        assert (await counted(database), await totals(database)) == (before, paid)
        assert {each.name for each in await partitions(database)} == {"usage_before", "usage_rest"}
        await make_ahead(database, NOW)
        assert len(await partitions(database)) == 4
        await ship(database, *months)
        assert (await counted(database), await totals(database)) == (before, paid)
        await database.close()
