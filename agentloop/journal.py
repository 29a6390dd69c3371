"""The journal of runs in SQL: appended atomically, and only by the holder of a run's claim."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from agentloop import events as e
from agentloop.adding import Adding, Addition
from agentloop.claiming import buried, claimed
from agentloop.gathering import Gathering
from agentloop.kinship import Kin, add_with_kin
from agentloop.records import (
    ACTIVE,
    RUNNING,
    Fenced,
    Overtaken,
    RunRecord,
    Standing,
    among,
    bodies_of,
    insert_events,
    locking,
    place_of,
    record_of,
    values_of,
)
from storage.engine import Database
from storage.errors import StoreConflict
from storage.schema import run_events, runs

__all__ = [
    "ACTIVE",
    "RUNNING",
    "Damaged",
    "Entry",
    "Fenced",
    "Journal",
    "KeyReused",
    "Kin",
    "Overtaken",
    "RunNotFound",
    "RunRecord",
    "Standing",
]
_NUL = "\0"  # PostgreSQL's texts cannot contain it
_TOGETHER = 256  # most runs in one transaction or query


class RunNotFound(Exception):
    """There is no such run, or it belongs to another team."""


class Damaged(Exception):
    """An event that no version up to this one writes. The message identifies it."""


class KeyReused(Exception):
    """The client's Idempotency-Key was used before with a different request."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the journal: its number, the epoch of its claim, its time."""

    seq: int
    epoch: int
    at_ms: int
    event: e.Event


@dataclass(frozen=True, slots=True)
class Journal:
    """Raises `StoreError` if the database fails. `clock` returns Unix seconds.

    `ring` is called with the id of each run that this process appended to, `due` when that made a run due.
    Concurrent appends, and concurrent reads, are batched into one transaction or query.
    """

    database: Database
    clock: Callable[[], float]
    ring: Callable[[str], object] = str
    due: Callable[[], object] = str
    _additions: Gathering[Addition, RunRecord] = field(init=False, repr=False, compare=False)
    _readings: Gathering[str, list[e.Event]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_additions", Gathering(Adding(self.database, self._now_ms).add, _TOGETHER))
        object.__setattr__(self, "_readings", Gathering(self._read, _TOGETHER))

    def expect(self, writers: int) -> None:
        """Expect appends from this many runs, which is how many are being driven."""
        self._additions.expected = writers

    async def create(self, record: RunRecord, event: e.RunCreated) -> RunRecord:
        """Create a run. If its request key was used before, returns that run, or raises KeyReused."""
        now = self._now_ms()
        made = replace(record, head=1, created_ms=now, updated_ms=now)
        try:
            async with self.database.transaction() as transaction:
                await transaction.execute(insert(runs), values_of(made))
                await insert_events(transaction, [(place_of(made, 0, now), bodies_of([event]))])
            return made
        except StoreConflict:
            earlier = await self._by_key(record)
            if earlier is None:
                raise
            if earlier.request_hash != record.request_hash:
                raise KeyReused(
                    f"The Idempotency-Key {record.request_key!r} was used for another request; use a new one."
                ) from None
            return earlier

    async def record(self, run_id: str, team: str | None = None) -> RunRecord:
        """The run's row, which must be of the `team` if one is given. Raises RunNotFound."""
        if _NUL in run_id:
            raise RunNotFound("There is no run whose id holds U+0000.")
        rows = await self.database.fetch(select(runs).where(runs.c.id == run_id))
        if not rows or team not in (None, rows[0].team):
            raise RunNotFound(f"There is no run {run_id!r}.")
        return record_of(rows[0])

    async def listed(
        self, team: str | None, status: str | None, limit: int, after: RunRecord | None = None
    ) -> list[RunRecord]:
        """The newest runs of one team or all, and only those older than `after` if it is given."""
        where = [] if team is None else [runs.c.team == team]
        if status is not None:
            where.append(runs.c.status == status)
        if after is not None:
            older = (runs.c.created_ms == after.created_ms) & (runs.c.id < after.id)
            where.append((runs.c.created_ms < after.created_ms) | older)
        query = select(runs).where(*where).order_by(runs.c.created_ms.desc(), runs.c.id.desc()).limit(limit)
        return [record_of(row) for row in await self.database.fetch(query)]

    async def events(self, run_id: str, after: int = 0) -> list[e.Event]:
        """The run's events from number `after` on, counted from 0. Raises Damaged."""
        if not after:
            return await self._readings.do(run_id)
        query = (
            select(run_events.c.run_id, run_events.c.seq, run_events.c.body)
            .where(run_events.c.run_id == run_id, run_events.c.seq >= after)
            .order_by(run_events.c.seq)
        )
        return [_event(row) for row in await self.database.fetch(query)]

    async def newest(self, agent: str) -> RunRecord | None:
        """The agent's newest run."""
        query = select(runs).where(runs.c.agent == agent).order_by(runs.c.created_ms.desc()).limit(1)
        rows = await self.database.fetch(query)
        return record_of(rows[0]) if rows else None

    async def entries(self, run_id: str, after: int = 0) -> list[Entry]:
        """The run's events from number `after` on, each with its epoch and time. Raises Damaged."""
        of = run_events.c
        query = (
            select(of.run_id, of.seq, of.epoch, of.at_ms, of.body)
            .where(of.run_id == run_id, of.seq >= after)
            .order_by(of.seq)
        )
        rows = await self.database.fetch(query)
        return [Entry(row.seq, row.epoch, row.at_ms, _event(row)) for row in rows]

    async def asked_for(self, approval_id: str, team: str | None = None) -> str | None:
        """The run that asked for this approval; with a `team`, only that team's active runs.

        It searches the whole journal, so use it for people's requests only.
        """
        if _NUL in approval_id:
            return None
        of = run_events.c
        query = select(of.run_id).where(
            of.kind == "approval.requested",
            of.body.contains(f'"approval_id":"{approval_id}"', autoescape=True),
        )
        if team is not None:
            active = (runs.c.team == team) & runs.c.status.in_(ACTIVE)
            query = query.join(runs, runs.c.id == of.run_id).where(active)
        rows = await self.database.fetch(query.limit(1))
        return rows[0].run_id if rows else None

    async def claim(self, worker: str, lease_seconds: float) -> RunRecord | None:
        """Claim a due run until the lease ends, fencing off other workers. None if no run is due."""
        return next(iter(await self.claim_some(worker, lease_seconds, 1)), None)

    async def claim_some(self, worker: str, lease_seconds: float, most: int) -> list[RunRecord]:
        """As `claim`, for up to `most` runs in one transaction."""
        if self.database.dialect == "postgresql":
            now = self._now_ms()
            return await claimed(self.database, worker, now, now + int(lease_seconds * 1000), most)
        async with self.database.transaction() as transaction:
            now = self._now_ms()
            query = select(runs).where(_due(now)).order_by(runs.c.updated_ms).limit(most)
            claim = {
                "status": "running",
                "reason": "",
                "worker": worker,
                "lease_ms": now + int(lease_seconds * 1000),
                "updated_ms": now,
            }
            taken = [
                replace(found, epoch=found.epoch + 1, head=found.head + 1, **claim)
                for found in map(record_of, await transaction.fetch(query))
            ]
            if taken:
                await transaction.execute(
                    update(runs)
                    .where(among(self.database, [held.id for held in taken]))
                    .values(epoch=runs.c.epoch + 1, head=runs.c.head + 1, **claim)
                )
                said = bodies_of([e.RunClaimed(worker)])
                await insert_events(
                    transaction, [(place_of(held, held.head - 1, now), said) for held in taken]
                )
            return taken

    async def append(
        self, held: RunRecord, events: Sequence[e.Event], standing: Standing = RUNNING, kin: Kin | None = None
    ) -> RunRecord:
        """Append to a run that this worker holds. Raises Fenced or Overtaken; then nothing was appended.

        Changes to its `kin` (related runs) are made in the same transaction.
        """
        addition = Addition(held, bodies_of(events), standing)
        if kin is None:
            after = await self._additions.do(addition)
        else:
            after = await add_with_kin(self.database, addition, kin, self._now_ms())
        self.ring(held.id)
        if kin is not None:
            self.due()
        return after

    async def interject(self, seen: RunRecord, events: Sequence[e.Event], status: str) -> RunRecord:
        """Append from outside, such as a person's decision, to the run as it was `seen`. Raises Overtaken.

        `status` is the run's new status, except for a run being driven: there the driver decides.
        """
        now = self._now_ms()
        if seen.status == "running":
            status = "running"
        async with self.database.transaction() as transaction:
            moved = await transaction.execute(
                update(runs)
                .where(runs.c.id == seen.id, runs.c.head == seen.head, runs.c.status == seen.status)
                .values(head=seen.head + len(events), status=status, updated_ms=now)
            )
            if moved.rowcount == 0:
                raise Overtaken(seen.id)
            await insert_events(transaction, [(place_of(seen, seen.head, now), bodies_of(events))])
        self.ring(seen.id)
        return replace(seen, head=seen.head + len(events), status=status, updated_ms=now)

    async def renew(self, held: Sequence[RunRecord], lease_seconds: float) -> list[RunRecord]:
        """Renew claims; returns those that now belong to another worker."""
        until = self._now_ms() + int(lease_seconds * 1000)
        ids = [each.id for each in held]
        if not ids:
            return []
        async with self.database.transaction() as transaction:
            found = await transaction.fetch(locking(self.database, ids))
            epochs = {row.id: row.epoch for row in found}
            kept = [each.id for each in held if epochs.get(each.id) == each.epoch]
            if kept:
                await transaction.execute(
                    update(runs).where(among(self.database, kept)).values(lease_ms=until)
                )
        return [each for each in held if epochs.get(each.id) != each.epoch]

    async def bury(self, workers: Sequence[str]) -> int:
        """Make the runs of dead workers due at once; returns their number."""
        if self.database.dialect == "postgresql":
            return await buried(self.database, list(workers))
        async with self.database.transaction() as transaction:
            freed = await transaction.execute(
                update(runs)
                .where(runs.c.status == "running", runs.c.worker.in_(workers), runs.c.lease_ms > 0)
                .values(lease_ms=0)
            )
        return int(freed.rowcount)

    async def _read(self, run_ids: Sequence[str]) -> Sequence[list[e.Event] | Exception]:
        of = run_events.c
        query = select(of.run_id, of.seq, of.body).where(of.run_id.in_(set(run_ids)))
        found: dict[str, list[e.Event]] = {run_id: [] for run_id in run_ids}
        damaged: dict[str, Damaged] = {}  # a damaged run must not affect the others
        for row in await self.database.fetch(query.order_by(of.run_id, of.seq)):
            try:
                found[row.run_id].append(_event(row))
            except Damaged as error:
                damaged.setdefault(row.run_id, error)
        return [damaged.get(run_id) or found[run_id] for run_id in run_ids]

    async def _by_key(self, record: RunRecord) -> RunRecord | None:
        if record.request_key is None:
            return None
        rows = await self.database.fetch(
            select(runs).where(runs.c.team == record.team, runs.c.request_key == record.request_key)
        )
        return record_of(rows[0]) if rows else None

    def _now_ms(self) -> int:
        return int(self.clock() * 1000)


def _event(row: Any) -> e.Event:
    try:
        return e.decode(row.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Damaged(f"The event {row.seq} of the run {row.run_id} cannot be read: {error}.") from None


def _due(now_ms: int) -> ColumnElement[bool]:
    return or_(
        runs.c.status == "queued",
        (runs.c.status == "running") & (runs.c.lease_ms < now_ms),
        (runs.c.status == "waiting") & runs.c.wake_ms.between(1, now_ms),
    )
