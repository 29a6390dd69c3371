"""What SQLite promises, PostgreSQL keeps: the same accounts on a real server."""

import asyncio
import secrets
import time

import pytest
from sqlalchemy import text

from ledger.accounts import Accounts, open_accounts
from ledger.changes import changes_since, last_change
from ledger.credentials import UnknownKey
from ledger.entities import AccountError, NewKey, NewTeam
from ledger.keyring import KeyRing
from storage.engine import Database, open_database
from storage.errors import StoreDown, StoreSlow
from storage.ready import ensure_schema
from tests.ledger.world import Clock
from tests.storage.postgres import postgres


@pytest.fixture(scope="module")
def url():
    with postgres() as running:
        yield running


def accounts_of(database: Database, ring: KeyRing) -> Accounts:
    return open_accounts(database, Clock(), secrets.token_bytes, ring.forget)


async def test_accounts_work_on_postgresql_as_on_sqlite(url) -> None:
    database = open_database(url)
    other = open_database(url)
    try:
        assert await asyncio.gather(*(ensure_schema(each) for each in (database, other))) == [True, True]
        assert await ensure_schema(database) is False
        ring, elsewhere = KeyRing(database, Clock()), KeyRing(other, Clock())
        accounts = accounts_of(database, ring)
        first = await asyncio.gather(*(accounts.ensure_first_key() for _ in range(4)))
        assert sum(key is not None for key in first) == 1
        await accounts.teams.create(NewTeam("support", "acme", ("fast",), (("a", "b"),)))
        issued = await accounts.keys.create(NewKey("support", "ann"))
        credential = issued.minted.plaintext.encode()
        await elsewhere.catch_up()
        assert (await elsewhere.identify(credential)).tags_json == '{"a":"b"}'
        await accounts.keys.rotate(issued.key.id, 60)
        await accounts.keys.revoke(issued.key.id)
        await elsewhere.catch_up()
        with pytest.raises(UnknownKey, match="revoked"):
            await elsewhere.identify(credential)
        with pytest.raises(AccountError, match="already an organisation"):
            await accounts.organisations.create("acme")
        page = await accounts.keys.list(limit=2)
        rest = await accounts.keys.list(limit=2, after=page.items[-1].id)
        assert (len(page.items), page.more, len(rest.items), rest.more) == (2, True, 1, False)
    finally:
        await database.close()
        await other.close()


async def test_a_change_that_commits_late_is_not_skipped_by_a_reader(url) -> None:
    database = open_database(url)
    try:
        await ensure_schema(database)
        accounts = accounts_of(database, KeyRing(database, Clock()))
        start = await last_change(database)
        async with asyncio.TaskGroup() as group:
            async with accounts.store.change() as slow:
                await slow.note("key", "slow")
                quick = group.create_task(accounts.organisations.create("quick"))
                await asyncio.sleep(0.1)
                assert not quick.done()
                assert await last_change(database) == start
        assert (await changes_since(database, start)).subjects == ("slow", quick.result().id)
    finally:
        await database.close()


async def test_a_statement_that_takes_too_long_is_slow(url) -> None:
    database = open_database(url, deadline=1.0)
    try:
        began = time.monotonic()
        with pytest.raises(StoreSlow):
            await database.fetch(text("SELECT pg_sleep(30)"))
        assert time.monotonic() - began < 15
        assert (await database.fetch(text("SELECT 1")))[0][0] == 1
    finally:
        await database.close()


async def test_a_text_that_no_row_can_have_is_in_none(url) -> None:
    database = open_database(url)
    try:
        assert await database.fetch(text("SELECT 1 WHERE :name = 'a'"), {"name": "a\0"}) == ()
        assert len(await database.fetch(text("SELECT 1"))) == 1
    finally:
        await database.close()


async def test_a_server_that_refuses_us_is_down(url) -> None:
    for wrong in (
        url.replace("postgres@", "nobody@"),
        f"{url}-nowhere",
        "postgresql://a:secret@127.0.0.1:1/b",
    ):
        database = open_database(wrong)
        with pytest.raises(StoreDown) as failure:
            await ensure_schema(database)
        assert "secret" not in str(failure.value)
        await database.close()
