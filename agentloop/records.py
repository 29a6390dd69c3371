"""The row of a run, and how runs and events are stored in their tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import ARRAY, Row, Select, String, any_, cast, insert, select
from sqlalchemy.sql.elements import ColumnElement

from agentloop import events as e
from storage.engine import Database, Transaction
from storage.schema import run_events, runs

ACTIVE = ("queued", "running", "waiting", "in_doubt", "paused")


class Fenced(Exception):
    """Another worker has claimed the run: this one may append nothing more."""


class Overtaken(Exception):
    """Someone else, such as an approver, appended first: read those events before appending more."""


class RunRecord(msgspec.Struct, frozen=True):
    """One row of `runs`. `request_hash` is the hash of the request that created it.

    A struct, because each append makes a copy: `replace` is 20 times as fast as for a dataclass.
    """

    id: str
    team: str
    key_id: str
    agent: str
    digest: str
    status: str = "queued"
    reason: str = ""
    head: int = 0
    epoch: int = 0
    worker: str = ""
    lease_ms: int = 0
    wake_ms: int = 0
    request_key: str | None = None
    request_hash: str = ""
    created_ms: int = 0
    updated_ms: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A run's state after an append; `wake_ms` is when a waiting run becomes due by itself."""

    status: str
    reason: str = ""
    wake_ms: int = 0


RUNNING = Standing("running")


def locking(database: Database, ids: Sequence[str]) -> Select[tuple[str, int, int]]:
    """Selects these runs' epochs and heads; PostgreSQL locks them in id order, so there are no deadlocks."""
    query = select(runs.c.id, runs.c.epoch, runs.c.head).where(among(database, ids)).order_by(runs.c.id)
    return query.with_for_update() if database.dialect == "postgresql" else query


@dataclass(frozen=True, slots=True)
class Place:
    """Where events are appended: after the `first` events of the run, under this claim's epoch."""

    run_id: str
    first: int
    epoch: int
    now_ms: int


def place_of(held: RunRecord, first: int, now_ms: int) -> Place:
    """The place after the run's first `first` events."""
    return Place(held.id, first, held.epoch, now_ms)


Bodies = Sequence[tuple[str, str]]  # name and JSON of each event


def bodies_of(events: Sequence[e.Event]) -> Bodies:
    """Events as stored in the table. Raises if one cannot be encoded, before other runs are affected."""
    return [(e.name_of(event), e.encode(event).decode()) for event in events]


async def insert_events(transaction: Transaction, additions: Sequence[tuple[Place, Bodies]]) -> None:
    """Append events to several runs with one statement."""
    rows = [
        {
            "run_id": place.run_id,
            "seq": place.first + number,
            "epoch": place.epoch,
            "kind": kind,
            "at_ms": place.now_ms,
            "body": body,
        }
        for place, bodies in additions
        for number, (kind, body) in enumerate(bodies)
    ]
    if rows:
        await transaction.execute(insert(run_events), rows)


def among(database: Database, run_ids: Sequence[str]) -> ColumnElement[bool]:
    """Selects the runs of these ids; on PostgreSQL the statement's text does not depend on their number."""
    if database.dialect == "postgresql":
        return runs.c.id == any_(cast(list(run_ids), ARRAY(String)))
    return runs.c.id.in_(run_ids)


def record_of(row: Row[tuple[object, ...]]) -> RunRecord:
    """A row of `runs`."""
    return RunRecord(**row._mapping)  # columns and fields have the same names


def values_of(record: RunRecord) -> dict[str, object]:
    """A record as a row of `runs`."""
    return {name: getattr(record, name) for name in RunRecord.__struct_fields__}
