"""Who is erased is nowhere any more, in no table and no file, and every sum of money is what it was."""

import json
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import String, func, insert, select

from caching.disk import Disk
from caching.sealing import Sealing
from config.retention import ContentKey
from gateway.contents.sealing import Locksmith
from gateway.contents.vault import Content, Vault
from gateway.erasing import Places, erase
from gateway.routing.learning import Label, Learning, Sample
from ledger.accounts import open_accounts
from ledger.audit import verify
from ledger.entities import InvalidChange, NewKey, NewTeam, NotFound
from ledger.erasing import RULES
from ledger.store import RowStore
from storage.engine import Database, open_database
from storage.ready import ensure_schema
from storage.schema import (
    alerts,
    batch_lines,
    batches,
    content_keys,
    contents,
    files,
    kill_switches,
    memories,
    metadata,
    run_events,
    runs,
    tool_outbox,
    usage,
    usage_hourly,
    vendor_objects,
)
from tests.caching.test_kept import KEPT
from tests.gateway.contents.copies import FIRST
from tests.ledger.facts import ROW
from tests.storage.postgres import postgres

ANN, BOB = "Ann.Marker.Owl", "Bob.Marker.Fox"
SAID = {ANN: "the owls sleep in the tower", BOB: "the foxes walk in the yard"}
KEYS: tuple[ContentKey, ...] = (FIRST,)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def places(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Places]:
    url = f"sqlite:///{tmp_path}/a.db" if request.param == "sqlite" else request.getfixturevalue("server")
    database = open_database(url, deadline=30.0)
    await ensure_schema(database)
    accounts = open_accounts(database, lambda: 1_790_000_000.0, secrets.token_bytes)
    yield Places(accounts, tmp_path / "files", tmp_path / "router")
    await database.close()


def row_of(table: Any, **said: Any) -> dict[str, Any]:
    """A row with something in every column that must have something."""
    row = {}
    for column in table.columns:
        if column.name in said:
            row[column.name] = said[column.name]
        elif not column.nullable and column.server_default is None:
            row[column.name] = "x" if isinstance(column.type, String) else 1
    return row


AT = 1_790_000_000_000


async def ship(places: Places, name: str, key_id: str) -> None:
    """Three answers and a denial."""
    trail = json.dumps([["limits", "refused", f"the budget of user {name} is spent", {}]])
    tags = json.dumps({"app": "mail", "who": name})
    rows = [
        msgspec.structs.replace(
            ROW,
            attempt_id=f"req_{AT:011x}{key_id}{n}.1",
            user=name,
            team="signalmen",
            key_id=key_id,
            trail=trail,
            tags=tags,
        )
        for n in range(3)
    ]
    refused = f"req_{AT:011x}{key_id}9.0"
    denied = msgspec.structs.replace(rows[0], attempt_id=refused, error_code="insufficient_quota")
    await RowStore(places.database, key_id).ship([*rows, denied], lambda row: None)


async def seed(places: Places, name: str) -> tuple[str, str]:
    """Something in every table, and in every file, about one person; their id, and their key's."""
    accounts, database = places.accounts, places.database
    issued = await accounts.keys.create(NewKey("signalmen", name, f"{name}'s laptop", tags=(("who", name),)))
    key_id, said = issued.key.id, SAID[name]
    await ship(places, name, key_id)
    content = Content(f"req_{key_id}", AT, AT + 10**12, "signalmen", key_id, "full", said.encode())
    assert await Vault(database, Locksmith(KEYS)).keep([content], AT)
    up, out = f"up{key_id}", f"out{key_id}"
    step = json.dumps({"said": said, "key": f"s{key_id}"})
    alert = {"level": "user", "owner": f"signalmen/{name}"}
    async with database.transaction() as transaction:
        for table, row in (
            (files, {"id": up, "key_id": key_id, "filename": f"{name}.jsonl", "blob": up}),
            (files, {"id": out, "filename": f"{name}.out", "blob": out}),
            (
                batches,
                {"id": f"b{key_id}", "key_id": key_id, "metadata": said, "output_file_id": out},
            ),
            (batch_lines, {"batch_id": f"b{key_id}", "line": 1, "text": said}),
            (runs, {"id": f"r{key_id}", "key_id": key_id, "request_key": f"{name} asks"}),
            (
                run_events,
                {"run_id": f"r{key_id}", "seq": 0, "body": step},
            ),
            (tool_outbox, {"key": f"s{key_id}", "body": json.dumps(said)}),
            (memories, {"key": f"s{key_id}", "key_id": key_id, "text": said}),
            (alerts, {"id": f"a{key_id}", "body": json.dumps(alert)}),
            (kill_switches, {"scope": "model", "name": f"m{key_id}", "by": name}),
            (vendor_objects, {"vendor": "v", "id": f"o{key_id}", "team": "signalmen"}),
        ):
            await transaction.execute(insert(table), row_of(table, **row))
    places.files.mkdir(exist_ok=True)
    for blob in (up, out):
        (places.files / blob).write_text(said)
    learning = Learning(places.samples, 1)
    learning.sample(Sample(f"req_{AT:011x}{key_id}0", "signalmen", "auto", "strong", 1.0, [1], [1.0]))
    learning.label(Label(f"req_{AT:011x}{key_id}0", "signalmen", 1.0))
    return str(await user_id(places, name)), key_id


async def user_id(places: Places, name: str) -> str | None:
    listing = await places.accounts.users.list("signalmen", limit=100)
    return next((each.id for each in listing.items if each.name == name), None)


async def everything(places: Places) -> str:
    """All that there is: of SQLite the very bytes of its files, of PostgreSQL each row."""
    database = places.database
    on_disk = [*places.files.glob("*"), *places.samples.glob("*")]
    if database.mooring is not None:
        on_disk += Path(database.mooring.path).parent.glob("a.db*")
    found = [each.read_bytes().decode("latin-1") for each in on_disk]
    for table in metadata.sorted_tables:
        found += [str(tuple(row)) for row in await database.fetch(select(table))]
    return "\n".join(found)


async def money(database: Database) -> tuple[Any, ...]:
    sums = select(func.sum(usage.c.cost_nano), func.count()).select_from(usage)
    hours = select(func.sum(usage_hourly.c.cost_nano), func.sum(usage_hourly.c.attempts))
    return (*(await database.fetch(sums))[0], *(await database.fetch(hours))[0])


async def test_every_table_says_how_a_person_is_erased_from_it() -> None:
    assert set(RULES) == {table.name for table in metadata.sorted_tables}


async def test_of_one_person_nothing_is_left_and_of_others_nothing_is_gone(places: Places) -> None:
    if await user_id(places, ANN) is None:
        await places.accounts.teams.create(NewTeam("signalmen"))
    ann, ann_key = await seed(places, ANN)
    _, bob_key = await seed(places, BOB)
    before, paid = await everything(places), await money(places.database)
    assert ANN in before and SAID[ANN] in before
    receipt = await erase(places, f"signalmen/{ANN}", settle=0.0)
    after = await everything(places)
    assert ANN not in after and SAID[ANN] not in after
    assert await money(places.database) == paid
    [kept] = receipt.left[1:]
    assert receipt.user == ann and re.match(r"\d+ responses, files .* vendors keep for the team", kept)
    done = {(each["where"], each["how"]): each["number"] for each in receipt.done}
    assert done["usage", "renamed"] == 4 and done["files of batches", "deleted"] == 2
    assert not [where for (where, _), number in done.items() if number == 0]
    # The other one is as before, in each place.
    assert (places.files / f"up{bob_key}").read_text() == SAID[BOB]
    assert after.count(BOB) >= 10
    read = await Vault(places.database, Locksmith(KEYS)).read(f"req_{bob_key}")
    assert read is not None and read[1].decode() == SAID[BOB]
    samples = "".join(each.read_text() for each in places.samples.glob("*"))
    assert bob_key in samples and ann_key not in samples
    # The receipt is vouched for.
    plain = msgspec.structs.replace(receipt, sha256="", audit="")
    assert msgspec.json.encode(plain) and receipt.sha256 in after
    assert not (await verify(places.database, receipt.audit)).fault
    # Again by the id: nothing is there, and what is still on its way is not kept.
    again = await erase(places, ann, settle=0.0)
    assert again.alias == receipt.alias
    assert [each["number"] for each in again.done if each["where"] == "usage"] == [0]
    late = Content("req_late", 1, 10**13, "signalmen", ann_key, "full", SAID[ANN].encode())
    assert await Vault(places.database, Locksmith(KEYS)).keep([late], 1) == 0
    held = await places.database.fetch(select(content_keys).where(content_keys.c.key_id == ann_key))
    assert held[0].sealed == b"" and not await places.database.fetch(
        select(contents).where(contents.c.key_id == ann_key)
    )


async def test_the_file_of_the_cache_is_emptied_whoever_has_it_open(places: Places, tmp_path: Path) -> None:
    team = f"cached-{places.database.dialect}"
    await places.accounts.teams.create(NewTeam(team))
    await places.accounts.keys.create(NewKey(team, "eve"))
    file = tmp_path / "answers.sqlite"
    disk = Disk(file, 10**9, Sealing(), lambda: 1_790_000_000.0)
    disk.deadline = 30.0
    kept = msgspec.structs.replace(KEPT, body=SAID[ANN].encode(), gone_at=1_800_000_000.0)
    await disk.put(bytes(32), "call", kept, 1_790_000_000.0)
    file.with_suffix(".broken").write_text(SAID[ANN])
    left = tmp_path.glob
    assert any(SAID[ANN].encode() in each.read_bytes() for each in left("answers*"))
    receipt = await erase(replace(places, answers=file), f"{team}/eve", settle=0.0)
    assert not any(SAID[ANN].encode() in each.read_bytes() for each in left("answers*"))
    assert {"where": "answers kept on this machine", "how": "deleted", "number": 1} in receipt.done
    assert await disk.get(bytes(32)) is False
    await disk.close()


async def test_tags_that_only_their_keys_have_are_gone_and_shared_ones_stay(
    places: Places,
) -> None:
    team = f"tagged-{places.database.dialect}"
    await places.accounts.teams.create(NewTeam(team))
    cost = ("cost", f"4711-{team}")
    issued = await places.accounts.keys.create(NewKey(team, "fay", tags=(("staff", "E-20817"), cost)))
    await places.accounts.keys.create(NewKey(team, "gus", tags=(cost,)))
    key_id, tags = issued.key.id, {"staff": "E-20817", "cost": cost[1]}
    row = msgspec.structs.replace(
        ROW,
        attempt_id=f"req_{AT:011x}{key_id}.1",
        user="fay",
        team=team,
        key_id=key_id,
        tags=json.dumps(tags),
    )
    await RowStore(places.database, key_id).ship([row], lambda row: None)
    receipt = await erase(places, f"{team}/fay", settle=0.0)
    for table in (usage, usage_hourly):
        [held] = await places.database.fetch(select(table.c.tags).where(table.c.key_id == key_id))
        assert json.loads(held.tags) == {"staff": receipt.alias, "cost": cost[1]}


async def test_who_it_is_about_must_be_clear(places: Places) -> None:
    for team in ("first", "second"):
        await places.accounts.teams.create(NewTeam(f"{team}-{places.database.dialect}"))
        await places.accounts.keys.create(NewKey(f"{team}-{places.database.dialect}", "cid"))
    with pytest.raises(InvalidChange, match="There are several: first-.*/cid, second-.*/cid"):
        await erase(places, "cid", settle=0.0)
    with pytest.raises(NotFound):
        await erase(places, "nobody/cid", settle=0.0)


async def test_names_in_rows_of_an_earlier_version_are_told(places: Places) -> None:
    name = f"Dora {places.database.dialect}"
    await places.accounts.teams.create(NewTeam(f"old-{places.database.dialect}"))
    await places.accounts.keys.create(NewKey(f"old-{places.database.dialect}", name))
    async with places.accounts.store.change() as change:
        await change.record("user.create", "u", {"name": name})
    receipt = await erase(places, name, settle=0.0)
    assert receipt.left[1].startswith("1 rows of the audit")
