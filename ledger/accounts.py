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
    """Each operation is one transaction that also tells every process what changed.

    Raises `AccountError` for what may not be, `StoreError` for what the database does not do.
    """

    store: AccountStore
    organisations: Organisations
    teams: Teams
    users: Users
    keys: Keys

    async def declare(self, facts: Mapping[str, TeamFacts]) -> Declared:
        """Make the declared teams those of the configuration; to be called after each load of it."""
        return await self.teams.declare(facts)

    async def forget_answers(self, order: str) -> None:
        """Tell every process to forget what it keeps of answers, as `caching.purging` words it."""
        async with self.store.change() as change:
            await change.note("answers", order)

    async def ensure_first_key(self) -> MintedKey | None:
        """A key of team `default`, when there is no key at all; of many starters one gets it."""
        if await self.store.database.fetch(select(keys.c.id).limit(1)):
            return None
        async with self.store.change() as change:
            # Asked again inside the change: until it began, another process may have been first.
            if await change.transaction.fetch(select(keys.c.id).limit(1)):
                return None
            team = await self._default_team(change)
            issued = await issue(self.store, change, NewKey(team=team, name="first key"))
        return issued.minted

    async def ensure_default_team(self) -> None:
        """Team `default` is part of every installation, also before its first start."""
        async with self.store.change() as change:
            await self._default_team(change)

    async def _default_team(self, change: AccountChange) -> str:
        found = await change.transaction.fetch(select(teams.c.id).where(teams.c.name == DEFAULT))
        return str(found[0].id) if found else await enter_team(self.store, change, NewTeam(DEFAULT))


def _nobody(_subject_id: str) -> None:
    """In a process without a key ring nobody needs to be told."""


def open_accounts(
    database: Database, clock: Clock, random: RandomBytes, changed: Callable[[str], None] = _nobody
) -> Accounts:
    """`clock` gives Unix seconds, `random` is `secrets.token_bytes`, `changed` a ring's `KeyRing.forget`."""
    store = AccountStore(database, clock, random, changed)
    return Accounts(store, Organisations(store), Teams(store), Users(store), Keys(store))
