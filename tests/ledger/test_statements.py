"""The statements say for both engines what the schema says."""

import re

import pytest
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import aiosqlite

from ledger.statements import HOUR_KEYS, OWN, SHARED, SIZES, SUMS, hourly_columns, statements
from storage.schema import usage, usage_hourly

ENGINES = pytest.mark.parametrize("dialect", [aiosqlite.dialect(), asyncpg.dialect()], ids=lambda d: d.name)


def named(insert: str) -> list[str]:
    """The columns of an insert, in its order."""
    return insert[insert.index("(") + 1 : insert.index(")")].replace('"', "").split(", ")


@ENGINES
def test_a_row_fills_every_column_in_the_order_of_the_statement(dialect) -> None:
    insert = statements(dialect).insert
    assert named(insert) == [column.name for column in usage.c]
    assert insert.endswith("ON CONFLICT DO NOTHING")


@ENGINES
def test_what_was_counted_fills_every_column_of_the_hours_and_adds_up(dialect) -> None:
    add = statements(dialect).add
    assert named(add) == [column.name for column in usage_hourly.c]
    assert all(f"(usage_hourly.{name} + excluded.{name})" in add for name in SUMS)


def test_a_column_is_either_shared_or_each_rows_own() -> None:
    assert sorted(SHARED + OWN) == sorted(column.name for column in usage.c)


def test_every_column_of_the_hours_is_a_key_that_rows_share_or_said_in_terms_of_rows() -> None:
    assert {name for name in HOUR_KEYS if name != "hour"} < set(SHARED)
    assert set(hourly_columns()) == {column.name for column in usage_hourly.c}


@pytest.mark.parametrize("size", SIZES)
def test_rows_alike_are_bound_with_what_they_share_first_and_once(size: int) -> None:
    insert = statements(aiosqlite.dialect()).insert_alike[size]
    assert insert.endswith(") ON CONFLICT DO NOTHING")
    columns = named(insert)
    rows = re.findall(r"\((\?[^)]*)\)", insert)
    assert len(rows) == size and set(columns) == {column.name for column in usage.c}
    assert len(SHARED) + size * len(OWN) < 32_766
    for row in rows:
        under = dict(zip(columns, row.split(", "), strict=True))
        assert [under[name] for name in SHARED] == [f"?{n}" for n in range(1, len(SHARED) + 1)]
        # One without a number has the next one, so that what follows the shared values stands in this order.
        assert row.endswith(", ".join(["?"] * len(OWN))) and columns[len(SHARED) :] == list(OWN)


def test_any_number_of_rows_can_be_made_up_of_the_sizes() -> None:
    assert sorted(SIZES, reverse=True) == list(SIZES)
    assert SIZES[-1] == 1


def test_postgresql_takes_rows_one_by_one() -> None:
    assert not statements(asyncpg.dialect()).insert_alike
