"""Changes to other runs in a run's own transaction: children are created, parents learn of their end."""

import sqlite3
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace
from sqlalchemy import insert, select, update

from agentloop import events as e
from agentloop.adding import Addition
from agentloop.records import (
    Fenced,
    Overtaken,
    Place,
    RunRecord,
    bodies_of,
    insert_events,
    locking,
    place_of,
    record_of,
    values_of,
)
from agentloop.visiting import begin, epoch_of, found, move, put
from storage.engine import Database, Transaction
from storage.schema import runs


@dataclass(frozen=True, slots=True)
class Kin:
    """Children to create, and the event for the `parent`, which is a run id."""

    children: tuple[tuple[RunRecord, e.RunCreated], ...] = ()
    ended: e.ChildEnded | None = None
    parent: str = ""


async def add_with_kin(database: Database, addition: Addition, kin: Kin, now_ms: int) -> RunRecord:
    """All or nothing. Raises Fenced, Overtaken and StoreError.

    Rows are always locked from child to parent, so that runs which end at the same time queue up.
    """
    held, after = addition.held, addition.after(now_ms)
    async with database.transaction() as transaction:
        if database.dialect == "sqlite":
            await transaction.visit(partial(_visited, addition, after, kin))
            return after
        rows = await transaction.fetch(locking(database, [held.id]))
        if not rows or rows[0].epoch != held.epoch:
            raise Fenced(held.id)
        if rows[0].head != held.head:
            raise Overtaken(held.id)
        moved = {name: getattr(after, name) for name in ("head", "status", "reason", "wake_ms", "updated_ms")}
        await transaction.execute(update(runs).where(runs.c.id == held.id).values(moved))
        await insert_events(transaction, [(place_of(held, held.head, now_ms), addition.bodies)])
        for record, created in kin.children:
            made = replace(record, head=1, created_ms=now_ms, updated_ms=now_ms)
            await transaction.execute(insert(runs), values_of(made))
            await insert_events(transaction, [(Place(made.id, 0, 0, now_ms), bodies_of([created]))])
        if kin.ended is not None:
            await _tell(transaction, kin, now_ms)
    return after


def _visited(addition: Addition, after: RunRecord, kin: Kin, connection: sqlite3.Connection) -> None:
    """The same on the thread of SQLite's connection, under the lock that the transaction took."""
    held, now_ms = addition.held, after.updated_ms
    if not move(connection, held, after):
        raise Overtaken(held.id) if epoch_of(connection, held.id) == held.epoch else Fenced(held.id)
    written = [(place_of(held, held.head, now_ms), addition.bodies)]
    for record, created in kin.children:
        made = replace(record, head=1, created_ms=now_ms, updated_ms=now_ms)
        begin(connection, made)
        written.append((Place(made.id, 0, 0, now_ms), bodies_of([created])))
    if kin.ended is not None and (parent := found(connection, kin.parent)) is not None:
        move(connection, parent, _told(parent, now_ms))
        written.append((place_of(parent, parent.head, now_ms), bodies_of([kin.ended])))
    put(connection, written)


def _told(parent: RunRecord, now_ms: int) -> RunRecord:
    """The parent's row with one more event."""
    status = parent.status if parent.status in ("running", "paused") else "queued"
    return replace(parent, head=parent.head + 1, status=status, updated_ms=now_ms)


async def _tell(transaction: Transaction, kin: Kin, now_ms: int) -> None:
    """Appends to the parent in any state; its driver, if there is one, gets Overtaken."""
    assert kin.ended is not None
    query = select(runs).where(runs.c.id == kin.parent).with_for_update()
    for row in await transaction.fetch(query):
        parent = record_of(row)
        after = _told(parent, now_ms)
        moved = {"head": after.head, "status": after.status, "updated_ms": now_ms}
        await transaction.execute(update(runs).where(runs.c.id == parent.id).values(moved))
        place = place_of(parent, parent.head, now_ms)
        await insert_events(transaction, [(place, bodies_of([kin.ended]))])
