"""The tables, and that both engines take them."""

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from storage.schema import metadata


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_every_table_can_be_said_to_both_engines(table, dialect) -> None:
    assert table.name in str(CreateTable(table).compile(dialect=dialect))


def test_every_time_is_wide_enough_for_milliseconds() -> None:
    times = [c for table in metadata.sorted_tables for c in table.columns if c.name.endswith("_ms")]
    narrow = [c for c in times if c.table.name != "usage" and c.type.__class__.__name__ != "BigInteger"]
    assert times
    assert narrow == []
