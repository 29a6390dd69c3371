"""Connects to the database at start, or starts without it if it does not answer."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from config.catalog import TeamFacts
from ledger import remembered
from ledger.accounts import Accounts
from ledger.keyring import KeyRing
from ledger.keys import MintedKey
from storage.engine import Database, is_current
from storage.errors import StoreDown, StoreError
from storage.ready import ensure_schema

log = logging.getLogger("signalbox.ledger")

WRITE_SECONDS = 5.0  # between notes of the keys that were confirmed
_RETRY_SECONDS = 2.0  # while the database is away


class FirstContact:
    """Makes the tables and the declared teams what they should be, at once or as soon as it can be done.

    A start goes on without its database where this state directory served from that database before. Keys
    that it confirmed less than ten minutes ago are known from the disk then.
    """

    def __init__(self, database: Database, url: str, accounts: Accounts, ring: KeyRing, state: Path) -> None:
        self._database = database
        self._url = url
        self._accounts = accounts
        self._ring = ring
        self._file = state / "keys.json"
        self.elsewhere = database.engine.dialect.name != "sqlite"  # a file of ours is never away alone
        self.late = False  # the database was away, and has not been spoken to yet

    async def make(self, teams: Mapping[str, TeamFacts]) -> MintedKey | None:
        """The first key of a new installation. Raises StoreError where the start cannot go on."""
        try:
            await is_current(self._database)
        except StoreDown as error:
            kept = await asyncio.to_thread(remembered.read, self._file, self._url) if self.elsewhere else None
            if kept is None:
                raise
            self._ring.recall(kept)
            self.late = True
            log.warning("%s Waiting for it; keys verified within ten minutes are served meanwhile.", error)
            return None
        await ensure_schema(self._database)
        await self._accounts.declare(teams)
        return await self._accounts.ensure_first_key()

    async def keep(self, teams: Callable[[], Mapping[str, TeamFacts]]) -> None:
        """Do what is owed, then note which keys are known, until cancelled."""
        while self.late:
            try:
                await ensure_schema(self._database)
                await self._accounts.declare(teams())
                self.late = False
                log.info("the database is available")
            except StoreError:
                await asyncio.sleep(_RETRY_SECONDS)
        before: list[tuple[bytes, float]] | None = None
        while True:
            keys = self._ring.confirmed()
            now = [(credential.digest, at) for credential, at in keys]
            if now != before:
                try:
                    await asyncio.to_thread(remembered.write, self._file, self._url, keys)
                    before = now
                except OSError as error:
                    log.warning("known keys cannot be saved for a start without the database: %s", error)
            await asyncio.sleep(WRITE_SECONDS)
