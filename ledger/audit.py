"""The audit log: who did what, and what was denied, as a hash chain of rows.

A row that was changed, removed or inserted breaks the chain. Removing the last rows does not, so store the
head that `verify` returns elsewhere and pass it to a later `verify`.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import insert, select, text

from ledger.row import UsageRow
from storage.engine import Database, Transaction
from storage.schema import audit

ACTING: ContextVar[str] = ContextVar("acting", default="gateway")
"""Who acts: `key ID`, `command line of USER`; what nobody asked for is done by the `gateway`."""

FIRST = "0" * 64  # the first row's `previous`
DENIALS = frozenset(
    {
        *("model_not_allowed", "passthrough_not_allowed", "control_not_allowed", "no_target_fits"),
        *("insufficient_quota", "model_unpriced", "content_filter", "guard_failed", "guard_cannot_read"),
    }
)
"""Error codes of what a policy denied. Rate limits are not among them: they are traffic."""

_LOCK = 0x5B0D  # PostgreSQL's advisory lock for appending: any number, the same in every process
_PAGE = 1000
_NEVER_SHOWN = frozenset({"hash", "id"})
_OF_PEOPLE = frozenset({"user", "key"})


class Act(NamedTuple):
    """An action to record. `details` must be JSON-serialisable and hold no secrets."""

    at_ms: int
    actor: str
    action: str  # key.create, key.revoke, team.change, configuration.reload, denied, …
    subject: str
    details: Mapping[str, Any]


class Entry(msgspec.Struct, frozen=True):
    """One row of the chain. `details` is the JSON that was hashed."""

    seq: int
    at_ms: int
    actor: str
    action: str
    subject: str
    details: str
    previous: str
    hash: str


class Verdict(msgspec.Struct, frozen=True):
    """The result of a verification. `fault` names the first bad row, or is empty."""

    rows: int
    head: str  # "SEQ:HASH" of the last good row
    fault: str = ""


def digest(entry: Entry) -> str:
    """The expected hash of an entry: SHA-256 of its other fields, encoded as a JSON list."""
    fields = (getattr(entry, name) for name in Entry.__struct_fields__[:-1])
    return hashlib.sha256(msgspec.json.encode(tuple(fields))).hexdigest()


async def enter(transaction: Transaction, dialect: str, acts: Sequence[Act]) -> None:
    """Append rows to the chain within the transaction. One writer at a time."""
    if not acts:
        return
    if dialect == "postgresql":
        await transaction.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = await transaction.fetch(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1))
    seq, previous = (int(last[0].seq), str(last[0].hash)) if last else (0, FIRST)
    rows = []
    for act in acts:
        seq += 1
        details = msgspec.json.encode(act.details, order="sorted").decode()
        entry = Entry(seq, act.at_ms, act.actor, act.action, act.subject, details, previous, "")
        previous = digest(entry)
        rows.append(msgspec.structs.asdict(entry) | {"hash": previous})
    await transaction.execute(insert(audit), rows)


async def enter_denials(transaction: Transaction, dialect: str, rows: Sequence[UsageRow]) -> None:
    """Append an entry for each denied call among new ledger rows; a row shipped twice is entered once."""
    denied = {row.attempt_id: row for row in rows if row.error_code in DENIALS}
    if not denied:
        return
    known = select(audit.c.subject).where(audit.c.action == "denied", audit.c.subject.in_(denied))
    for row in await transaction.fetch(known):
        del denied[row.subject]
    await enter(transaction, dialect, [_denial(row) for row in denied.values()])


async def entries(database: Database, *, after: int = 0, since_ms: int = 0) -> AsyncIterator[Entry]:
    """The entries after sequence number `after`, in order. Raises `StoreError`."""
    while True:
        query = select(audit).where(audit.c.seq > after, audit.c.at_ms >= since_ms)
        rows = await database.fetch(query.order_by(audit.c.seq).limit(_PAGE))
        for row in rows:
            yield Entry(*(getattr(row, name) for name in Entry.__struct_fields__))
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


async def verify(database: Database, known: str = "") -> Verdict:
    """Verify the whole chain. It must still contain the earlier head `known`. Raises `StoreError`."""
    count, seq, previous = 0, 0, FIRST
    wanted, _, its_hash = known.partition(":")
    found = not known
    async for entry in entries(database):
        fault = _fault(entry, seq, previous)
        if fault:
            return Verdict(count, f"{seq}:{previous}", fault)
        count, seq, previous = count + 1, entry.seq, entry.hash
        found = found or (str(seq) == wanted and previous == its_hash)
    if not found:
        return Verdict(
            count, f"{seq}:{previous}", f"row {wanted} with the hash {its_hash} is not there any more"
        )
    return Verdict(count, f"{seq}:{previous}")


def _fault(entry: Entry, seq: int, previous: str) -> str:
    if entry.seq != seq + 1:
        return f"row {seq + 1} is missing: row {entry.seq} follows row {seq}"
    if entry.previous != previous:
        return f"row {entry.seq} does not follow the row before it: one of them was replaced"
    if digest(entry) != entry.hash:
        return f"row {entry.seq} ({entry.action} {entry.subject}) was changed after it was written"
    return ""


def _denial(row: UsageRow) -> Act:
    details = {
        "code": row.error_code,
        "status": row.http_status,
        "model": row.model_asked,
        "team": row.team,
        "endpoint": row.endpoint,
        "guard": row.guard,
    }
    return Act(row.at_ms, f"key {row.key_id}", "denied", row.attempt_id, details)


def act_of(kind: str, row: Mapping[str, Any], now_ms: int) -> str:
    """The action that was done to an account, derived from its row afterwards."""
    if row.get("created_ms") == now_ms:
        return f"{kind}.create"
    if row.get("revoked_ms") == now_ms:
        return f"{kind}.revoke"
    if row.get("archived_ms") == now_ms:
        return f"{kind}.archive"
    return f"{kind}.change"


def shown(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an account's row that may be audited: those that are set and neither secret nor personal.

    People appear by id only, without the names and tags of their keys, since no entry can be deleted later.
    """
    hidden = _NEVER_SHOWN | {"name", "tags"} if kind in _OF_PEOPLE else _NEVER_SHOWN
    return {name: value for name, value in row.items() if value is not None and name not in hidden}
