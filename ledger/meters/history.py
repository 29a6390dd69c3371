"""A meter's earlier usage in its window, read from the ledger."""

from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import Select, case, func, literal, select, text
from sqlalchemy.sql.elements import ColumnElement

from config.limit import Amounts, LimitKind
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from ledger.meters.windows import NEVER, SLIDING_MS
from ledger.row import Begun, UsageRow, first_id_at
from ledger.scope import compile_scope
from ledger.statements import HOUR_MS
from storage.conditions import UNSENT
from storage.engine import Database
from storage.schema import usage, usage_hourly

_COLUMNS = {"organisation": "organisation", "team": "team", "key": "key_id"}


async def history(
    database: Database, name: MeterId, meter: Meter, kind: LimitKind, now: int
) -> list[tuple[int, int]]:
    """Times (Unix ms) and amounts. Sliding windows are read from rows, calendar windows from hourly totals.

    If a time zone's day begins within an hour of UTC, that hour is read from rows. So are calls that never
    reached a vendor, which the totals count as requests, if their rows still exist. Hard meters also count
    what vendors may bill beyond the cost. Raises `StoreError`.
    """
    if kind.when == "while":
        return []
    width = SLIDING_MS.get(name.per)
    whole = -(-meter.starts // HOUR_MS)  # the first hour that lies entirely in the window
    queries = [_rows(name.owner, now - width)] if width else [_hours(name.owner, whole)]
    if not width and meter.starts % HOUR_MS:
        queries.append(_rows(name.owner, meter.starts, whole * HOUR_MS))
    if not width and kind.when == "start":
        queries.append(_unsent(name.owner, whole))
    scope = None if name.models is None else compile_scope(name.models)
    seen: set[str] = set()
    found = Counter[int]()
    for row in [row for query in queries for row in await database.fetch(query)]:
        if scope is not None and not scope.allows(row.model_asked):
            continue
        if name.owner.level == "tag" and not _tagged(row.tags, name.owner.name):
            continue
        cost = int(row.cost) + (int(row.unsure) if meter.hard else 0)  # PostgreSQL returns sums as decimals
        amounts = Amounts(int(row.input), int(row.output), cost)
        used = _requests(row, seen) if kind.when == "start" else kind.of(amounts)
        found[max(int(row.at), meter.starts)] += used
    return list(found.items())


def concerns(name: MeterId, record: Begun | UsageRow) -> bool:
    """Whether the meter of this name counts the attempt."""
    owner = name.owner
    if owner.level == "tag":
        if not _tagged(record.tags, owner.name):
            return False
    elif owner.level == "user":
        if owner != Owner.of_user(record.team, record.user):
            return False
    elif getattr(record, _COLUMNS[owner.level]) != owner.name:
        return False
    return name.models is None or compile_scope(name.models).allows(record.model_asked)


def used_by(row: UsageRow, kind: LimitKind, meter: Meter) -> int:
    """The amount that a meter counts for an attempt."""
    if kind.when == "start":
        return int(row.queue_ms > 0 and row.attempt_id.endswith(".1"))
    cost = row.cost + (row.unsure if meter.hard else 0)
    return kind.of(Amounts(row.usage.input, row.usage.output, cost))


def unknown(used: list[tuple[int, int]], counted: int) -> list[tuple[int, int]]:
    """The ledger's usage that a meter has not counted: it began later, so it counted the most recent."""
    left = []
    for at, amount in sorted(used, reverse=True):
        known = min(amount, counted)
        counted -= known
        left.append((at, amount - known))
    return left


def _rows(owner: Owner, since: int, until: int = NEVER) -> Select[Any]:
    columns = usage.c
    return select(
        columns.at_ms.label("at"),
        columns.model_asked,
        columns.tags,
        columns.input_tokens.label("input"),
        columns.output_tokens.label("output"),
        columns.cost_nano.label("cost"),
        columns.unsure_nano.label("unsure"),
        case((text(UNSENT), 0), else_=1).label("requests"),
        columns.attempt_id.label("attempt"),
    ).where(
        columns.attempt_id >= first_id_at(since),
        columns.at_ms < until,
        columns.vendor != "",
        *_of(owner, columns),
    )


def _hours(owner: Owner, since: int) -> Select[Any]:
    """Hourly totals; `since` is in Unix hours."""
    columns = usage_hourly.c
    tags = columns.tags if owner.level == "tag" else literal("").label("tags")
    sums = {"input": "input_tokens", "output": "output_tokens", "cost": "cost_nano", "requests": "requests"}
    sums["unsure"] = "unsure_nano"
    keys = [columns.hour, columns.model_asked, *([columns.tags] if owner.level == "tag" else [])]
    return (
        select(
            (columns.hour * HOUR_MS).label("at"),
            columns.model_asked,
            tags,
            literal("").label("attempt"),
            *(func.sum(columns[column]).label(name) for name, column in sums.items()),
        )
        .where(columns.hour >= since, columns.vendor != "", *_of(owner, columns))
        .group_by(*keys)
    )


def _unsent(owner: Owner, since: int) -> Select[Any]:
    """Negative counts of requests that the totals include but none of whose attempts reached a vendor."""
    columns, other = usage.c, usage.alias("other").c
    same = func.substr(columns.attempt_id, 1, func.length(columns.attempt_id) - 1)
    # A later attempt of the same request that was sent.
    sent = select(other.attempt_id).where(
        other.attempt_id > columns.attempt_id, other.attempt_id < same + ":", other.queue_ms > 0
    )
    hour = columns.at_ms - columns.at_ms % HOUR_MS
    nothing = {name: literal(0).label(name) for name in ("input", "output", "cost", "unsure")}
    keys = [hour, columns.model_asked, *([columns.tags] if owner.level == "tag" else [])]
    return (
        select(
            hour.label("at"),
            columns.model_asked,
            columns.tags if owner.level == "tag" else literal("").label("tags"),
            literal("").label("attempt"),
            (-func.count()).label("requests"),
            *nothing.values(),
        )
        .where(
            text(UNSENT),
            columns.at_ms >= since * HOUR_MS,
            columns.attempt_id.endswith(".1"),
            ~sent.exists(),
            *_of(owner, columns),
        )
        .group_by(*keys)
    )


def _requests(row: Any, seen: set[str]) -> int:
    """The number of requests in a row; if several rows belong to one request, only one counts."""
    request = row.attempt.rpartition(".")[0]
    if request in seen:
        return 0
    if request and row.requests:
        seen.add(request)
    return int(row.requests)


def _of(owner: Owner, columns: Any) -> list[ColumnElement[bool]]:
    if owner.level == "tag":
        return [columns.tags != ""]
    if owner.level == "user":
        team, user = owner.team_and_user
        return [columns.team == team, columns.user == user]
    return [columns[_COLUMNS[owner.level]] == owner.name]


def _tagged(text: str, wanted: str) -> bool:
    try:
        tags = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError:
        return False
    return any(f"{name}={value}" == wanted for name, value in tags.items())
