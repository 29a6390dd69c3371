"""The log of changes to accounts: written with each change, read by every other process."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from sqlalchemy import Table, func, insert, select, text

from ledger.audit import ACTING, Act, act_of, enter, shown
from ledger.keys import RandomBytes, encode
from storage.engine import Database, Transaction
from storage.schema import account_changes, keys, organisations, teams, users

Clock = Callable[[], float]  # Unix seconds
ChangeKind = Literal["organisation", "team", "user", "key", "answers"]

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BATCH = 1000
_TABLES: Mapping[ChangeKind, Table] = MappingProxyType(
    {"organisation": organisations, "team": teams, "user": users, "key": keys}
)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One open change: its transaction, and the ids of the subjects that it touches."""

    transaction: Transaction
    now_ms: int
    touched: list[str]
    dialect: str

    async def note(self, kind: ChangeKind, subject_id: str) -> None:
        """Make every process drop the subject from memory once this commits, and audit the change."""
        self.touched.append(subject_id)
        row = {"kind": kind, "subject_id": subject_id, "at_ms": self.now_ms}
        await self.transaction.execute(insert(account_changes), row)
        await self._enter(kind, subject_id)

    async def record(self, action: str, subject: str, details: Mapping[str, Any]) -> None:
        """Append an audit entry in the name of `ledger.audit.ACTING`."""
        act = Act(self.now_ms, ACTING.get()[:200], action, subject[:200], details)
        await enter(self.transaction, self.dialect, [act])

    async def _enter(self, kind: ChangeKind, subject_id: str) -> None:
        table = _TABLES.get(kind)
        if table is None:
            await self.record(f"{kind}.forget", subject_id, {})
            return
        rows = await self.transaction.fetch(select(table).where(table.c.id == subject_id))
        if rows:
            row = rows[0]._asdict()
            await self.record(act_of(kind, row, self.now_ms), subject_id, shown(kind, row))


@dataclass(frozen=True, slots=True)
class AccountStore:
    """Writes accounts: the database, with the clock and random source for new rows.

    `changed` is called in this process with each subject's id, immediately after its change.
    """

    database: Database
    clock: Clock
    random: RandomBytes
    changed: Callable[[str], None]

    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    def new_id(self, prefix: str) -> str:
        """`prefix_` and 80 random bits."""
        return f"{prefix}_{encode(int.from_bytes(self.random(10)), _ID_ALPHABET, 16)}"

    @asynccontextmanager
    async def change(self) -> AsyncIterator[AccountChange]:
        """One atomic change; changes are serialised across all processes.

        Raises `StoreError` if the database fails.
        """
        touched: list[str] = []
        try:
            async with self.database.transaction() as transaction:
                if self.database.dialect == "postgresql":
                    # Sequence numbers are assigned before the commit: without the lock, a reader that has
                    # seen 6 would never look for 5.
                    await transaction.execute(text("LOCK TABLE account_changes IN EXCLUSIVE MODE"))
                yield AccountChange(transaction, self.now_ms(), touched, self.database.dialect)
        finally:
            # Also after a failure: an unconfirmed commit may have taken effect.
            for subject_id in touched:
                self.changed(subject_id)


@dataclass(frozen=True, slots=True)
class ChangesSeen:
    """The result of `changes_since`. `subjects` is None if this is not the log that was read before."""

    last: int
    subjects: tuple[str, ...] | None
    more: bool = False


async def last_change(database: Database) -> int:
    """The number of the newest change; 0 if there is none."""
    rows = await database.fetch(select(func.coalesce(func.max(account_changes.c.seq), 0)))
    return int(rows[0][0])


class Orders(NamedTuple):
    """Orders to purge cached answers, each with the Unix time at which it was last given."""

    last: int  # number of the last change that was read
    at: Mapping[str, float]


async def orders_since(database: Database, last: int) -> Orders:
    """The orders after number `last`; all if that is beyond this database's newest. Raises StoreError."""
    newest = await last_change(database)
    made = account_changes.c
    query = (
        select(made.subject_id, func.max(made.at_ms).label("at"))
        .where(made.kind == "answers", made.seq > (last if last <= newest else 0))
        .group_by(made.subject_id)
    )
    rows = await database.fetch(query)
    return Orders(newest, {row.subject_id: row.at / 1000 for row in rows})


async def changes_since(database: Database, last: int) -> ChangesSeen:
    """The subjects that the changes after number `last` touch."""
    # Row `last` itself is queried too: if it is missing, this is another database.
    rows = await database.fetch(
        select(account_changes.c.seq, account_changes.c.subject_id)
        .where(account_changes.c.seq >= last)
        .order_by(account_changes.c.seq)
        .limit(_BATCH)
    )
    if last and (not rows or rows[0].seq != last):
        return ChangesSeen(await last_change(database), None)
    newer = [row for row in rows if row.seq > last]
    newest = newer[-1].seq if newer else last
    return ChangesSeen(newest, tuple(row.subject_id for row in newer), more=len(rows) == _BATCH)
