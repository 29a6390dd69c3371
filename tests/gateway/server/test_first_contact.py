"""A start whose database is away goes on with the keys that the one before it knew, and catches up later."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from config.catalog import TeamFacts
from gateway.clock import SYSTEM_CLOCK
from gateway.server import first_contact
from gateway.server.first_contact import FirstContact
from ledger.accounts import open_accounts
from ledger.keyring import KeyRing
from storage.engine import open_database
from storage.errors import StoreDown
from tests.journeys.program import until
from tests.storage.postgres import PostgresServer, postgres_server

TEAMS = {"a": TeamFacts("a", "acme")}
AWAY = "postgresql://u@127.0.0.1:1/d"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@asynccontextmanager
async def start(url: str, state: Path) -> AsyncIterator[tuple[FirstContact, KeyRing]]:
    database = open_database(url, deadline=20.0)
    ring = KeyRing(database, SYSTEM_CLOCK.unix_seconds)
    accounts = open_accounts(database, SYSTEM_CLOCK.unix_seconds, secrets.token_bytes, ring.forget)
    yield FirstContact(database, url, accounts, ring, state), ring
    await ring.close()
    await database.close()


async def keep(contact: FirstContact, done: Callable[[], bool]) -> None:
    """Until this is so."""
    keeping = asyncio.ensure_future(contact.keep(lambda: TEAMS))
    await asyncio.to_thread(until, done, "it never comes to be")
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping


async def test_the_second_start_needs_no_database(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_contact, "_RETRY_SECONDS", 0.05)
    async with start(server.url, tmp_path) as (contact, ring):
        first = await contact.make(TEAMS)
        assert first is not None and not contact.late
        credential = first.plaintext.encode()
        known = await ring.identify(credential)
        await keep(contact, (tmp_path / "keys.json").exists)
    server.stop()
    try:
        async with start(server.url, tmp_path) as (contact, ring):
            assert await contact.make(TEAMS) is None
            assert contact.late
            assert await ring.identify(credential) == known
            with pytest.raises(StoreDown):
                await ring.holder_of("somebody")
            server.start()
            await keep(contact, lambda: not contact.late)
            assert await ring.identify(credential) == known
    finally:
        with suppress(CalledProcessError):  # it runs
            server.start()


async def test_a_first_start_fails_where_nobody_ever_reached_the_database(tmp_path: Path) -> None:
    async with start(AWAY, tmp_path) as (contact, _):
        with pytest.raises(StoreDown):
            await contact.make(TEAMS)


async def test_a_database_file_is_made_and_nothing_noted(tmp_path: Path) -> None:
    async with start(f"sqlite:///{tmp_path}/a.db", tmp_path) as (contact, _):
        assert not contact.elsewhere
        assert await contact.make(TEAMS) is not None
