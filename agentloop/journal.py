"""The journal of runs in SQL: events are there whole or not at all, and only who holds a run adds them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from agentloop import events as e
from storage.engine import Database, Transaction
from storage.errors import StoreConflict
from storage.schema import run_events, runs

ACTIVE = ("queued", "running", "waiting", "in_doubt", "paused")


class Fenced(Exception):
    """Another worker claimed the run meanwhile: this one may write nothing more of it."""


class Overtaken(Exception):
    """Somebody else, such as an approver, added events first: they are to be read before more is added."""


class RunNotFound(Exception):
    """There is no such run, or it is another team's."""


class KeyReused(Exception):
    """The caller's Idempotency-Key came before with another request."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One row of `runs`. `request_hash` is that of the request that made it."""

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
    """How a run stands after something was added; `wake_ms` is when a waiting one is due by itself."""

    status: str
    reason: str = ""
    wake_ms: int = 0


RUNNING = Standing("running")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in the journal: its number, under which claim, when."""

    seq: int
    epoch: int
    at_ms: int
    event: e.Event


@dataclass(frozen=True, slots=True)
class Journal:
    """Raises `StoreError` for what the database does not do. `clock` gives Unix seconds.

    `ring` is told the id of each run that this process added something to.
    """

    database: Database
    clock: Callable[[], float]
    ring: Callable[[str], object] = str

    async def create(self, record: RunRecord, event: e.RunCreated) -> RunRecord:
        """Begin a run. With the request key of an earlier one it is that run; raises KeyReused."""
        now = self._now_ms()
        made = replace(record, head=1, created_ms=now, updated_ms=now)
        try:
            async with self.database.transaction() as transaction:
                await transaction.execute(insert(runs), _values(made))
                await _insert(transaction, _Place(made.id, 0, 0, now), [event])
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
        """The run's row; of this team only, where one is given. Raises RunNotFound."""
        rows = await self.database.fetch(select(runs).where(runs.c.id == run_id))
        if not rows or team not in (None, rows[0].team):
            raise RunNotFound(f"There is no run {run_id!r}.")
        return _record(rows[0])

    async def listed(self, team: str | None, status: str | None, limit: int) -> list[RunRecord]:
        """The newest runs, of one team or of all."""
        where = [] if team is None else [runs.c.team == team]
        if status is not None:
            where.append(runs.c.status == status)
        query = select(runs).where(*where).order_by(runs.c.created_ms.desc(), runs.c.id.desc()).limit(limit)
        return [_record(row) for row in await self.database.fetch(query)]

    async def events(self, run_id: str, after: int = 0) -> list[e.Event]:
        """The run's events from the one numbered `after`, counted from 0."""
        query = (
            select(run_events.c.body)
            .where(run_events.c.run_id == run_id, run_events.c.seq >= after)
            .order_by(run_events.c.seq)
        )
        return [e.decode(row.body) for row in await self.database.fetch(query)]

    async def newest(self, agent: str) -> RunRecord | None:
        """The agent's last run."""
        query = select(runs).where(runs.c.agent == agent).order_by(runs.c.created_ms.desc()).limit(1)
        rows = await self.database.fetch(query)
        return _record(rows[0]) if rows else None

    async def entries(self, run_id: str, after: int = 0) -> list[Entry]:
        """The run's events with where and when they were written, from the one numbered `after`."""
        of = run_events.c
        query = (
            select(of.seq, of.epoch, of.at_ms, of.body)
            .where(of.run_id == run_id, of.seq >= after)
            .order_by(of.seq)
        )
        rows = await self.database.fetch(query)
        return [Entry(row.seq, row.epoch, row.at_ms, e.decode(row.body)) for row in rows]

    async def asked_for(self, approval_id: str) -> str | None:
        """The run that asked for this approval; looked for in all of them, so for people's commands alone."""
        of = run_events.c
        query = select(of.run_id).where(
            of.kind == "approval.requested",
            of.body.contains(f'"approval_id":"{approval_id}"', autoescape=True),
        )
        rows = await self.database.fetch(query.limit(1))
        return rows[0].run_id if rows else None

    async def claim(self, worker: str, lease_seconds: float) -> RunRecord | None:
        """Take a run that nobody drives: it is this worker's until the lease is over, fenced from others."""
        return next(iter(await self.claim_some(worker, lease_seconds, 1)), None)

    async def claim_some(self, worker: str, lease_seconds: float, most: int) -> list[RunRecord]:
        """As `claim`, so many at once: all in one transaction."""
        async with self.database.transaction() as transaction:
            now = self._now_ms()
            query = select(runs).where(_due(now)).order_by(runs.c.updated_ms).limit(most)
            if self.database.dialect == "postgresql":
                query = query.with_for_update(skip_locked=True)
            taken = []
            for row in await transaction.fetch(query):
                found = _record(row)
                held = replace(
                    found,
                    status="running",
                    reason="",
                    epoch=found.epoch + 1,
                    head=found.head + 1,
                    worker=worker,
                    lease_ms=now + int(lease_seconds * 1000),
                    updated_ms=now,
                )
                await transaction.execute(update(runs).where(runs.c.id == found.id).values(**_values(held)))
                claimed: list[e.Event] = [e.RunClaimed(worker)]
                await _insert(transaction, _Place(found.id, found.head, held.epoch, now), claimed)
                taken.append(held)
            return taken

    async def append(
        self, held: RunRecord, events: Sequence[e.Event], standing: Standing = RUNNING
    ) -> RunRecord:
        """Add to a run that this worker holds. Raises Fenced or Overtaken; then nothing was added."""
        now = self._now_ms()
        after = replace(
            held,
            head=held.head + len(events),
            status=standing.status,
            reason=standing.reason[:64],
            wake_ms=standing.wake_ms,
            updated_ms=now,
        )
        async with self.database.transaction() as transaction:
            moved = await transaction.execute(
                update(runs)
                .where(runs.c.id == held.id, runs.c.epoch == held.epoch, runs.c.head == held.head)
                .values(
                    head=after.head,
                    status=after.status,
                    reason=after.reason,
                    wake_ms=after.wake_ms,
                    updated_ms=now,
                )
            )
            if moved.rowcount == 0:
                [row] = await transaction.fetch(select(runs.c.epoch).where(runs.c.id == held.id))
                raise Overtaken(held.id) if row.epoch == held.epoch else Fenced(held.id)
            await _insert(transaction, _Place(held.id, held.head, held.epoch, now), events)
        self.ring(held.id)
        return after

    async def interject(self, seen: RunRecord, events: Sequence[e.Event], status: str) -> RunRecord:
        """Add from outside, such as a person's word, to the run as it was `seen`. Raises Overtaken.

        `status` is the run's afterwards, but for one that is being driven: its driver says it.
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
            await _insert(transaction, _Place(seen.id, seen.head, seen.epoch, now), events)
        self.ring(seen.id)
        return replace(seen, head=seen.head + len(events), status=status, updated_ms=now)

    async def renew(self, held: RunRecord, lease_seconds: float) -> None:
        """Keep a claim. Raises Fenced when it is another's by now."""
        until = self._now_ms() + int(lease_seconds * 1000)
        async with self.database.transaction() as transaction:
            kept = await transaction.execute(
                update(runs).where(runs.c.id == held.id, runs.c.epoch == held.epoch).values(lease_ms=until)
            )
        if kept.rowcount == 0:
            raise Fenced(held.id)

    async def _by_key(self, record: RunRecord) -> RunRecord | None:
        if record.request_key is None:
            return None
        rows = await self.database.fetch(
            select(runs).where(runs.c.team == record.team, runs.c.request_key == record.request_key)
        )
        return _record(rows[0]) if rows else None

    def _now_ms(self) -> int:
        return int(self.clock() * 1000)


def _due(now_ms: int) -> ColumnElement[bool]:
    return or_(
        runs.c.status == "queued",
        (runs.c.status == "running") & (runs.c.lease_ms < now_ms),
        (runs.c.status == "waiting") & runs.c.wake_ms.between(1, now_ms),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where events go: behind the `first` that there are, under this claim."""

    run_id: str
    first: int
    epoch: int
    now_ms: int


async def _insert(transaction: Transaction, place: _Place, events: Sequence[e.Event]) -> None:
    rows = [
        {
            "run_id": place.run_id,
            "seq": place.first + number,
            "epoch": place.epoch,
            "kind": e.name_of(event),
            "at_ms": place.now_ms,
            "body": e.encode(event).decode(),
        }
        for number, event in enumerate(events)
    ]
    if rows:
        await transaction.execute(insert(run_events), rows)


def _record(row: Row[tuple[object, ...]]) -> RunRecord:
    return RunRecord(**row._mapping)  # the columns are named as the fields are


def _values(record: RunRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in RunRecord.__dataclass_fields__}
