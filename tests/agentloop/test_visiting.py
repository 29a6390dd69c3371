"""What is added where SQLite's connection lives is what is added from outside."""

import sqlite3

from msgspec.structs import replace
from sqlalchemy import select

from agentloop.records import Place, RunRecord, record_of
from agentloop.visiting import begin, epoch_of, found, move, put
from storage.schema import run_events, runs
from tests.agentloop.test_journal import RECORD

MADE = replace(RECORD, head=1, epoch=3, created_ms=5, updated_ms=6, request_key="k", request_hash="h")


async def test_a_row_that_is_begun_is_found_again_as_anybody_reads_it(tables):
    async with tables.transaction() as transaction:

        def work(connection: sqlite3.Connection) -> RunRecord | None:
            begin(connection, MADE)
            put(connection, [(Place(MADE.id, 0, 3, 7), [("a", "1"), ("b", "2")])])
            return found(connection, MADE.id)

        assert await transaction.visit(work) == MADE
    assert [record_of(row) for row in await tables.fetch(select(runs))] == [MADE]
    rows = await tables.fetch(select(run_events).order_by(run_events.c.seq))
    assert [tuple(row) for row in rows] == [
        (MADE.id, 0, 3, "a", 7, "1"),
        (MADE.id, 1, 3, "b", 7, "2"),
    ]
    await forget(tables)


async def test_a_run_moves_from_where_it_is_held_and_from_nowhere_else(tables):
    after = replace(MADE, head=4, status="waiting", reason="approval", wake_ms=9, updated_ms=8)
    async with tables.transaction() as transaction:

        def work(connection: sqlite3.Connection) -> list[object]:
            begin(connection, MADE)
            return [
                move(connection, replace(MADE, epoch=2), after),
                move(connection, replace(MADE, head=2), after),
                epoch_of(connection, MADE.id),
                epoch_of(connection, "run_none"),
                found(connection, "run_none"),
                move(connection, MADE, after),
                found(connection, MADE.id),
            ]

        assert await transaction.visit(work) == [False, False, 3, None, None, True, after]
    await forget(tables)


async def forget(tables) -> None:
    """Such journals were written by no driver: they are not replayed."""
    async with tables.transaction() as transaction:
        await transaction.execute(run_events.delete())
        await transaction.execute(runs.delete())
