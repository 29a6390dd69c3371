"""Texts that agents store beyond a run: found only by their holder, and until they expire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, select

from agentloop.records import RunRecord
from storage.engine import Database
from storage.schema import keys, memories, runs

_BATCH = 500  # rows per statement: SQLite's writers wait for each other
_MOST_READ = 1_000


class Memory(NamedTuple):
    """A stored text, and the agent that wrote it."""

    text: str
    agent: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """An agent's settings: `ttl` in seconds, `most` texts of its own per holder."""

    scope: str  # user, team or agent
    agent: str
    ttl: float
    most: int


class Memories:
    """The store. Raises `StoreError` if the database fails. `clock` returns Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, record: RunRecord, how: Keeping, key: str, text: str) -> bool:
        """Store a text, once per key, in one transaction; the agent's oldest beyond `most` are deleted.

        False if the run no longer exists, because its holder was erased.
        """
        now = self._now_ms()
        row = {
            "key": key,
            "team": record.team,
            "scope": how.scope,
            "holder": _holder(record, how),
            "agent": how.agent,
            "key_id": record.key_id,
            "text": text,
            "at_ms": now,
            "expires_ms": now + int(how.ttl * 1000),
        }
        # Erasure deletes runs before memories: the lock keeps memories from being added in between.
        alive = select(runs.c.id).where(runs.c.id == record.id).with_for_update(read=True)
        others = select(memories.c.key).where(
            _whose(record, how), memories.c.agent == how.agent, memories.c.key != key
        )
        beyond = others.order_by(memories.c.at_ms.desc(), memories.c.key).offset(how.most - 1)
        async with self._database.transaction() as transaction:
            if not await transaction.fetch(alive):
                return False
            if not await transaction.fetch(select(memories.c.key).where(memories.c.key == key)):
                await transaction.execute(insert(memories).values(row))
                await transaction.execute(delete(memories).where(memories.c.key.in_(beyond)))
        return True

    async def held(self, record: RunRecord, how: Keeping) -> list[Memory]:
        """The unexpired texts of the run's holder, newest first."""
        query = select(memories.c.text, memories.c.agent, memories.c.at_ms).where(
            _whose(record, how), memories.c.expires_ms > self._now_ms()
        )
        newest = query.order_by(memories.c.at_ms.desc(), memories.c.key).limit(_MOST_READ)
        return [Memory(row.text, row.agent, row.at_ms) for row in await self._database.fetch(newest)]

    async def expire(self) -> int:
        """Delete expired texts in small batches, and return their number."""
        gone = 0
        while True:
            due = select(memories.c.key).where(memories.c.expires_ms <= self._now_ms()).limit(_BATCH)
            names = [row[0] for row in await self._database.fetch(due)]
            if names:
                async with self._database.transaction() as transaction:
                    await transaction.execute(delete(memories).where(memories.c.key.in_(names)))
            gone += len(names)
            if len(names) < _BATCH:
                return gone

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _whose(record: RunRecord, how: Keeping) -> ColumnElement[bool]:
    return and_(
        memories.c.team == record.team,
        memories.c.scope == how.scope,
        memories.c.holder == _holder(record, how),
    )


def _holder(record: RunRecord, how: Keeping) -> ColumnElement[str]:
    """For the scope user: the key's user, or the key itself if it has none. Else the team or the agent."""
    if how.scope == "team":
        return literal("")
    if how.scope == "agent":
        return literal(how.agent)
    person = select(literal("user:") + keys.c.user_id).where(keys.c.id == record.key_id).scalar_subquery()
    return func.coalesce(person, f"key:{record.key_id}")
