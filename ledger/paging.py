"""Keyset pagination, which stays correct while rows are added."""

from typing import Any

from sqlalchemy import Row, Select, Table, select, tuple_

from ledger.entities import NotFound
from storage.engine import Database


async def page(
    database: Database, query: Select[Any], table: Table, limit: int, after: str | None
) -> tuple[list[Row[Any]], bool]:
    """At most `limit` rows of the query, newest first, after the row with id `after`; whether more follow.

    Raises `NotFound` if no row has that id.
    """
    place = tuple_(table.c.created_ms, table.c.id)
    if after is not None:
        found = await database.fetch(select(table.c.created_ms).where(table.c.id == after))
        if not found:
            raise NotFound(f"No item has the id {after!r}; begin without `after`.", "after")
        query = query.where(place < (found[0].created_ms, after))
    query = query.order_by(table.c.created_ms.desc(), table.c.id.desc()).limit(limit + 1)
    rows = list(await database.fetch(query))
    return rows[:limit], len(rows) > limit
