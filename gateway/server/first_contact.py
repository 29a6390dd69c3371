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

WRITE_SECONDS = 5.0  # between writes of the confirmed keys
_RETRY_SECONDS = 2.0  # while the database is unavailable


class FirstContact:
    """Creates the tables and the declared teams, at start or as soon as the database answers.

    A start continues without its database if this state directory has served from that database before. Keys
    that the database confirmed less than ten minutes ago are then read from disk.
    """

    def __init__(self, database: Database, url: str, accounts: Accounts, ring: KeyRing, state: Path) -> None:
        self._database = database
        self._url = url
        self._accounts = accounts
        self._ring = ring
        self._file = state / "keys.json"
        self.elsewhere = database.engine.dialect.name != "sqlite"  # a local file does not become unreachable
        self.late = False  # the database was unreachable and has not answered yet

    async def make(self, teams: Mapping[str, TeamFacts]) -> MintedKey | None:
        """The first key of a new installation, else None. Raises StoreError if the start cannot continue."""
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
        """Catches up on a late start, then saves the confirmed keys whenever they change, until cancelled."""
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
