"""The life of a key: created, changed, rotated, revoked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec import UNSET
from sqlalchemy import Row, insert, or_, select, update

from config.limit import Limit
from ledger.changes import AccountChange, AccountStore
from ledger.entities import InvalidChange, IssuedKey, Key, KeyPatch, Listing, NewKey, NotFound
from ledger.keys import mint
from ledger.naming import (
    check_limits,
    check_models,
    check_name,
    check_tags,
    dump_limits,
    dump_models,
    dump_tags,
    load_limits,
    load_models,
    load_tags,
)
from ledger.paging import page
from ledger.people import enter_user
from ledger.teams import team_id_of
from storage.engine import Database, Transaction
from storage.schema import keys, teams, users

_KEYS = select(
    *(column for column in keys.c if column.name not in ("hash", "team_id", "user_id")),
    teams.c.name.label("team"),
    teams.c.archived_ms.label("team_archived_ms"),
    users.c.name.label("user"),
).select_from(keys.join(teams).outerjoin(users, keys.c.user_id == users.c.id))

_YEAR_MS = 365 * 86_400_000
_LONGEST_LIFE_MS = 100 * _YEAR_MS


class Keys:
    """The keys in the database. Raises `StoreError` if it fails."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def create(self, new: NewKey) -> IssuedKey:
        """Create a key. Raises `NotFound` if there is no such team, `InvalidChange`."""
        async with self._store.change() as change:
            return await issue(self._store, change, new)

    async def get(self, key_id: str) -> Key:
        """A key by its id; raises `NotFound`."""
        rows = await self._store.database.fetch(_KEYS.where(keys.c.id == key_id))
        return _required(rows[0] if rows else None, key_id)

    async def list(
        self, *, team: str | None = None, limit: int = 20, after: str | None = None
    ) -> Listing[Key]:
        """The keys of one team (name or id) or of all, including revoked and expired ones."""
        query = _KEYS if team is None else _KEYS.where(or_(teams.c.id == team, teams.c.name == team))
        rows, more = await page(self._store.database, query, keys, limit, after)
        return Listing(tuple(_key(row) for row in rows), more)

    async def update(self, key_id: str, patch: KeyPatch) -> Key:
        """Change a key. Raises `NotFound`, or `InvalidChange` such as for a revoked key."""

        def patched(key: Key, now_ms: int) -> Key:
            _unrevoked(key)
            if patch.name is not UNSET:
                key = replace(key, name=_key_name(patch.name))
            if patch.models is not UNSET:
                key = replace(key, models=check_models(patch.models))
            if patch.tags is not UNSET:
                key = replace(key, tags=check_tags(patch.tags))
            if patch.limits is not UNSET:
                key = replace(key, limits=check_limits(patch.limits))
            if patch.expires_ms is not UNSET:
                key = replace(key, expires_ms=_expiry(patch.expires_ms, now_ms))
            return key

        async with self._store.change() as change:
            return await _change(change, key_id, patched)

    async def revoke(self, key_id: str) -> Key:
        """Revoke the key permanently; idempotent. Raises `NotFound`."""

        def revoked(key: Key, now_ms: int) -> Key:
            return key if key.revoked_ms is not None else replace(key, revoked_ms=now_ms)

        async with self._store.change() as change:
            return await _change(change, key_id, revoked)

    async def rotate(self, key_id: str, grace_seconds: float = 0.0) -> IssuedKey:
        """Create a successor; the old key works for the grace period and then expires.

        If the old key has an expiry, its successor gets the same lifetime from now. Raises `NotFound`,
        `InvalidChange` if the key no longer works or was already replaced.
        """
        if not 0 <= grace_seconds <= 365 * 86_400:
            raise InvalidChange(f"grace is {grace_seconds:g} s; allowed is 0 s to 365 days.", "grace_seconds")
        async with self._store.change() as change:
            old = await _find(change.transaction, key_id)
            _rotatable(old, change.now_ms)
            life = None if old.expires_ms is None else old.expires_ms - old.created_ms
            successor = NewKey(
                team=old.team,
                user=old.user,
                name=old.name,
                role=old.role,
                models=old.models,
                tags=old.tags,
                expires_ms=None if life is None else change.now_ms + life,
                limits=tuple(limit.text for limit in old.limits),
            )
            issued = await issue(self._store, change, successor)
            end = change.now_ms + int(grace_seconds * 1000)
            ends = end if old.expires_ms is None else min(end, old.expires_ms)
            await _write(change, replace(old, expires_ms=ends, replaced_by=issued.key.id))
            return issued


async def limits_of_keys(database: Database, team: str) -> list[tuple[str, tuple[Limit, ...]]]:
    """The ids and limits of a team's unrevoked keys that have limits of their own. Raises `StoreError`."""
    query = select(keys.c.id, keys.c.limits).join(teams)
    found = await database.fetch(
        query.where(teams.c.name == team, keys.c.limits.is_not(None), keys.c.revoked_ms.is_(None))
    )
    return [(row.id, load_limits(row.limits)) for row in found]


async def issue(store: AccountStore, change: AccountChange, new: NewKey) -> IssuedKey:
    """Insert a new key within the change. Raises `NotFound` if there is no such team, `InvalidChange`."""
    minted = mint(store.random)
    team_id = await team_id_of(change.transaction, new.team)
    row = {
        "id": minted.id,
        "hash": minted.hash,
        "team_id": team_id,
        "user_id": None if new.user is None else await _user_id(store, change, team_id, new.user),
        "name": _key_name(new.name),
        "role": new.role,
        "models": dump_models(check_models(new.models)),
        "tags": dump_tags(check_tags(new.tags)),
        "created_ms": change.now_ms,
        "expires_ms": _expiry(new.expires_ms, change.now_ms),
        "limits": dump_limits(check_limits(new.limits)),
    }
    await change.transaction.execute(insert(keys), row)
    await change.note("key", minted.id)
    return IssuedKey(await _find(change.transaction, minted.id), minted)


async def _user_id(store: AccountStore, change: AccountChange, team_id: str, name: str) -> str:
    match = (users.c.team_id == team_id) & or_(users.c.name == name, users.c.id == name)
    rows = await change.transaction.fetch(select(users.c.id).where(match))
    return str(rows[0].id) if rows else await enter_user(store, change, team_id, check_name(name, "user"))


async def _change(change: AccountChange, key_id: str, changed: Callable[[Key, int], Key]) -> Key:
    key = await _find(change.transaction, key_id)
    new = changed(key, change.now_ms)
    if new != key:
        await _write(change, new)
    return new


async def _write(change: AccountChange, key: Key) -> None:
    values = {
        "name": key.name,
        "models": dump_models(key.models),
        "tags": dump_tags(key.tags),
        "expires_ms": key.expires_ms,
        "revoked_ms": key.revoked_ms,
        "replaced_by": key.replaced_by,
        "limits": dump_limits(key.limits),
    }
    await change.transaction.execute(update(keys).where(keys.c.id == key.id).values(values))
    await change.note("key", key.id)


async def _find(transaction: Transaction, key_id: str) -> Key:
    rows = await transaction.fetch(_KEYS.where(keys.c.id == key_id))
    return _required(rows[0] if rows else None, key_id)


def _required(row: Row[Any] | None, key_id: str) -> Key:
    if row is None:
        raise NotFound(
            f"There is no key with the id {key_id!r}; the id is the part between `sk-sb-` and the next `-`.",
            "key",
        )
    return _key(row)


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        role=row.role,
        team=row.team,
        user=row.user,
        models=load_models(row.models),
        tags=load_tags(row.tags),
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
        revoked_ms=row.revoked_ms,
        replaced_by=row.replaced_by,
        limits=load_limits(row.limits),
        team_archived=row.team_archived_ms is not None,
    )


def _key_name(name: str) -> str:
    return check_name(name) if name else ""


def _expiry(expires_ms: int | None, now_ms: int) -> int | None:
    if expires_ms is not None and expires_ms <= now_ms:
        raise InvalidChange(
            f"The expiry lies {(now_ms - expires_ms) / 1000:.0f} s in the past; to end a key now, revoke it.",
            "expires_at",
        )
    if expires_ms is not None and expires_ms > now_ms + _LONGEST_LIFE_MS:
        raise InvalidChange(
            f"The expiry lies {(expires_ms - now_ms) // _YEAR_MS} years ahead; allowed are 100. Over HTTP it "
            "is a Unix time in seconds: perhaps these were milliseconds. A key without one works for ever.",
            "expires_at",
        )
    return expires_ms


def _unrevoked(key: Key) -> None:
    if key.revoked_ms is not None:
        raise InvalidChange(f"Key {key.id} is revoked, for ever; create a new one.", "key")


def _rotatable(key: Key, now_ms: int) -> None:
    _unrevoked(key)
    if key.replaced_by is not None:
        raise InvalidChange(
            f"Key {key.id} was already replaced by {key.replaced_by}; rotate that one.", "key"
        )
    if key.state(now_ms) == "expired":
        raise InvalidChange(f"Key {key.id} is expired; create a new one.", "key")
