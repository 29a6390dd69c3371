"""A row counts once, however often it is shipped, and one bad row does not stop the others."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledger.reports import explain
from ledger.row import UsageRow
from ledger.statements import HOUR_MS, SIZES, hourly_columns
from ledger.store import RowStore
from storage.engine import Database
from storage.errors import StoreDown
from storage.schema import metadata, usage, usage_hourly
from tests.ledger.facts import NOON_MS, ledger_of

LARGEST = SIZES[0]  # rows in one statement
STATUSES = ("ok", "error", "cancelled", "cut", "refused")


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


@pytest.mark.parametrize("count", [1, 3, LARGEST - 1, LARGEST, LARGEST + 1, 4 * LARGEST])
async def test_however_many_rows_come_each_is_written_with_its_own_values(
    database: Database, make_row, count: int
) -> None:
    rows = [make_row(number, cost=number, team=f"t{number % 2}") for number in range(count)]
    await RowStore(database, "p").ship(rows, nobody)
    found = await database.fetch(select(usage.c.attempt_id, usage.c.cost_nano, usage.c.team))
    assert {tuple(row) for row in found} == {(row.attempt_id, row.cost, row.team) for row in rows}
    assert await hours(database) == await hours_by_brute_force(database)


@pytest.mark.parametrize("place", [0, LARGEST // 2, LARGEST - 1, LARGEST])
@pytest.mark.parametrize("bad", [{"team": None}, {"cost": 2**70}], ids=["shared", "its own"])
async def test_a_refused_row_among_many_stands_alone(database: Database, make_row, place: int, bad) -> None:
    rows = [make_row(number) for number in range(LARGEST + 1)]
    rows[place] = make_row(place, **bad)
    refused: list[UsageRow] = []
    await RowStore(database, "p").ship(rows, refused.append)
    assert refused == [rows[place]]
    ((count,),) = await database.fetch(select(func.count()).select_from(usage))
    assert count == LARGEST
    assert await hours(database) == await hours_by_brute_force(database)


async def test_rows_that_are_there_already_are_passed_over_among_new_ones(
    database: Database, make_row
) -> None:
    rows = [make_row(number) for number in range(LARGEST)]
    await RowStore(database, "one").ship(rows[::3], nobody)
    await RowStore(database, "two").ship([*rows, *rows[:5]], nobody)
    ((attempts,),) = await database.fetch(select(func.sum(usage_hourly.c.attempts)))
    assert attempts == LARGEST


async def test_every_kind_of_value_comes_back_as_it_was_written(database: Database, make_row) -> None:
    row = make_row(1, priced=False, estimated=True, stream=True, queue_ms=0.25, tags='{"app":"mail"}')
    await RowStore(database, "p").ship([row], nobody)
    assert await explain(database, "req_1") == [row]


# Rows of two requests' numbers, two attempts, two teams, an hour apart: many are the same, most are alike.
KIND = st.tuples(st.integers(0, 40), st.integers(0, 2), st.sampled_from(STATUSES), st.booleans())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches=st.lists(st.tuples(st.sampled_from(["one", "two"]), st.lists(KIND, max_size=30)), max_size=6))
async def test_the_hours_are_the_sums_of_the_rows_whatever_mix_of_new_and_repeated_rows_comes(
    batches: list[tuple[str, list[tuple[int, int, str, bool]]]],
    tmp_path_factory: pytest.TempPathFactory,
    make_row,
) -> None:
    async with ledger_of(tmp_path_factory.mktemp("mix") / "ledger.db") as opened:
        stores = {prefix: RowStore(opened, prefix) for prefix in ("one", "two")}
        for prefix, kinds in batches:
            rows = [
                make_row(
                    number,
                    attempt,
                    status=status,
                    estimated=odd,
                    priced=not odd,
                    at_ms=NOON_MS + number * HOUR_MS // 10,
                    cost=number,
                    team=f"t{number % 2}",
                    units=number,
                    unit=("", "image", "second", "call")[number % 4],
                )
                for number, attempt, status, odd in kinds
            ]
            await stores[prefix].ship(rows, nobody)
        assert await hours(opened) == await hours_by_brute_force(opened)
        written = {(number, attempt) for _, kinds in batches for number, attempt, _, _ in kinds}
        ((attempts,),) = await opened.fetch(select(func.coalesce(func.sum(usage_hourly.c.attempts), 0)))
        assert attempts == len(written)
