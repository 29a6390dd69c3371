"""Organisations and users: the accounts above and beside a team."""

from typing import Any

from sqlalchemy import Row, insert, or_, select

from ledger.changes import AccountChange, AccountStore
from ledger.entities import AlreadyExists, Listing, NotFound, Organisation, User
from ledger.naming import check_name
from ledger.paging import page
from ledger.teams import team_id_of
from storage.errors import StoreConflict
from storage.schema import organisations, teams, users


class Organisations:
    """The roots of the account trees."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def create(self, name: str) -> Organisation:
        """Create an organisation. Raises `AlreadyExists`, `InvalidChange`."""
        made = Organisation(self._store.new_id("org"), check_name(name), self._store.now_ms())
        row = {"id": made.id, "name": made.name, "created_ms": made.created_ms}
        try:
            async with self._store.change() as change:
                await change.transaction.execute(insert(organisations), row)
                await change.note("organisation", made.id)
        except StoreConflict as error:
            raise AlreadyExists(f"There is already an organisation {name!r}.", "name") from error
        return made

    async def get(self, ref: str) -> Organisation:
        """An organisation by name or id; raises `NotFound`."""
        match = or_(organisations.c.id == ref, organisations.c.name == ref)
        rows = await self._store.database.fetch(select(organisations).where(match))
        if not rows:
            raise NotFound(f"There is no organisation {ref!r}.", "organisation")
        return _organisation(rows[0])

    async def list(self, limit: int = 20, after: str | None = None) -> Listing[Organisation]:
        rows, more = await page(self._store.database, select(organisations), organisations, limit, after)
        return Listing(tuple(_organisation(row) for row in rows), more)


class Users:
    """The people and services of the teams."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def create(self, team: str, name: str) -> User:
        """Create a user. Raises `NotFound` if there is no such team, `AlreadyExists`, `InvalidChange`."""
        check_name(name)
        try:
            async with self._store.change() as change:
                team_id = await team_id_of(change.transaction, team)
                user_id = await enter_user(self._store, change, team_id, name)
        except StoreConflict as error:
            raise AlreadyExists(f"Team {team!r} already has a user {name!r}.", "name") from error
        return await self.get(user_id)

    async def get(self, user_id: str) -> User:
        """A user by id; raises `NotFound`."""
        rows = await self._store.database.fetch(_USERS.where(users.c.id == user_id))
        if not rows:
            raise NotFound(f"There is no user with the id {user_id!r}.", "user")
        return _user(rows[0])

    async def list(self, team: str | None = None, limit: int = 20, after: str | None = None) -> Listing[User]:
        """The users of one team (name or id) or of all."""
        query = _USERS if team is None else _USERS.where(or_(teams.c.id == team, teams.c.name == team))
        rows, more = await page(self._store.database, query, users, limit, after)
        return Listing(tuple(_user(row) for row in rows), more)


_USERS = select(users.c.id, users.c.name, teams.c.name.label("team"), users.c.created_ms).join(teams)


async def enter_user(store: AccountStore, change: AccountChange, team_id: str, name: str) -> str:
    """Insert a user within the change; returns the id. Raises `StoreConflict` if the name is taken."""
    user_id = store.new_id("user")
    row = {"id": user_id, "team_id": team_id, "name": name, "created_ms": change.now_ms}
    await change.transaction.execute(insert(users), row)
    await change.note("user", user_id)
    return user_id


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.name, row.created_ms)


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, row.team, row.created_ms)
