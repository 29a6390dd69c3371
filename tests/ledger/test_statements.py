"""The statements say for both engines what the schema says."""

import pytest
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import aiosqlite

from ledger.statements import BLOCK, MOST_TAGS, hourly_columns, parameters, statements
from storage.schema import usage, usage_hourly


@pytest.mark.parametrize("dialect", [aiosqlite.dialect(), asyncpg.dialect()], ids=lambda d: d.name)
def test_a_row_fills_every_column_in_the_order_of_the_statement(dialect, make_row) -> None:
    insert = statements(dialect).insert
    named = insert[insert.index("(") + 1 : insert.index(")")].replace('"', "").split(", ")
    assert named == [column.name for column in usage.c]
    assert len(parameters(make_row(), "b")) == len(named)
    assert insert.endswith("ON CONFLICT DO NOTHING")


def test_the_values_stand_under_their_names(make_row) -> None:
    row = make_row(3, user="bob", http_status=201, trail="[]")
    values = dict(zip([column.name for column in usage.c], parameters(row, "b-1"), strict=True))
    for name in ("attempt_id", "user", "http_status", "trail", "vendor", "status", "priced", "total_ms"):
        assert values[name] == getattr(row, name)
    assert (values["batch"], values["cost_nano"], values["input_tokens"]) == (
        "b-1",
        row.cost,
        row.usage.input,
    )


def test_texts_that_callers_and_vendors_choose_fit_their_columns(make_row) -> None:
    texts = ("user", "model_asked", "model_served", "error_code", "vendor_request_id", "guard")
    row = make_row(**dict.fromkeys(texts, "x" * 5000), tags="t" * (MOST_TAGS + 1))
    values = dict(zip([column.name for column in usage.c], parameters(row, "b"), strict=True))
    for name in texts:
        assert len(str(values[name])) == usage.c[name].type.length  # type: ignore[attr-defined]
    assert values["tags"] == ""


def test_every_column_of_the_hours_is_said_in_terms_of_rows() -> None:
    assert set(hourly_columns()) == {column.name for column in usage_hourly.c}


def test_a_block_inserts_as_many_rows_as_it_says_and_only_where_it_gains() -> None:
    sqlite = statements(aiosqlite.dialect())
    columns = len(usage.c)
    assert sqlite.insert_block.count("?") == BLOCK * sqlite.insert.count("?") == BLOCK * columns < 32_766
    assert sqlite.insert_block.endswith("ON CONFLICT DO NOTHING")
    assert statements(asyncpg.dialect()).insert_block == ""


@pytest.mark.parametrize("name", ["model_asked", "model_served", "error_code"])
def test_no_text_that_others_choose_brings_a_nul(make_row, name: str) -> None:
    row = make_row(**{name: "a\0b"})
    assert "a\ufffdb" in parameters(row, "b")
    assert not any("\0" in str(value) for value in parameters(row, "b"))
