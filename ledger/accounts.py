"""All operations on accounts in one value: organisations, teams, users and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from config.catalog import TeamFacts
from ledger.changes import AccountChange, AccountStore, Clock
from ledger.entities import NewKey, NewTeam
from ledger.keybook import Keys, issue
from ledger.keys import MintedKey, RandomBytes
from ledger.people import Organisations, Users
from ledger.principal import Principal as Principal
from ledger.teams import Declared, Teams, enter_team
from storage.engine import Database
from storage.schema import keys, teams

DEFAULT = "default"  # the name of the first team and organisation


@dataclass(frozen=True, slots=True)
class Accounts:
    """Each operation is one transaction, which also notifies every process of the change.

    Raises `AccountError` if the change is not allowed, `StoreError` if the database fails.
    """

    store: AccountStore
    organisations: Organisations
    teams: Teams
    users: Users
    keys: Keys

    async def declare(self, facts: Mapping[str, TeamFacts]) -> Declared:
        """Synchronise the declared teams with the configuration; call after each load of it."""
        return await self.teams.declare(facts)

    async def forget_answers(self, order: str) -> None:
        """Tell every process to purge cached answers; `order` is worded by `caching.purging`."""
        async with self.store.change() as change:
            await change.note("answers", order)

    async def ensure_first_key(self) -> MintedKey | None:
        """Create a key of team `default` if no key exists; None if one does, or another process was first."""
        if await self.store.database.fetch(select(keys.c.id).limit(1)):
            return None
        async with self.store.change() as change:
            # Checked again inside the transaction: another process may have created a key before it began.
            if await change.transaction.fetch(select(keys.c.id).limit(1)):
                return None
            team = await self._default_team(change)
            issued = await issue(self.store, change, NewKey(team=team, name="first key"))
        return issued.minted

    async def ensure_default_team(self) -> None:
        """Create team `default` if it is missing: every installation has it, even before its first start."""
        async with self.store.change() as change:
            await self._default_team(change)

    async def _default_team(self, change: AccountChange) -> str:
        found = await change.transaction.fetch(select(teams.c.id).where(teams.c.name == DEFAULT))
        return str(found[0].id) if found else await enter_team(self.store, change, NewTeam(DEFAULT))


def _nobody(_subject_id: str) -> None:
    """The default `changed`, for a process without a key ring."""


def open_accounts(
    database: Database, clock: Clock, random: RandomBytes, changed: Callable[[str], None] = _nobody
) -> Accounts:
    """`clock`: Unix seconds; `random`: `secrets.token_bytes`; `changed`: a ring's `KeyRing.forget`."""
    store = AccountStore(database, clock, random, changed)
    return Accounts(store, Organisations(store), Teams(store), Users(store), Keys(store))
