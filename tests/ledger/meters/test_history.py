"""What a window held is read from the ledger: the rows for what slides, the hours for the calendar."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from config.limit import Limit, Per
from config.limiting import KINDS
from dialects.usage import Usage
from ledger.meters.history import _unsent, history
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from ledger.row import UsageRow
from ledger.store import RowStore
from storage.engine import Database

NOW = 1_790_000_000_000
HOUR = 3_600_000
MakeRow = Callable[..., UsageRow]


def refused(row: UsageRow) -> None:
    raise AssertionError(row)


@pytest.fixture
async def past(database: Database, make_row: MakeRow) -> Database:
    """Two attempts and a refusal half a minute ago, one of another team; one earlier, one long ago."""
    usual = {"team": "support", "organisation": "acme", "user": "ann", "key_id": "k1", "model_asked": "fast"}
    used = {"usage": Usage(input=10, output=5), "cost": 100, "vendor": "sim", "tags": '{"app":"x","a=b":"c"}'}
    used["unsure"] = 3
    when = {"recent": NOW - 30_000, "earlier": NOW - 2 * HOUR, "long ago": NOW - 40 * 24 * HOUR}
    rows = [
        # The second attempt is the first row's request.
        make_row(f"{at:011x}0000{number // 2 * 2:09x}", attempt, at_ms=at, **{**usual, **used, **more})
        for number, (at, attempt, more) in enumerate(
            [
                (when["recent"], 1, {}),
                (when["recent"], 2, {"model_asked": "slow"}),
                (when["recent"], 0, {"vendor": "", "usage": Usage(), "cost": 0}),
                (when["recent"], 1, {"team": "eu/sales", "key_id": "k2", "tags": ""}),
                (when["earlier"], 1, {}),
                (when["long ago"], 1, {}),
            ]
        )
    ]
    await RowStore(database, "past").ship(rows, refused)
    return database


async def used(
    past: Database,
    owner: Owner,
    kind: str,
    per: Per,
    models: tuple[str, ...] | None = None,
    *,
    hard: bool = False,
) -> int:
    limit = Limit(kind, 10**9, per, models, hard)
    meter = Meter(limit, NOW)
    name = MeterId(owner, kind, per, models, "UTC")
    meter.restore(await history(past, name, meter, KINDS[kind], NOW), NOW)
    return meter.spent


TEAM = Owner("team", "support")
TABLE = [
    (TEAM, "requests", "minute", None, 1),
    (TEAM, "tokens", "minute", None, 30),
    (TEAM, "tokens", "minute", ("fa*",), 15),
    (TEAM, "spend", "hour", None, 200),
    (TEAM, "requests", "month", None, 2),
    (TEAM, "spend", "month", None, 300),
    (TEAM, "spend", "month", ("slow",), 100),
    (TEAM, "spend", "total", None, 400),
    (TEAM, "concurrent", "once", None, 0),
    (Owner("organisation", "acme"), "spend", "total", None, 500),
    (Owner("user", "support/ann"), "input_tokens", "total", None, 40),
    (Owner("user", "support/bob"), "input_tokens", "total", None, 0),
    (Owner.of_user("eu/sales", "ann"), "spend", "total", None, 100),
    (Owner.of_user("eu/sales", "ann"), "spend", "minute", None, 100),
    (Owner.of_user("eu", "sales/ann"), "spend", "total", None, 0),
    (Owner("key", "k2"), "output_tokens", "day", None, 5),
    (Owner("tag", "app=x"), "spend", "minute", None, 200),
    (Owner("tag", "app=x"), "spend", "total", None, 400),
    (Owner("tag", "a=b=c"), "spend", "total", None, 400),
    (Owner("tag", "app=y"), "spend", "total", None, 0),
]


@pytest.mark.parametrize(("owner", "kind", "per", "models", "amount"), TABLE)
async def test_what_was_used(
    past: Database, owner: Owner, kind: str, per: Per, models: tuple[str, ...] | None, amount: int
) -> None:
    assert await used(past, owner, kind, per, models) == amount


@pytest.mark.parametrize(("per", "amount"), [("hour", 206), ("month", 309)])
async def test_a_hard_budget_counts_what_vendors_may_bill_beyond_the_cost(
    past: Database, per: Per, amount: int
) -> None:
    assert await used(past, TEAM, "spend", per, hard=True) == amount


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "UTC"])
async def test_a_day_that_begins_within_an_hour_has_nothing_of_the_day_before(
    database: Database, make_row: MakeRow, zone: str
) -> None:
    limit = Limit("spend", 10**9, "day", zone=zone)
    meter = Meter(limit, NOW)
    when = [meter.starts - 1, meter.starts, meter.starts + 60_000, meter.starts + 2 * HOUR]
    rows = [
        make_row(f"{at:011x}0000{n:09x}", 1, at_ms=at, team="support", vendor="sim", cost=10**n)
        for n, at in enumerate(when)
    ]
    await RowStore(database, "past").ship(rows, refused)
    found = await history(database, MeterId(TEAM, "spend", "day", None, zone), meter, KINDS["spend"], NOW)
    assert sum(amount for _, amount in found) == 1110


async def test_a_request_counts_once_and_not_where_no_vendor_saw_it(
    database: Database, make_row: MakeRow
) -> None:
    plain = {"at_ms": NOW - 1000, "team": "support"}
    unsent = plain | {"queue_ms": 0.0, "http_status": 0, "status": "error"}
    rows = [
        make_row(f"{NOW - 1000:011x}0000{request:09x}", attempt, **facts)
        for request, attempt, facts in [
            (1, 1, unsent),
            (2, 1, unsent),
            (2, 2, plain),
            (2, 3, plain),
            (3, 0, unsent | {"status": "ok", "cache": "hit"}),
            (4, 1, unsent | {"status": "lost"}),
        ]
    ]
    await RowStore(database, "past").ship(rows, refused)
    assert await used(database, TEAM, "requests", "minute") == 3
    assert await used(database, TEAM, "requests", "month") == 3
    assert await used(database, TEAM, "requests", "total", ("fast",)) == 3
    assert await used(database, TEAM, "requests", "total", ("slow",)) == 0
    assert await used(database, Owner("tag", "app=x"), "requests", "day") == 0


async def test_calls_that_were_not_sent_are_found_without_reading_the_others(database: Database) -> None:
    query = _unsent(TEAM, NOW // HOUR)
    words = query.compile(dialect=database.engine.dialect, compile_kwargs={"literal_binds": True})
    plan = [str(row) for row in await database.fetch(text(f"EXPLAIN QUERY PLAN {words}"))]
    assert any("usage_unsent" in step for step in plan), plan
    assert not any("SCAN" in step for step in plan), plan
