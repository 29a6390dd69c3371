"""Reports equal brute force over the rows, and are quick because they read the hours."""

import random
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, text

from dialects.usage import Usage
from ledger.reports import BUCKETS_MS, DIMENSIONS, TAG, Counts, Question, Step, explain, total, trail, usage
from ledger.row import UsageRow
from ledger.statements import NOT_ERRORS
from ledger.store import RowStore
from storage.engine import Database
from storage.schema import usage_hourly

NOON = 1_790_000_000_000 // BUCKETS_MS["day"] * BUCKETS_MS["day"]
HOUR = BUCKETS_MS["hour"]
WEEK = (NOON, NOON + 7 * 24 * HOUR)


def nobody(row: UsageRow) -> None:
    raise AssertionError(row)


def many(make_row: Callable[..., UsageRow], count: int) -> list[UsageRow]:
    dice = random.Random(3)
    pick = dice.choice
    return [
        make_row(
            f"{(at := dice.randrange(*WEEK)):011x}{number // 2:013x}",
            1 + number % 2,
            at_ms=at,
            team=pick(["support", "sales", "legal"]),
            user=pick(["alice", "bob"]),
            key_id=pick(["k1", "k2"]),
            model_served=pick(["gpt-4o", "gpt-4o-mini"]),
            vendor=pick(["openai", "azure"]),
            endpoint=pick(["chat", "embeddings"]),
            status=pick(["ok", "ok", "cancelled", "error", "lost"]),
            priced=dice.random() > 0.1,
            estimated=dice.random() < 0.1,
            usage=Usage(*(dice.randrange(1000) for _ in Usage.__struct_fields__)),
            cost=dice.randrange(10**9),
            tags=pick(["", '{"app":"mail"}', '{"app":"chat","zone":"eu"}', "broken"]),
        )
        for number in range(count)
    ]


def counted(row: UsageRow) -> Counts:
    tokens = {f"{name}_tokens": value for name, value in msgspec.structs.asdict(row.usage).items()}
    return Counts(
        attempts=1,
        requests=int(row.attempt_id.endswith((".0", ".1"))),
        errors=int(row.status not in NOT_ERRORS),
        estimated=int(row.estimated),
        unpriced=int(not row.priced),
        cost_nano=row.cost,
        **tokens,
    )


def value_of(row: UsageRow, name: str) -> str:
    if not name.startswith(TAG):
        return str(getattr(row, DIMENSIONS[name]))
    try:
        return str(msgspec.json.decode(row.tags or "{}").get(name.removeprefix(TAG), ""))
    except msgspec.DecodeError:
        return ""


def brute_force(rows: list[UsageRow], question: Question) -> dict[tuple[Any, ...], Counts]:
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        fits = all(value_of(row, name) in values for name, values in question.filters.items())
        if not (fits and question.since <= row.at_ms < question.until):
            continue
        width = BUCKETS_MS[question.bucket] if question.bucket else 0
        key = (
            row.at_ms // width * width if width else None,
            *(value_of(row, name) for name in question.names),
        )
        had = sums.setdefault(key, [0] * len(Counts.__struct_fields__))
        sums[key] = [a + b for a, b in zip(had, msgspec.structs.astuple(counted(row)), strict=True)]
    return {key: Counts(*values) for key, values in sums.items()}


@pytest.mark.parametrize(
    ("by", "filters"),
    [
        pytest.param((), {}, id="in all"),
        pytest.param(("team",), {}, id="by team"),
        pytest.param(("team", "user", "key", "model", "vendor", "endpoint"), {}, id="by much"),
        pytest.param(("day",), {"team": ["sales"]}, id="by day, one team"),
        pytest.param(("hour", "vendor"), {}, id="by hour and vendor"),
        pytest.param(("minute",), {"model": ["gpt-4o"]}, id="by minute, from the rows"),
        pytest.param(("tag:app",), {}, id="by tag"),
        pytest.param(
            ("team", "tag:zone", "day"), {"tag:app": ["chat"]}, id="by one tag, filtered by another"
        ),
        pytest.param(
            ("tag:app", "minute"), {"tag:app": ["chat", "mail"], "user": ["bob"]}, id="tags by minute"
        ),
        pytest.param(("asked", "organisation"), {"team": ["nobody"]}, id="nothing"),
    ],
)
async def test_a_report_equals_brute_force_over_the_rows(database: Database, make_row, by, filters) -> None:
    rows = many(make_row, 600)
    await RowStore(database, "p").ship(rows, nobody)
    question = Question(by, NOON + HOUR, NOON + 100 * HOUR, filters)
    lines = await usage(database, question)
    assert {(line.start_ms, *line.group.values()): line.counts for line in lines} == brute_force(
        rows, question
    )
    assert all(tuple(line.group) == question.names for line in lines)
    starts = [line.start_ms or 0 for line in lines]
    assert starts == sorted(starts)
    assert total(lines) == brute_force(rows, Question((), question.since, question.until, filters)).get(
        (None,), Counts()
    )


async def test_minutes_are_whole_ones(database: Database, make_row) -> None:
    moments = [NOON - 1, NOON, NOON + 30_000, NOON + 119_999, NOON + 120_000]
    rows = [make_row(f"{at:011x}0000{0:09x}", 1, at_ms=at) for at in moments]
    await RowStore(database, "p").ship(rows, nobody)
    lines = await usage(database, Question(("minute",), NOON + 20_000, NOON + 60_001))
    assert [(line.start_ms, line.counts.attempts) for line in lines] == [(NOON, 2), (NOON + 60_000, 1)]


async def test_the_dearest_line_stands_first(database: Database, make_row) -> None:
    await RowStore(database, "p").ship(many(make_row, 100), nobody)
    costs = [line.counts.cost_nano for line in await usage(database, Question(("team",), *WEEK))]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(
    ("by", "filters", "said"),
    [
        (("colour",), {}, "'colour' is not something to group by; allowed: organisation"),
        (("tag:",), {}, "tag:NAME"),
        (("hour", "day"), {}, "one width"),
        ((), {"hour": ["1"]}, "'hour'"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(by, filters, said) -> None:
    with pytest.raises(ValueError, match=said):
        Question(by, *WEEK, filters)


def test_a_report_must_end_after_it_begins() -> None:
    with pytest.raises(ValueError, match="after its beginning"):
        Question((), 5, 5)


async def test_every_attempt_of_a_request_is_explained_in_order(database: Database, make_row) -> None:
    rows = [make_row("a", n, trail='[["route","ok","weighted",{"left":2}]]') for n in (1, 2, 10)]
    await RowStore(database, "p").ship([rows[2], rows[0], rows[1], make_row("a.1"), make_row("b")], nobody)
    found = await explain(database, "req_a")
    assert found == rows
    assert trail(found[0]) == [Step("route", "ok", "weighted", {"left": 2})]
    assert await explain(database, "req_unknown") == []


@pytest.mark.parametrize("said", ["{", "[1]", '[["a","b"]]', "\x00"])
def test_what_is_no_trail_is_said_to_be_unreadable(make_row, said: str) -> None:
    assert [step.verdict for step in trail(make_row(trail=said))] == ["unreadable"]


async def fill_hours(database: Database, hours: int, groups: int) -> int:
    """Roll-ups of `hours` × `groups`, each standing for ten attempts; how many attempts that is."""
    plain = {column.name: 10 for column in usage_hourly.c if not column.primary_key}
    names = {c.name: "x" for c in usage_hourly.primary_key if c.name != "hour"}
    first = NOON // HOUR
    for hour in range(hours):
        values = [
            {**names, **plain, "hour": first + hour, "team": f"t{g % 10}", "key_id": f"k{g}"}
            for g in range(groups)
        ]
        async with database.transaction() as transaction:
            await transaction.execute(insert(usage_hourly), values)
    return hours * groups * 10


async def timed(database: Database, attempts: int, question: Question) -> float:
    began = time.process_time()
    lines = await usage(database, question)
    assert total(lines).attempts == attempts
    return time.process_time() - began


async def test_a_report_over_three_hundred_thousand_attempts_takes_a_fraction_of_a_second(
    database: Database,
) -> None:
    attempts = await fill_hours(database, 168, 180)
    assert attempts == 302_400
    assert await timed(database, attempts, Question(("team", "day"), *WEEK)) < 0.5


@pytest.mark.soak
async def test_a_report_over_ten_million_attempts_takes_less_than_a_second(database: Database) -> None:
    attempts = await fill_hours(database, 1000, 1000)
    until = NOON + 1000 * HOUR
    assert attempts == 10_000_000
    began = time.perf_counter()
    await timed(database, attempts, Question(("team",), NOON, until))
    assert time.perf_counter() - began < 1.0


async def test_a_report_reads_the_hours_by_their_index(database: Database) -> None:
    plan = (
        "EXPLAIN QUERY PLAN SELECT sum(attempts) FROM usage_hourly WHERE hour >= 1 AND hour < 5 GROUP BY team"
    )
    found = await database.fetch(text(plan))
    assert any("SEARCH usage_hourly" in row[3] and "INDEX" in row[3] for row in found)
