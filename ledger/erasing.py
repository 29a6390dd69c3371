"""Removes everything about one person from the database, while totals stay unchanged.

`RULES` states for every table what happens to a person's rows, or why it has none.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from ledger.changes import AccountChange, AccountStore
from ledger.contents import shred
from ledger.entities import InvalidChange, NotFound
from ledger.meters.registry import Owner
from storage.engine import Database
from storage.schema import (
    alerts,
    audit,
    batch_lines,
    batches,
    contents,
    files,
    keys,
    kill_switches,
    memories,
    run_events,
    runs,
    teams,
    tool_outbox,
    usage,
    usage_hourly,
    users,
    vendor_objects,
)

_BATCH = 500  # rows per statement

# By table: what happens to a person's rows; after a colon, why nothing needs to.
RULES: Mapping[str, str] = MappingProxyType(
    {
        "users": "renamed",
        "keys": "revoked",
        "usage": "renamed",
        "usage_hourly": "renamed",
        "contents": "deleted",
        "content_keys": "shredded",
        "runs": "deleted",
        "run_events": "deleted",
        "tool_outbox": "deleted",
        "memories": "deleted",
        "tool_history": "kept: digests and amounts alone, by which rules go on counting",
        "batches": "deleted",
        "batch_lines": "deleted",
        "files": "deleted",
        "alerts": "deleted",
        "kill_switches": "renamed",
        "audit": "kept: it names people by ids alone; of rows of earlier versions the receipt tells how many",
        "organisations": "none: an organisation is no person",
        "teams": "none: a team is no person",
        "account_changes": "none: ids only",
        "vendor_objects": "none: what is at a vendor belongs to a team; who made it is not written down",
    }
)


class Subject(NamedTuple):
    """The person to erase. `name` is how rows name them, `alias` what replaces it.

    `marks` are those tags of their keys that no other key and no team has.
    """

    user_id: str
    name: str
    team: str
    key_ids: tuple[str, ...]
    alias: str
    marks: frozenset[tuple[str, str]] = frozenset()


class Done(NamedTuple):
    """What was done in one table."""

    where: str
    how: str
    number: int


async def find(store: AccountStore, ref: str) -> Subject:
    """The user with this id, `TEAM/NAME`, or a name that only one team has.

    Raises NotFound, or InvalidChange if several users have the name.
    """
    team, slash, name = ref.rpartition("/")
    named = and_(users.c.name == name, teams.c.name == team) if slash else users.c.name == ref
    query = select(users.c.id, users.c.name, teams.c.name.label("team")).join(teams)
    rows = await store.database.fetch(query.where(or_(users.c.id == ref, named)))
    if not rows:
        raise NotFound(f"There is no user {ref!r}. Give the id, or TEAM/NAME.", "user")
    if len(rows) > 1:
        places = ", ".join(sorted(f"{row.team}/{row.name}" for row in rows))
        raise InvalidChange(f"There are several: {places}. Give one of these.", "user")
    row = rows[0]
    held = await store.database.fetch(select(keys.c.id).where(keys.c.user_id == row.id).order_by(keys.c.id))
    alias = row.name if row.name.startswith("erased-") else "erased-" + store.new_id("u")[2:]
    ids = tuple(str(each[0]) for each in held)
    return Subject(row.id, row.name, row.team, ids, alias, await _marks(store.database, ids))


async def _marks(database: Database, key_ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The tags that only these keys have: a cost centre is shared, a personnel number is not."""
    query = select(keys.c.id, keys.c.tags).where(keys.c.tags.is_not(None))
    theirs, others = set[tuple[str, str]](), set[tuple[str, str]]()
    for row in await database.fetch(query):
        (theirs if row.id in key_ids else others).update(msgspec.json.decode(row.tags).items())
    for row in await database.fetch(select(teams.c.tags).where(teams.c.tags.is_not(None))):
        others.update(msgspec.json.decode(row.tags).items())
    return frozenset(theirs - others)


async def erase_account(change: AccountChange, subject: Subject) -> list[Done]:
    """Erase the person's keys, runs, batches, files and contents; the caller deletes the `blobs_of` files."""
    run, ids = change.transaction.execute, subject.key_ids
    done = [Done("keys", "revoked", len(ids))]
    if ids:
        gone = {"name": "", "tags": None, "revoked_ms": func.coalesce(keys.c.revoked_ms, change.now_ms)}
        await run(update(keys).where(keys.c.id.in_(ids)).values(gone))
    for key_id in ids:
        await change.note("key", key_id)
    await run(update(users).where(users.c.id == subject.user_id).values(name=subject.alias))
    await change.note("user", subject.user_id)
    done.append(Done("users", "renamed", 1))
    done.append(Done("content_keys", "shredded", await shred(change.transaction, ids, change.now_ms)))
    mine = select(batches.c.id).where(batches.c.key_id.in_(ids))
    of_mine = select(runs.c.id).where(runs.c.key_id.in_(ids))
    for table, which in (
        (contents, contents.c.key_id.in_(ids)),
        (tool_outbox, tool_outbox.c.key.in_(await _step_keys(change, ids))),
        (run_events, run_events.c.run_id.in_(of_mine)),
        (runs, runs.c.key_id.in_(ids)),
        # After the runs: a memory is written only while its run exists.
        (memories, or_(memories.c.key_id.in_(ids), memories.c.holder == f"user:{subject.user_id}")),
        (files, files.c.id.in_(await files_of(change, ids))),
        (batch_lines, batch_lines.c.batch_id.in_(mine)),
        (batches, batches.c.key_id.in_(ids)),
    ):
        done.append(Done(str(table.name), "deleted", (await run(delete(table).where(which))).rowcount))
    done.append(Done("alerts", "deleted", await _alerts(change, subject)))
    names = {"by": subject.alias}
    switched = await run(update(kill_switches).where(kill_switches.c.by == subject.name).values(names))
    done.append(Done("kill_switches", "renamed", switched.rowcount))
    return done


async def files_of(change: AccountChange, key_ids: Sequence[str]) -> list[str]:
    """The ids of the files that these keys uploaded, or that their batches read or wrote."""
    found = await change.transaction.fetch(select(files.c.id).where(files.c.key_id.in_(key_ids)))
    names = {str(row[0]) for row in found}
    columns = (batches.c.input_file_id, batches.c.output_file_id, batches.c.error_file_id)
    for row in await change.transaction.fetch(select(*columns).where(batches.c.key_id.in_(key_ids))):
        names |= {each for each in row if each}
    return sorted(names)


async def blobs_of(change: AccountChange, file_ids: Sequence[str]) -> list[str]:
    """The names under which the contents of these files are stored."""
    rows = await change.transaction.fetch(select(files.c.blob).where(files.c.id.in_(file_ids)))
    return [str(row[0]) for row in rows]


async def _step_keys(change: AccountChange, key_ids: Sequence[str]) -> list[str]:
    """The step keys of all runs of these holders, which identify messages in the tool outbox."""
    theirs = select(run_events.c.body).join(runs).where(runs.c.key_id.in_(key_ids))
    events = [msgspec.json.decode(row.body) for row in await change.transaction.fetch(theirs)]
    return sorted({str(each["key"]) for each in events if isinstance(each, dict) and each.get("key")})


async def _alerts(change: AccountChange, subject: Subject) -> int:
    gone = []
    owners = {Owner.of_user(subject.team, subject.name), *(("key", each) for each in subject.key_ids)}
    for row in await change.transaction.fetch(select(alerts.c.id, alerts.c.body)):
        said = msgspec.json.decode(row.body)
        if (said.get("level"), said.get("owner")) in owners:
            gone.append(row.id)
    if gone:
        await change.transaction.execute(delete(alerts).where(alerts.c.id.in_(gone)))
    return len(gone)


async def rename_rows(database: Database, subject: Subject) -> list[Done]:
    """Replace the name by the alias in the ledger's rows and hourly totals; costs stay. Safe to repeat."""
    return [
        Done("usage", "renamed", await _rename_usage(database, subject)),
        Done("usage_hourly", "renamed", await _rename_hours(database, subject)),
    ]


async def _rename_usage(database: Database, subject: Subject) -> int:
    columns = (usage.c.attempt_id, usage.c.trail, usage.c.tags)
    theirs = _theirs(usage.c, subject)
    written = (
        update(usage)
        .where(usage.c.attempt_id == bindparam("one"))
        .values(user=subject.alias, trail=bindparam("told"), tags=bindparam("marks"))
    )
    count, after = 0, ""
    while True:
        # In primary-key order, so that all passes together read the table once.
        query = select(*columns).where(usage.c.attempt_id > after, theirs).order_by(usage.c.attempt_id)
        rows = await database.fetch(query.limit(_BATCH))
        if rows:
            after = rows[-1].attempt_id
            values = [
                {
                    "one": row.attempt_id,
                    "told": without(row.trail, subject),
                    "marks": unmarked(row.tags, subject),
                }
                for row in rows
            ]
            async with database.transaction() as transaction:
                await transaction.execute(written, values)
        count += len(rows)
        if len(rows) < _BATCH:
            return count


async def _rename_hours(database: Database, subject: Subject) -> int:
    theirs = _theirs(usage_hourly.c, subject)
    async with database.transaction() as transaction:
        marks = await transaction.fetch(select(usage_hourly.c.tags).where(theirs).distinct())
        count = 0
        for row in marks:
            values = {"user": subject.alias, "tags": unmarked(row.tags, subject)}
            same = update(usage_hourly).where(theirs, usage_hourly.c.tags == row.tags).values(values)
            count += (await transaction.execute(same)).rowcount
    return count


def _theirs(columns, subject: Subject):  # type: ignore[no-untyped-def]
    by_name = and_(columns.user == subject.name, columns.team == subject.team)
    return and_(or_(columns.key_id.in_(subject.key_ids), by_name), columns.user != subject.alias)


def without(text: str, subject: Subject) -> str:
    """JSON with the name replaced by the alias wherever it is a whole word; "" if it is not JSON."""
    if not text or subject.name not in text and msgspec.json.encode(subject.name)[1:-1].decode() not in text:
        return text
    word = re.compile(rf"(?<!\w){re.escape(subject.name)}(?!\w)")
    try:
        return msgspec.json.encode(_renamed(msgspec.json.decode(text), word, subject.alias)).decode()
    except msgspec.MsgspecError:
        return ""


def unmarked(tags: str, subject: Subject) -> str:
    """A row's tags with the alias for the name, and for values that only this person's keys have."""
    text = without(tags, subject)
    if not text or not subject.marks:
        return text
    values: dict[str, str] = msgspec.json.decode(text)
    told = {name: subject.alias if (name, said) in subject.marks else said for name, said in values.items()}
    return text if told == values else msgspec.json.encode(told).decode()


def _renamed(value: object, word: re.Pattern[str], alias: str) -> object:
    if isinstance(value, str):
        return word.sub(alias, value)
    if isinstance(value, list):
        return [_renamed(each, word, alias) for each in value]
    if isinstance(value, dict):
        return {name: _renamed(each, word, alias) for name, each in value.items()}
    return value


async def named_in_audit(database: Database, subject: Subject) -> int:
    """How many audit rows hold the name: only rows of earlier versions, which wrote names there."""
    if subject.name == subject.alias:
        return 0
    holds = audit.c.details.contains(msgspec.json.encode(subject.name).decode(), autoescape=True)
    found = await database.fetch(select(func.count()).select_from(audit).where(holds))
    return int(found[0][0])


async def at_vendors(database: Database, subject: Subject) -> int:
    """How many objects vendors store for the person's team; who created which is not recorded."""
    of_team = select(func.count()).select_from(vendor_objects).where(vendor_objects.c.team == subject.team)
    return int((await database.fetch(of_team))[0][0])
