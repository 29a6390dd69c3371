"""The SQL that turns rows into totals, generated once per dialect from the schema."""

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Select, bindparam, case, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from dialects.usage import Usage
from storage.schema import usage, usage_hourly

HOUR_MS = 3_600_000

Values = tuple[Any, ...]  # of a row, in the order of the columns that are meant

# The columns in which the rows of one transaction are often alike, and those in which each is its own.
SHARED = (
    *("batch", "key_id", "user", "team", "organisation", "endpoint", "model_asked", "vendor", "model_served"),
    *("status", "http_status", "error_code", "price_version", "cache", "guard", "tags", "unit"),
    *("priced", "estimated", "stream"),
)
FLAGS = SHARED.index("priced")  # the first of the booleans, which are behind all else
OWN = (
    *(
        "attempt_id",
        "at_ms",
        "cost_nano",
        "queue_ms",
        "first_ms",
        "total_ms",
        "vendor_request_id",
        "trail",
        "units",
        "saved_nano",
        "unsure_nano",
    ),
    *(f"{name}_tokens" for name in Usage.__struct_fields__),
)

# Rows in one statement: as many as there are alike, up to SQLite's 32,766 parameters. Its driver gives the
# interpreter away and takes it back at every statement, which row by row costs more than the insert itself.
SIZES = (256, 64, 16, 4, 1)

# Tags are a part of the roll-up's key, and PostgreSQL's index takes 2,700 bytes in all.
MOST_TAGS = 1000

# A caller who leaves has not met an error; everything else that is not an answer is one, a refusal too.
NOT_ERRORS = ("ok", "cancelled")

# Answered without a call to a vendor, successfully or not: such a row costs nothing.
HITS = ("hit", "shared", "stale", "semantic")

HOUR_KEYS = [column.name for column in usage_hourly.primary_key]
_COUNTERS = [column.name for column in usage_hourly.c if not column.primary_key]
SUMS = [name for name in _COUNTERS if name.endswith(("_tokens", "_nano"))]
# What hours count of each unit; a row has one unit, so the sums of all the others get nothing from it.
UNITS = {"images": "image", "characters": "character", "seconds": "second", "searches": "search"}


class Statements(NamedTuple):
    """What the drain runs."""

    insert: str  # one row, in the driver's own form, for a tuple in the order of the table's columns
    insert_alike: Mapping[int, str]  # for SQLite, by SIZES: for the shared values, then each row's own
    add: str  # what was counted in memory to the hours, in the driver's own form
    roll_up: Executable  # a batch to the hours; takes `batch`, and the `first` and `last` attempt id in it


def statements(dialect: Dialect) -> Statements:
    """For the `sqlite` or `postgresql` dialect of an open engine."""
    # The one that is used: the other's module would take two megabytes for nothing.
    construct = importlib.import_module(f"sqlalchemy.dialects.{dialect.name}").insert
    insert = str(construct(usage).on_conflict_do_nothing().compile(dialect=dialect))
    hours = construct(usage_hourly)
    sums = {name: usage_hourly.c[name] + hours.excluded[name] for name in _COUNTERS}
    add = hours.on_conflict_do_update(index_elements=HOUR_KEYS, set_=sums)
    roll_up = hours.from_select(HOUR_KEYS + _COUNTERS, _batch_by_hour())
    roll_up = roll_up.on_conflict_do_update(index_elements=HOUR_KEYS, set_=sums)
    return Statements(
        insert,
        {size: _of_alike(insert, size, dialect) for size in SIZES} if dialect.name == "sqlite" else {},
        str(add.compile(dialect=dialect)),
        roll_up,
    )


def _of_alike(insert: str, size: int, dialect: Dialect) -> str:
    """The insert of one row as an insert of rows that are alike: what they share is bound once.

    Only what is shared has numbers. To SQLite a number is a name, and its driver looks up the name of each
    value that it binds, in a list.
    """
    before, after = insert.index("("), insert.rindex(")") + 1
    columns = ", ".join(map(dialect.identifier_preparer.quote, SHARED + OWN))
    row = ", ".join([f"?{number}" for number in range(1, len(SHARED) + 1)] + ["?"] * len(OWN))
    return f"{insert[:before]}({columns}) VALUES ({'), ('.join([row] * size)}){insert[after:]}"


def hourly_columns() -> dict[str, ColumnElement[Any]]:
    """What each column of `usage_hourly` is, in terms of the rows of `usage`."""
    ending = func.substr(usage.c.attempt_id, func.length(usage.c.attempt_id) - 1)
    first = ending.in_([".0", ".1"])
    same = [name for name in HOUR_KEYS if name != "hour"]
    return {
        "hour": usage.c.at_ms // HOUR_MS,
        **{name: usage.c[name] for name in same},
        "attempts": func.count(),
        "requests": _how_many(first),
        "errors": _how_many(usage.c.status.not_in(NOT_ERRORS)),
        "estimated": _how_many(usage.c.estimated),
        "unpriced": _how_many(not_(usage.c.priced)),
        "cache_hits": _how_many(usage.c.cache.in_(HITS)),
        **{name: func.sum(usage.c[name]) for name in SUMS},
        **{name: _units_of(unit) for name, unit in UNITS.items()},
    }


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _units_of(unit: str) -> ColumnElement[int]:
    return func.sum(case((usage.c.unit == unit, usage.c.units), else_=0))


def _batch_by_hour() -> Select[Any]:
    columns = hourly_columns()
    keys = [columns[name] for name in HOUR_KEYS]
    counters = [columns[name] for name in _COUNTERS]
    # In one order everywhere, so that two replicas that count into the same hours wait and never deadlock.
    chosen = select(*keys, *counters).where(
        # The range of the key finds the batch's rows without an index of its own.
        usage.c.attempt_id.between(bindparam("first"), bindparam("last")),
        usage.c.batch == bindparam("batch"),
    )
    return chosen.group_by(*keys).order_by(*keys)
