"""The audit is a chain: whatever is changed, taken out or put in is found and named."""

import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from ledger.accounts import open_accounts
from ledger.audit import ACTING, DENIALS, Entry, digest, entries, verify
from ledger.entities import KeyPatch, NewKey, NewTeam
from ledger.store import RowStore
from storage.engine import Database, open_database
from storage.errors import StoreError
from storage.migrate import migrate
from tests.ledger.facts import ROW, refused
from tests.storage.postgres import postgres

moments = map(float, itertools.count(1_800_000_000))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("audit")
        yield f"sqlite:///{folder}/a.db"
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """With the tables of the migrations, and an audit without any row."""
    opened = open_database(url, deadline=30)
    await migrate(opened)
    await spoil(opened, "DELETE FROM audit")
    yield opened
    await opened.close()


async def spoil(database: Database, statement: str) -> None:
    """What only who owns the database can do: the triggers are out of the way."""
    if database.dialect == "postgresql":
        before, after = "ALTER TABLE audit DISABLE TRIGGER ALL", "ALTER TABLE audit ENABLE TRIGGER ALL"
        statements = [before, statement, after]
    else:
        made = await database.fetch(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        )
        statements = [
            *(f"DROP TRIGGER {row.name}" for row in made),
            statement,
            *(row.sql for row in made),
        ]
    async with database.transaction() as transaction:
        for each in statements:
            await transaction.execute(text(each))


async def life(database: Database) -> list[Entry]:
    """A team, a key that is changed and revoked; what the audit says of it."""
    accounts = open_accounts(database, lambda: next(moments), secrets.token_bytes)
    team = f"support{next(moments):.0f}"
    acting = ACTING.set("key chief")
    try:
        await accounts.teams.create(NewTeam(team))
        issued = await accounts.keys.create(NewKey(team, name="mail"))
        await accounts.keys.update(issued.key.id, KeyPatch(name="post"))
        await accounts.keys.revoke(issued.key.id)
    finally:
        ACTING.reset(acting)
    found = [each async for each in entries(database)]
    assert issued.minted.plaintext not in str(found)
    assert issued.minted.hash not in str(found)
    return found


async def test_every_act_is_entered_with_who_did_it_and_what_became_of_it(database: Database) -> None:
    found = await life(database)
    acts = [(each.action, each.actor) for each in found if not each.action.startswith("organisation")]
    assert acts == [
        (action, "key chief") for action in ("team.create", "key.create", "key.change", "key.revoke")
    ]
    assert "name" not in msgspec.json.decode(found[-2].details)  # it may be a person's
    assert not any("post" in each.details for each in found)
    verdict = await verify(database)
    assert (verdict.rows, verdict.fault) == (len(found), "")
    assert verdict.head == f"{found[-1].seq}:{found[-1].hash}"


async def test_rows_are_neither_changed_nor_deleted(database: Database) -> None:
    await life(database)
    for statement in ("UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"):
        with pytest.raises(StoreError):
            async with database.transaction() as transaction:
                await transaction.execute(text(statement))
    assert not (await verify(database)).fault


async def test_denials_are_entered_once_however_often_they_are_shipped(database: Database) -> None:
    def row(name: str, code: str) -> Any:
        return msgspec.structs.replace(ROW, attempt_id=f"req_{name}.0", status="refused", error_code=code)

    rows = [row("a", "model_not_allowed"), row("b", "rate_limit_exceeded"), row("c", "insufficient_quota")]
    store = RowStore(database, "p")
    await store.ship(rows[:2], refused)
    await store.ship(rows, refused)
    found = [each async for each in entries(database)]
    assert [(each.action, each.subject) for each in found] == [("denied", "req_a.0"), ("denied", "req_c.0")]
    assert {msgspec.json.decode(each.details)["code"] for each in found} <= DENIALS
    assert not (await verify(database)).fault


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor = 'key other' WHERE seq = 2", "row 2 "),
        ("UPDATE audit SET details = '{}' WHERE seq = 3", "row 3 "),
        ("DELETE FROM audit WHERE seq = 2", "row 2 is missing"),
        ("UPDATE audit SET previous = hash WHERE seq = 3", "row 3 does not follow"),
    ],
)
async def test_a_row_that_was_tampered_with_is_named(database: Database, statement: str, said: str) -> None:
    await life(database)
    await spoil(database, statement)
    verdict = await verify(database)
    assert said in verdict.fault
    assert verdict.rows == int(said.split()[1]) - 1


async def test_rows_cut_off_at_the_end_are_missed_by_who_kept_the_head(database: Database) -> None:
    found = await life(database)
    head = (await verify(database)).head
    await spoil(database, f"DELETE FROM audit WHERE seq = {found[-1].seq}")
    assert not (await verify(database)).fault
    assert f"row {found[-1].seq} with the hash" in (await verify(database, head)).fault


async def test_a_row_forged_with_its_own_hash_breaks_the_next(database: Database) -> None:
    found = await life(database)
    forged = msgspec.structs.replace(found[1], actor="key other")
    await spoil(
        database, f"UPDATE audit SET actor = 'key other', hash = '{digest(forged)}' WHERE seq = {forged.seq}"
    )
    assert "row 3 does not follow" in (await verify(database)).fault
