"""A run's row, and how it and its events are stored in their tables."""

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
    """Another worker claimed the run meanwhile: this one may write nothing more of it."""


class Overtaken(Exception):
    """Somebody else, such as an approver, added events first: they are to be read before more is added."""


class RunRecord(msgspec.Struct, frozen=True):
    """One row of `runs`. `request_hash` is that of the request that made it.

    A struct, since each thing added to a run makes another one: `replace` takes a twentieth of a dataclass's.
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
    """A run's state after an append; `wake_ms` is when a waiting one becomes due by itself."""

    status: str
    reason: str = ""
    wake_ms: int = 0


RUNNING = Standing("running")


def locking(database: Database, ids: Sequence[str]) -> Select[tuple[str, int, int]]:
    """Where these runs stand, in one order for all, so that two who lock many do not wait for each other."""
    query = select(runs.c.id, runs.c.epoch, runs.c.head).where(among(database, ids)).order_by(runs.c.id)
    return query.with_for_update() if database.dialect == "postgresql" else query


@dataclass(frozen=True, slots=True)
class Place:
    """Where events go: behind the `first` that there are, under this claim."""

    run_id: str
    first: int
    epoch: int
    now_ms: int


def place_of(held: RunRecord, first: int, now_ms: int) -> Place:
    """Behind the first so many events of the run."""
    return Place(held.id, first, held.epoch, now_ms)


Bodies = Sequence[tuple[str, str]]  # name and JSON of each event


def bodies_of(events: Sequence[e.Event]) -> Bodies:
    """Events as they lie in the table. Raises what cannot be encoded, before anybody else is concerned."""
    return [(e.name_of(event), e.encode(event).decode()) for event in events]


async def insert_events(transaction: Transaction, additions: Sequence[tuple[Place, Bodies]]) -> None:
    """Add events to several runs, with one statement."""
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
    """The runs of these ids; on PostgreSQL the statement is the same however many there are."""
    if database.dialect == "postgresql":
        return runs.c.id == any_(cast(list(run_ids), ARRAY(String)))
    return runs.c.id.in_(run_ids)


def record_of(row: Row[tuple[object, ...]]) -> RunRecord:
    """A row of `runs`."""
    return RunRecord(**row._mapping)  # the columns are named as the fields are


def values_of(record: RunRecord) -> dict[str, object]:
    """A record as a row of `runs`."""
    return {name: getattr(record, name) for name in RunRecord.__struct_fields__}
