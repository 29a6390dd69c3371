"""The ledger on PostgreSQL: the same rows, the same sums, the same refusal of one bad row."""

import random
import string
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
from sqlalchemy import select

from config.limit import Limit, Per
from config.limiting import KINDS
from dialects.usage import Usage
from ledger.meters.history import history
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from ledger.objects import VendorObjects
from ledger.reports import Question, explain, usage
from ledger.row import UsageRow, first_id_at
from ledger.statements import HOUR_MS, MOST_TAGS
from ledger.store import RowStore
from storage.engine import Database, open_database
from storage.schema import metadata, usage_hourly
from tests.ledger.facts import NOON_MS, ROW, refused
from tests.storage.postgres import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as running:
        yield running


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = open_database(url, deadline=10)
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


def rows(count: int) -> list[UsageRow]:
    return [
        msgspec.structs.replace(
            ROW,
            attempt_id=f"{first_id_at(NOON_MS + n // 2 * 120_000)}{n // 2:013x}.{1 + n % 2}",
            at_ms=NOON_MS + n * 60_000,
            team=f"t{n % 3}",
            cost=n,
        )
        for n in range(count)
    ]


async def test_rows_shipped_twice_count_once_and_reports_agree(database: Database) -> None:
    for prefix in ("one", "two"):
        await RowStore(database, prefix).ship(rows(300), refused)
    span = NOON_MS - HOUR_MS, NOON_MS + 10 * HOUR_MS
    for by in (("team",), ("team", "hour"), ("team", "minute"), ("tag:app", "day"), ()):
        lines = await usage(database, Question(by, *span))
        assert sum(line.counts.attempts for line in lines) == 300
        assert sum(line.counts.requests for line in lines) == 150
        assert sum(line.counts.cost_nano for line in lines) == sum(range(300))


async def test_a_request_is_explained_as_it_was_written(database: Database) -> None:
    await RowStore(database, "p").ship(rows(4), refused)
    assert await explain(database, rows(4)[2].attempt_id.removesuffix(".1")) == rows(4)[2:]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"usage": Usage(input=2**64)}, id="more tokens than a column holds"),
        pytest.param({"team": None}, id="no team"),
        pytest.param({"user": "a\x00b"}, id="a NUL"),
        pytest.param({"team": "x" * 201}, id="a name too long"),
    ],
)
async def test_one_bad_row_is_told_and_the_others_are_kept(
    database: Database, bad: dict[str, object]
) -> None:
    good = rows(6)
    told: list[UsageRow] = []
    wrong = msgspec.structs.replace(ROW, attempt_id="req_bad.1", **bad)
    await RowStore(database, "p").ship([*good[:3], wrong, *good[3:]], told.append)
    assert told == [wrong]
    hours = await database.fetch(select(usage_hourly.c.attempts))
    assert sum(row.attempts for row in hours) == 6


WIDE = ("user", "team", "organisation", "model_asked", "model_served")


def scrambled(letters: str, count: int) -> str:
    """A text that does not compress."""
    dice = random.Random(count)
    return "".join(dice.choices(letters, k=count))


async def test_the_longest_names_and_tags_still_fit_the_index_of_the_hours(database: Database) -> None:
    names = {name: scrambled(string.ascii_letters, 200 - place) for place, name in enumerate(WIDE)}
    row = msgspec.structs.replace(ROW, **names, tags=scrambled(string.ascii_letters, MOST_TAGS))
    await RowStore(database, "p").ship([row], refused)


async def test_names_in_a_script_too_wide_for_the_index_are_told_and_not_tried_for_ever(
    database: Database,
) -> None:
    letters = "".join(map(chr, range(0x4E00, 0x9000)))
    names = {name: scrambled(letters, 200 - place) for place, name in enumerate(WIDE)}
    told: list[UsageRow] = []
    await RowStore(database, "p").ship([msgspec.structs.replace(ROW, **names)], told.append)
    assert len(told) == 1


async def test_objects_belong_to_the_team_that_made_them(database: Database) -> None:
    objects = VendorObjects(database, lambda: 1_790_000_000.5)
    await objects.bind("openai", "red", "files", ["f1", "f2"])
    await objects.bind("openai", "blue", "files", ["f1", "f3"])
    assert await objects.own("openai", "blue", ["f1", "f2", "f3"]) == {"f3"}
    assert await objects.drop_old("files", 1_790_000_000_500) == 0
    await objects.forget("openai", "red", "f1")
    assert await objects.accounts_of("red", "f1") == {}


async def test_units_are_kept(database: Database) -> None:
    row = msgspec.structs.replace(ROW, units=7, unit="second")
    await RowStore(database, "one").ship([row], refused)
    assert await explain(database, "req_0") == [row]


async def test_what_a_window_held_is_whole_numbers(database: Database) -> None:
    await RowStore(database, "one").ship(rows(6), refused)
    pers: tuple[Per, ...] = ("month", "hour")
    for per in pers:
        name = MeterId(Owner("team", "t1"), "spend", per, None, "UTC")
        meter = Meter(Limit("spend", 1000, per), NOON_MS)
        found = await history(database, name, meter, KINDS["spend"], NOON_MS)
        assert sum(used for _, used in found) == 1 + 4
        assert all(type(each) is int for pair in found for each in pair)


@pytest.mark.parametrize("owner", [Owner("team", "t1"), Owner("tag", "app=x")], ids=str)
async def test_calls_that_no_vendor_saw_are_in_no_window(database: Database, owner: Owner) -> None:
    tagged = [msgspec.structs.replace(row, team="t1", tags='{"app":"x"}') for row in rows(6)]
    # Of the three requests one was never sent, and of one the second attempt was.
    unsent = {tagged[0].attempt_id, tagged[1].attempt_id, tagged[2].attempt_id}
    tagged = [
        msgspec.structs.replace(row, queue_ms=0.0) if row.attempt_id in unsent else row for row in tagged
    ]
    await RowStore(database, "one").ship(tagged, refused)
    pers: tuple[Per, ...] = ("month", "hour")
    for per in pers:
        meter = Meter(Limit("requests", 1000, per), NOON_MS)
        name = MeterId(owner, "requests", per, None, "UTC")
        found = await history(database, name, meter, KINDS["requests"], NOON_MS)
        assert sum(used for _, used in found) == 2
