"""The SQL by which rows become facts, made once per dialect from the schema."""

import importlib
import re
from typing import Any, NamedTuple

from msgspec.structs import astuple, replace
from sqlalchemy import Dialect, Executable, Select, bindparam, case, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from ledger.row import UsageRow
from storage.schema import usage, usage_hourly

HOUR_MS = 3_600_000

# Rows in one statement. SQLite's driver gives the interpreter away and takes it back at every statement:
# row by row, that costs the event loop more than the insert itself. Below SQLite's 32,766 parameters.
BLOCK = 250

# Tags are a part of the roll-up's key, and PostgreSQL's index takes 2,700 bytes in all.
MOST_TAGS = 1000

# A caller who leaves has not met an error; everything else that is not an answer is one, a refusal too.
NOT_ERRORS = ("ok", "cancelled")

_KEYS = [column.name for column in usage_hourly.primary_key]
_COUNTERS = [column.name for column in usage_hourly.c if not column.primary_key]


class Statements(NamedTuple):
    """What the drain runs."""

    insert: str  # in the driver's own form, for tuples of `parameters`
    insert_block: str  # the same for the tuples of BLOCK rows joined into one; "" where it gains nothing
    roll_up: Executable  # takes `batch`, and the `first` and `last` attempt id in it


def statements(dialect: Dialect) -> Statements:
    """For the `sqlite` or `postgresql` dialect of an open engine."""
    # The one that is used: the other's module would take two megabytes for nothing.
    construct = importlib.import_module(f"sqlalchemy.dialects.{dialect.name}").insert
    keep = construct(usage).on_conflict_do_nothing()
    rolled = construct(usage_hourly).from_select(_KEYS + _COUNTERS, _batch_by_hour())
    add = {name: usage_hourly.c[name] + rolled.excluded[name] for name in _COUNTERS}
    rolled = rolled.on_conflict_do_update(index_elements=_KEYS, set_=add)
    insert = str(keep.compile(dialect=dialect))
    block = _of_a_block(insert) if dialect.name == "sqlite" else ""
    return Statements(insert, block, rolled)


def _of_a_block(insert: str) -> str:
    """The insert of one row as an insert of BLOCK rows."""
    before, values, after = re.split(r"(?<=VALUES )(\([^)]*\))", insert)
    return before + ", ".join([values] * BLOCK) + after


def parameters(row: UsageRow, batch: str) -> tuple[object, ...]:
    """A row in the order of the table's columns; texts that others chose are cut to their column's width."""
    if not _fits(row):
        row = _fitted(row)
    values = astuple(
        row
    )  # its fields are in the columns' order, but for the batch, and the usage as one value
    return (values[0], batch, *values[1:_USAGE], *astuple(row.usage), *values[_USAGE + 1 :])


_USAGE = UsageRow.__struct_fields__.index("usage")
_WIDTHS = {
    "user": 200,
    "model_asked": 200,
    "model_served": 200,
    "error_code": 64,
    "vendor_request_id": 200,
    "guard": 32,
}


def _fits(row: UsageRow) -> bool:
    return (
        len(row.model_asked) <= 200
        and len(row.model_served) <= 200
        and len(row.vendor_request_id) <= 200
        and len(row.error_code) <= 64
        and len(row.user) <= 200
        and len(row.guard) <= 32
        and len(row.tags) <= MOST_TAGS
        # Callers and vendors choose these; PostgreSQL stores no NUL in a text.
        and "\0" not in row.model_asked
        and "\0" not in row.model_served
        and "\0" not in row.error_code
    )


def _fitted(row: UsageRow) -> UsageRow:
    cuts = {name: getattr(row, name)[:width].replace("\0", "\ufffd") for name, width in _WIDTHS.items()}
    return replace(row, **cuts, tags=row.tags if len(row.tags) <= MOST_TAGS else "")


def hourly_columns() -> dict[str, ColumnElement[Any]]:
    """What each column of `usage_hourly` is, in terms of the rows of `usage`."""
    ending = func.substr(usage.c.attempt_id, func.length(usage.c.attempt_id) - 1)
    first = ending.in_([".0", ".1"])
    same = [name for name in _KEYS if name != "hour"]
    sums = [name for name in _COUNTERS if name.endswith("_tokens") or name == "cost_nano"]
    return {
        "hour": usage.c.at_ms // HOUR_MS,
        **{name: usage.c[name] for name in same},
        "attempts": func.count(),
        "requests": _how_many(first),
        "errors": _how_many(usage.c.status.not_in(NOT_ERRORS)),
        "estimated": _how_many(usage.c.estimated),
        "unpriced": _how_many(not_(usage.c.priced)),
        **{name: func.sum(usage.c[name]) for name in sums},
    }


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _batch_by_hour() -> Select[Any]:
    columns = hourly_columns()
    keys = [columns[name] for name in _KEYS]
    counters = [columns[name] for name in _COUNTERS]
    # In one order everywhere, so that two replicas that count into the same hours wait and never deadlock.
    chosen = select(*keys, *counters).where(
        # The range of the key finds the batch's rows without an index of its own.
        usage.c.attempt_id.between(bindparam("first"), bindparam("last")),
        usage.c.batch == bindparam("batch"),
    )
    return chosen.group_by(*keys).order_by(*keys)
