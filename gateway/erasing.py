"""Erases one person from every part of an installation's state, with a receipt."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import select

from caching.purging import order
from caching.store import BROKEN
from dialects.errors import UNREADABLE
from gateway.batching.blobs import Folder
from gateway.obeying import ORDER
from gateway.routing.learning import Label, Sample
from ledger.accounts import Accounts, open_accounts
from ledger.changes import AccountStore
from ledger.erasing import (
    RULES,
    Done,
    Subject,
    at_vendors,
    blobs_of,
    erase_account,
    files_of,
    find,
    named_in_audit,
    rename_rows,
)
from ledger.span import iso
from storage.engine import Database, open_database
from storage.schema import audit, usage
from storage.scrubbing import empty, scrub

SETTLE_SECONDS = 3.0  # for calls in flight, and rows on their way from spools to the database
_PATIENCE = 600.0  # seconds per statement: one may read the whole ledger
_LOOKED_UP = 200  # requests per statement
_TOUCHED = [name for name, rule in RULES.items() if not rule.startswith(("none", "kept"))]


class Receipt(msgspec.Struct, frozen=True):
    """What was erased where, and what was not. `audit` is the audit row, SEQ:HASH, that records `sha256`."""

    user: str  # the id: the name is erased
    team: str
    alias: str  # what replaces them in the ledger
    at: str
    done: list[dict[str, str | int]]
    left: list[str]
    sha256: str = ""
    audit: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where an installation keeps state: the database, folders, the cache."""

    accounts: Accounts
    files: Path
    samples: Path
    answers: Path | None = None  # the cache file, if it is on this machine

    @property
    def database(self) -> Database:
        return self.accounts.store.database


async def erase(places: Places, ref: str, settle: float = SETTLE_SECONDS) -> Receipt:
    """Erase a user, by id or `TEAM/NAME`. Safe to repeat, also after an interruption.

    `settle` is in seconds. Raises AccountError, StoreError, OSError.
    """
    store, database = places.accounts.store, places.database
    subject = await find(store, ref)
    named = await named_in_audit(database, subject)
    done = Counter[tuple[str, str]]()
    _add(done, await rename_rows(database, subject))  # before the tags of their keys are erased
    async with store.change() as change:
        blobs = await blobs_of(change, await files_of(change, subject.key_ids))
        _add(done, await erase_account(change, subject))
        await change.note("answers", order("team", subject.team))
    _add(done, await rename_rows(database, subject))
    await asyncio.sleep(settle)  # calls in flight have ended, and their rows are in the database
    _add(done, await rename_rows(database, subject))
    for blob in blobs:
        await Folder(places.files).delete(blob)
    done["files of batches", "deleted"] += len(blobs)
    if places.answers is not None:
        done["answers kept on this machine", "deleted"] += await empty(places.answers, "answer")
        places.answers.with_suffix(BROKEN).unlink(missing_ok=True)
    done["samples of the router", "deleted"] += await _unlearn(places, subject)
    async with store.change() as change:  # spool segments without remaining rows may be deleted now
        await change.note("user", f"{ORDER}{subject.user_id}")
    await asyncio.sleep(settle / 2)
    left = _left(named, await at_vendors(database, subject))
    receipt = await _signed(places, _receipt(subject, done, left, store.clock()))
    await scrub(database, [f'"{name}"' for name in _TOUCHED])
    return receipt


def _add(done: Counter[tuple[str, str]], more: Sequence[Done]) -> None:
    for each in more:
        done[each.where, each.how] += each.number


def _receipt(subject: Subject, done: Counter[tuple[str, str]], left: list[str], now: float) -> Receipt:
    lines: list[dict[str, str | int]] = [
        {"where": where, "how": how, "number": number} for (where, how), number in sorted(done.items())
    ]
    lines.append({"where": "answers kept for the team", "how": "forgotten", "number": "all"})
    return Receipt(subject.user_id, subject.team, subject.alias, iso(int(now * 1000)), lines, left)


def _left(named: int, at_vendors: int) -> list[str]:
    """Describes what was not erased."""
    left = ["prices, tokens and costs of their calls, under the alias"]
    if named:
        left.append(f"{named} rows of the audit from before names were left out of it: its chain would break")
    if at_vendors:
        left.append(
            f"{at_vendors} responses, files and other things that vendors keep for the team: "
            "who made which is not written down, and theirs are deleted there"
        )
    return left


async def _signed(places: Places, receipt: Receipt) -> Receipt:
    """The receipt with its own hash, which is also recorded in the audit."""
    store = places.accounts.store
    digest = hashlib.sha256(msgspec.json.encode(receipt)).hexdigest()
    async with store.change() as change:
        await change.record("user.erase", receipt.user, {"sha256": digest, "done": receipt.done})
        last = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        [row] = await change.transaction.fetch(last)
    return msgspec.structs.replace(receipt, sha256=digest, audit=f"{row.seq}:{row.hash}")


async def _unlearn(places: Places, subject: Subject) -> int:
    """Remove the person's calls from the router's training samples; returns the number of lines removed."""
    gone = 0
    for file in sorted(places.samples.glob("*.jsonl")):
        form = Sample if file.name.startswith("samples-") else Label
        lines = (await asyncio.to_thread(file.read_bytes)).splitlines(keepends=True)
        asked = {line: name for line in lines if (name := _request(line, form))}
        theirs = await _of_subject(places.database, set(asked.values()), subject)
        kept = [line for line in lines if asked.get(line) not in theirs]
        if len(kept) < len(lines):
            gone += len(lines) - len(kept)
            await asyncio.to_thread(_replace, file, b"".join(kept))
    return gone


def _request(line: bytes, form: type[Sample] | type[Label]) -> str:
    try:
        return msgspec.json.decode(line, type=form).request
    except UNREADABLE:
        return ""


async def _of_subject(database: Database, requests: set[str], subject: Subject) -> set[str]:
    found: set[str] = set()
    for some in _in_pieces(sorted(requests)):
        ids = [f"{name}.{number}" for name in some for number in range(4)]
        theirs = usage.c.attempt_id.in_(ids) & usage.c.key_id.in_(subject.key_ids)
        query = select(usage.c.attempt_id).where(theirs)
        found |= {str(row[0]).rpartition(".")[0] for row in await database.fetch(query)}
    return found


def _in_pieces(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _LOOKED_UP):
        yield names[start : start + _LOOKED_UP]


def _replace(file: Path, content: bytes) -> None:
    other = file.with_suffix(".new")
    other.write_bytes(content)
    other.chmod(0o600)
    other.replace(file)


def patiently(
    url: str, store: AccountStore, files: Path, samples: Path, answers: Path
) -> Callable[[str], Awaitable[Receipt]]:
    """Erases in a serving process, over connections of its own, since statements may take minutes."""

    async def run(ref: str) -> Receipt:
        database = open_database(url, deadline=_PATIENCE)
        try:
            accounts = open_accounts(database, store.clock, store.random, store.changed)
            return await erase(Places(accounts, files, samples, answers), ref)
        finally:
            await database.close()

    return run
