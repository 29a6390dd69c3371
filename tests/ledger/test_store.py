"""A row counts once, however often it is shipped, and one bad row does not stop the others."""

import pytest
from sqlalchemy import func, select

from ledger.row import UsageRow
from ledger.statements import BLOCK, hourly_columns
from ledger.store import RowStore
from storage.engine import Database
from storage.errors import StoreDown
from storage.schema import metadata, usage, usage_hourly


async def hours(database: Database) -> list[tuple[object, ...]]:
    return sorted(map(tuple, await database.fetch(select(usage_hourly))))


async def hours_by_brute_force(database: Database) -> list[tuple[object, ...]]:
    columns = hourly_columns()
    keys = [columns[column.name] for column in usage_hourly.primary_key]
    chosen = select(*(columns[column.name] for column in usage_hourly.c)).group_by(*keys)
    return sorted(map(tuple, await database.fetch(chosen)))


def nobody(row: UsageRow) -> None:
    raise AssertionError(row)


async def test_rows_shipped_twice_by_anybody_count_once(database: Database, make_row) -> None:
    rows = [make_row(number, attempt, team=f"t{number % 2}") for number in range(5) for attempt in (1, 2)]
    for prefix in ("one", "two"):
        store = RowStore(database, prefix)
        await store.ship(rows, nobody)
        await store.ship(rows[3:], nobody)
    assert await hours(database) == await hours_by_brute_force(database)
    ((attempts, requests),) = await database.fetch(
        select(func.sum(usage_hourly.c.attempts), func.sum(usage_hourly.c.requests))
    )
    assert (attempts, requests) == (10, 5)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, (1, 1, 0, 0, 0), id="an answer"),
        pytest.param({"attempt": 0, "status": "refused"}, (1, 1, 1, 0, 0), id="a refusal is a request"),
        pytest.param({"attempt": 2}, (1, 0, 0, 0, 0), id="a second attempt is no second request"),
        pytest.param({"attempt": 11}, (1, 0, 0, 0, 0), id="nor is the eleventh"),
        pytest.param({"status": "cancelled", "estimated": True}, (1, 1, 0, 1, 0), id="leaving is no error"),
        pytest.param({"status": "cut"}, (1, 1, 1, 0, 0), id="a cut stream is one"),
        pytest.param({"priced": False}, (1, 1, 0, 0, 1), id="unpriced"),
    ],
)
async def test_what_a_row_counts_as(database: Database, make_row, changes, expected) -> None:
    await RowStore(database, "p").ship([make_row(1, **changes)], nobody)
    (row,) = await database.fetch(select(usage_hourly))
    assert (row.attempts, row.requests, row.errors, row.estimated, row.unpriced) == expected


async def test_a_row_the_table_does_not_take_is_told_and_the_others_are_kept(
    database: Database, make_row
) -> None:
    rows = [make_row(number) for number in range(9)]
    rows[4] = make_row(4, cost=2**70)
    rows[7] = make_row(7, team=None)
    refused: list[UsageRow] = []
    await RowStore(database, "p").ship(rows, refused.append)
    assert refused == [rows[4], rows[7]]
    kept = {row.attempt_id for row in await database.fetch(select(usage.c.attempt_id))}
    assert kept == {row.attempt_id for row in rows} - {row.attempt_id for row in refused}
    assert await hours(database) == await hours_by_brute_force(database)


async def test_a_database_that_is_away_is_not_blamed_on_the_rows(database: Database, make_row) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    with pytest.raises(StoreDown):
        await RowStore(database, "p").ship([make_row(1)], nobody)


async def test_nothing_to_ship_asks_the_database_nothing(database: Database) -> None:
    await database.close()
    await RowStore(database, "p").ship([], nobody)


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 4 * BLOCK])
async def test_however_many_rows_come_each_is_written_with_its_own_values(
    database: Database, make_row, count: int
) -> None:
    rows = [make_row(number, cost=number, team=f"t{number % 7}") for number in range(count)]
    await RowStore(database, "p").ship(rows, nobody)
    found = await database.fetch(select(usage.c.attempt_id, usage.c.cost_nano, usage.c.team))
    assert {tuple(row) for row in found} == {(row.attempt_id, row.cost, row.team) for row in rows}
    assert await hours(database) == await hours_by_brute_force(database)


@pytest.mark.parametrize("place", [0, BLOCK // 2, BLOCK - 1, BLOCK])
async def test_a_refused_row_inside_a_block_stands_alone(database: Database, make_row, place: int) -> None:
    rows = [make_row(number) for number in range(BLOCK + 1)]
    rows[place] = make_row(place, team=None)
    refused: list[UsageRow] = []
    await RowStore(database, "p").ship(rows, refused.append)
    assert refused == [rows[place]]
    ((count,),) = await database.fetch(select(func.count()).select_from(usage))
    assert count == BLOCK
    assert await hours(database) == await hours_by_brute_force(database)


async def test_rows_that_are_there_already_are_passed_over_inside_a_block(
    database: Database, make_row
) -> None:
    rows = [make_row(number) for number in range(BLOCK)]
    await RowStore(database, "one").ship(rows[::3], nobody)
    await RowStore(database, "two").ship([*rows, *rows[:5]], nobody)
    ((attempts,),) = await database.fetch(select(func.sum(usage_hourly.c.attempts)))
    assert attempts == BLOCK
