"""The SQL that turns rows into totals, generated once per dialect from the schema."""

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Select, bindparam, case, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from dialects.usage import Usage
from storage.schema import usage, usage_hourly

HOUR_MS = 3_600_000

Values = tuple[Any, ...]  # of one row, in the order of the columns in question

# Columns in which many rows of a transaction are equal (SHARED), and those that differ by row (OWN).
SHARED = (
    *("batch", "key_id", "user", "team", "organisation", "endpoint", "model_asked", "vendor", "model_served"),
    *("status", "http_status", "error_code", "price_version", "cache", "guard", "tags", "unit"),
    *("priced", "estimated", "stream"),
)
FLAGS = SHARED.index("priced")  # the first of the booleans, which come last
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

# Rows per statement, within SQLite's limit of 32,766 parameters. Its driver releases and reacquires the GIL
# for every statement, which row by row costs more than the insert itself.
SIZES = (256, 64, 16, 4, 1)

# Tags are part of the hourly totals' key, and a PostgreSQL index entry holds at most 2,700 bytes.
MOST_TAGS = 1000

# A caller's disconnect is not an error; everything else without an answer is, including a refusal.
NOT_ERRORS = ("ok", "cancelled")

# Answered without calling a vendor, successfully or not: such a row costs nothing.
HITS = ("hit", "shared", "stale", "semantic")

HOUR_KEYS = [column.name for column in usage_hourly.primary_key]
_COUNTERS = [column.name for column in usage_hourly.c if not column.primary_key]
SUMS = [name for name in _COUNTERS if name.endswith(("_tokens", "_nano"))]
# Columns that sum each unit; a row has only one unit, and adds nothing to the others.
UNITS = {"images": "image", "characters": "character", "seconds": "second", "searches": "search"}


class Statements(NamedTuple):
    """The statements that the drain runs."""

    insert: str  # one row, in the driver's parameter style; values in the order of the table's columns
    insert_alike: Mapping[int, str]  # SQLite only, by SIZES; values: the shared ones, then each row's own
    add: str  # adds totals computed in memory to the hours, in the driver's parameter style
    roll_up: Executable  # adds a batch to the hours; takes `batch`, its `first` and `last` attempt id


def statements(dialect: Dialect) -> Statements:
    """The statements for an engine's dialect, `sqlite` or `postgresql`."""
    # Import only the dialect in use: the other one would take two megabytes for nothing.
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
    """Turns the insert of one row into one of `size` rows that share values, which are bound once.

    Only the shared parameters are numbered: to SQLite a number is a name, and its driver searches a list for
    the name of each value that it binds.
    """
    before, after = insert.index("("), insert.rindex(")") + 1
    columns = ", ".join(map(dialect.identifier_preparer.quote, SHARED + OWN))
    row = ", ".join([f"?{number}" for number in range(1, len(SHARED) + 1)] + ["?"] * len(OWN))
    return f"{insert[:before]}({columns}) VALUES ({'), ('.join([row] * size)}){insert[after:]}"


def hourly_columns() -> dict[str, ColumnElement[Any]]:
    """Each column of `usage_hourly`, as an expression over the rows of `usage`."""
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
    # In one order everywhere, so that replicas that update the same hours wait instead of deadlocking.
    chosen = select(*keys, *counters).where(
        # The primary-key range finds the batch's rows without a separate index.
        usage.c.attempt_id.between(bindparam("first"), bindparam("last")),
        usage.c.batch == bindparam("batch"),
    )
    return chosen.group_by(*keys).order_by(*keys)
