"""Appends events to runs: concurrent appends in one transaction, each with its own fencing."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec
from msgspec.structs import replace
from sqlalchemy import bindparam, select, update

from agentloop.records import (
    Bodies,
    Fenced,
    Overtaken,
    Place,
    RunRecord,
    Standing,
    insert_events,
    locking,
    place_of,
)
from agentloop.visiting import epoch_of, move, put
from storage.engine import Database
from storage.errors import StoreDown, StoreError
from storage.schema import runs


class Addition(msgspec.Struct, frozen=True, eq=False):
    """Events to append to a run, and the run's state afterwards."""

    held: RunRecord
    bodies: Bodies
    standing: Standing

    def after(self, now_ms: int) -> RunRecord:
        """The run's row after the append."""
        return replace(
            self.held,
            head=self.held.head + len(self.bodies),
            status=self.standing.status,
            reason=self.standing.reason[:64],
            wake_ms=self.standing.wake_ms,
            updated_ms=now_ms,
        )


# One round trip for any number of runs. A run that another append changed meanwhile is not in `moved`.
_ADD = """
WITH given AS (
    SELECT * FROM unnest(
        CAST($1 AS text[]), CAST($2 AS int[]), CAST($3 AS int[]), CAST($4 AS int[]),
        CAST($5 AS text[]), CAST($6 AS text[]), CAST($7 AS bigint[])
    ) AS given(id, epoch, head, after, status, reason, wake)
), moved AS (
    UPDATE runs SET head = given.after, status = given.status, reason = given.reason,
        wake_ms = given.wake, updated_ms = CAST($13 AS bigint)
    FROM given WHERE runs.id = given.id AND runs.epoch = given.epoch AND runs.head = given.head
    RETURNING runs.id
), written AS (
    INSERT INTO run_events (run_id, seq, epoch, kind, at_ms, body)
    SELECT new.id, new.seq, new.epoch, new.kind, CAST($13 AS bigint), new.body
    FROM unnest(
        CAST($8 AS text[]), CAST($9 AS int[]), CAST($10 AS int[]),
        CAST($11 AS text[]), CAST($12 AS text[])
    ) AS new(id, seq, epoch, kind, body) JOIN moved ON moved.id = new.id
)
SELECT runs.id, runs.epoch, moved.id IS NOT NULL AS moved
FROM runs JOIN given ON given.id = runs.id LEFT JOIN moved ON moved.id = runs.id
"""

# The same for one run, the usual case: a third of the server's work. The number of rows written tells whether
# the run was unchanged. Its events come as two texts, one line per event (their JSON has no line breaks),
# because the driver checks the type of each array member six times.
_ADD_ONE = """
WITH moved AS (
    UPDATE runs SET head = CAST($4 AS int), status = $5, reason = $6, wake_ms = $7,
        updated_ms = CAST($8 AS bigint)
    WHERE id = CAST($1 AS text) AND epoch = CAST($2 AS int) AND head = CAST($3 AS int) RETURNING id
)
INSERT INTO run_events (run_id, seq, epoch, kind, at_ms, body)
SELECT moved.id, CAST($3 AS int) + new.place - 1, CAST($2 AS int), new.kind, CAST($8 AS bigint), new.body
FROM moved, unnest(string_to_array($9, E'\\n'), string_to_array($10, E'\\n'))
    WITH ORDINALITY AS new(kind, body, place)
"""

_MOVED = ("head", "status", "reason", "wake_ms", "updated_ms")
_MOVE = update(runs).where(runs.c.id == bindparam("of")).values({name: bindparam(name) for name in _MOVED})


def _moved(after: RunRecord) -> dict[str, object]:
    return {name: getattr(after, name) for name in _MOVED}


@dataclass(frozen=True, slots=True)
class Adding:
    """The batch function of a `Gathering`. `now_ms` returns Unix milliseconds."""

    database: Database
    now_ms: Callable[[], int]

    async def add(self, additions: Sequence[Addition]) -> Sequence[RunRecord | Exception]:
        """All in one transaction; if that is refused, each alone, so that one cannot harm the others."""
        try:
            postgres = self.database.dialect == "postgresql"
            if len(additions) == 1:
                [only] = additions
                if postgres and only.bodies:
                    return [await self._at_once_one(only)]
                return await self._at_once(additions) if postgres else [await self._one(only)]
            if postgres and _distinct(additions):
                return await self._at_once(additions)
            return await self._together(additions)
        except StoreDown:
            raise
        except StoreError:
            if len(additions) == 1:
                raise
            return [await self._alone(each) for each in additions]

    async def _alone(self, addition: Addition) -> RunRecord | Exception:
        try:
            return await self._one(addition)
        except StoreError as error:
            return error

    async def _one(self, addition: Addition) -> RunRecord | Exception:
        now, held = self.now_ms(), addition.held
        after = addition.after(now)
        async with self.database.transaction() as transaction:
            if self.database.dialect == "sqlite":
                return await transaction.visit(partial(_visited, addition, after))
            moved = await transaction.execute(
                update(runs)
                .where(runs.c.id == held.id, runs.c.epoch == held.epoch, runs.c.head == held.head)
                .values(_moved(after))
            )
            if moved.rowcount == 0:
                rows = await transaction.fetch(select(runs.c.epoch).where(runs.c.id == held.id))
                return _missed(held, rows[0].epoch if rows else None)
            await insert_events(transaction, [(place_of(held, held.head, now), addition.bodies)])
        return after

    async def _at_once_one(self, addition: Addition) -> RunRecord | Exception:
        now, held = self.now_ms(), addition.held
        after = addition.after(now)
        written = await self.database.count_alone(
            _ADD_ONE,
            held.id,
            held.epoch,
            held.head,
            after.head,
            after.status,
            after.reason,
            after.wake_ms,
            now,
            *map("\n".join, zip(*addition.bodies, strict=True)),
        )
        if written:
            return after
        rows = await self.database.fetch(select(runs.c.epoch).where(runs.c.id == held.id))
        return _missed(held, rows[0].epoch if rows else None)

    async def _at_once(self, additions: Sequence[Addition]) -> Sequence[RunRecord | Exception]:
        now = self.now_ms()
        after = [each.after(now) for each in additions]
        events = [
            (each.held.id, each.held.head + number, each.held.epoch, kind, body)
            for each in additions
            for number, (kind, body) in enumerate(each.bodies)
        ]
        found = await self.database.alone(
            _ADD,
            [each.id for each in after],
            [each.epoch for each in after],
            [each.held.head for each in additions],
            [each.head for each in after],
            [each.status for each in after],
            [each.reason for each in after],
            [each.wake_ms for each in after],
            *map(list, zip(*events, strict=True) if events else ([],) * 5),
            now,
        )
        stands = {row["id"]: (row["moved"], row["epoch"]) for row in found}
        outcomes: list[RunRecord | Exception] = []
        for each in after:
            moved, epoch = stands.get(each.id, (False, None))
            outcomes.append(each if moved else _missed(each, epoch))
        return outcomes

    async def _together(self, additions: Sequence[Addition]) -> Sequence[RunRecord | Exception]:
        now = self.now_ms()
        outcomes: list[RunRecord | Exception] = []
        written: list[tuple[Place, Bodies]] = []
        async with self.database.transaction() as transaction:
            found = await transaction.fetch(locking(self.database, [each.held.id for each in additions]))
            stands = {row.id: (row.epoch, row.head) for row in found}
            for each in additions:
                held = each.held
                epoch, head = stands.get(held.id, (None, None))
                if (epoch, head) != (held.epoch, held.head):
                    outcomes.append(_missed(held, epoch))
                    continue
                after = each.after(now)
                stands[held.id] = (after.epoch, after.head)
                outcomes.append(after)
                written.append((place_of(held, held.head, now), each.bodies))
            moved = [{"of": each.id, **_moved(each)} for each in outcomes if isinstance(each, RunRecord)]
            if moved:
                await transaction.execute(_MOVE, moved)
                await insert_events(transaction, written)
        return outcomes


def _visited(addition: Addition, after: RunRecord, connection: sqlite3.Connection) -> RunRecord | Exception:
    """An addition, made on the thread of SQLite's connection."""
    held = addition.held
    if not move(connection, held, after):
        return _missed(held, epoch_of(connection, held.id))
    put(connection, [(place_of(held, held.head, after.updated_ms), addition.bodies)])
    return after


def _distinct(additions: Sequence[Addition]) -> bool:
    """Whether no run occurs twice: a second append for it would be fenced or overtaken by the first."""
    return len({each.held.id for each in additions}) == len(additions)


def _missed(held: RunRecord, epoch: int | None) -> Exception:
    """Why nothing could be appended, given the epoch that the run has now."""
    return Overtaken(held.id) if epoch == held.epoch else Fenced(held.id)
