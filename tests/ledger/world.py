"""A small world for tests of accounts: a database with tables, a clock that is set, a ring, the accounts."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, event

from ledger.accounts import Accounts, open_accounts
from ledger.entities import IssuedKey, NewKey, NewTeam
from ledger.keyring import KeyRing
from storage.engine import Database, open_database
from tests import tables


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    database: Database
    clock: Clock
    ring: KeyRing
    accounts: Accounts
    statements: list[str]  # every statement that reached the database

    async def key(self, **of: Any) -> IssuedKey:
        """A key of team `support`, which is made when it is missing."""
        listing = await self.accounts.teams.list(limit=200)
        if "team" not in of and "support" not in {team.name for team in listing.items}:
            await self.accounts.teams.create(NewTeam("support"))
        return await self.accounts.keys.create(NewKey(**{"team": "support", **of}))

    async def credential(self, **of: Any) -> bytes:
        return (await self.key(**of)).minted.plaintext.encode()

    async def write(self, statement: Executable) -> None:
        async with self.database.transaction() as transaction:
            await transaction.execute(statement)


@asynccontextmanager
async def opened(file: Path, deadline: float = 10.0) -> AsyncIterator[Database]:
    """A SQLite database with the tables of the schema."""
    tables.put(file)
    database = open_database(f"sqlite:///{file}", deadline=deadline)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def world(file: Path, *, deadline: float = 10.0, **ring_options: Any) -> AsyncIterator[World]:
    async with opened(file, deadline) as database:
        clock = Clock()
        ring = KeyRing(database, clock, **ring_options)
        accounts = open_accounts(database, clock, secrets.token_bytes, ring.forget)
        statements: list[str] = []

        @event.listens_for(database.engine.sync, "before_cursor_execute")
        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        yield World(database, clock, ring, accounts, statements)
        await ring.close()
