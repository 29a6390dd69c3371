"""What the database stores about one key, ready for comparison with a caller's credential."""

import hmac
import logging
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from msgspec import MsgspecError
from sqlalchemy import Row, select

from ledger.naming import dump_tags, load_limits, load_models, load_tags
from ledger.principal import Principal
from ledger.scope import ModelScope, compile_scope, intersect
from storage.engine import Database
from storage.errors import StoreDown
from storage.schema import keys, organisations, teams, users

Reason = Literal["missing", "malformed", "unknown", "revoked", "expired"]

_SAID: dict[Reason, str] = {
    "missing": "No key was sent. Send one as `Authorization: Bearer sk-sb-…`.",
    "malformed": "What was sent is not a whole Signalbox key (`sk-sb-…`); copy it again, or check that it is "
    "not the key of another service.",
    "unknown": "The key is not known here. It may be of another installation, or deleted.",
    "revoked": "The key was revoked, or its team archived. Ask for a new one.",
    "expired": "The key is expired. Ask for a new one.",
}
assert set(_SAID) == set(get_args(Reason))

_log = logging.getLogger("signalbox.keys")


class UnknownKey(Exception):
    """The credential is refused, for a `reason`: 401. The text is safe to show."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(_SAID[reason])
        self.reason = reason
        self.message = _SAID[reason]


class UnreadableKey(StoreDown):
    """This version cannot read one key's stored row: 503. Says nothing about other keys."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One stored key: its digest, never the key itself."""

    digest: bytes = field(repr=False)
    principal: Principal
    expires: float  # Unix seconds; infinity: never
    revoked: bool  # or its team archived
    subjects: frozenset[str]  # ids of the key, team, user and organisation; a change to any outdates this


_ALL = select(
    *(keys.c.id, keys.c.hash, keys.c.name, keys.c.role, keys.c.models, keys.c.tags, keys.c.limits),
    *(keys.c.expires_ms, keys.c.revoked_ms, keys.c.team_id, keys.c.user_id),
    teams.c.name.label("team"),
    teams.c.models.label("team_models"),
    teams.c.tags.label("team_tags"),
    *(teams.c.archived_ms, teams.c.organisation_id),
    organisations.c.name.label("organisation"),
    users.c.name.label("user"),
).select_from(keys.join(teams).join(organisations).outerjoin(users, keys.c.user_id == users.c.id))


async def load_credentials(database: Database, key_ids: list[str]) -> dict[str, Credential | UnreadableKey]:
    """The stored keys by id; an id that is missing is unknown. Raises `StoreDown`."""
    # Padded to a power of two, to limit how many different statements are prepared.
    asked = [*key_ids, *key_ids[-1:] * ((1 << (len(key_ids) - 1).bit_length()) - len(key_ids))]
    rows = await database.fetch(_ALL.where(keys.c.id.in_(asked)))
    return {row.id: _readable(row) for row in rows}


def judge(credential: Credential | None, digest: bytes, now: float) -> Principal:
    """The principal, if the digest matches and the key is still valid; otherwise raises `UnknownKey`.

    Only a holder of the key learns that it is revoked or expired.
    """
    if credential is None or not hmac.compare_digest(credential.digest, digest):
        raise UnknownKey("unknown")
    if credential.revoked:
        raise UnknownKey("revoked")
    if credential.expires <= now:
        raise UnknownKey("expired")
    return credential.principal


def _readable(row: Row[Any]) -> Credential | UnreadableKey:
    try:
        return _credential(row)
    except (MsgspecError, ValueError, TypeError) as error:
        # For example a limit that a newer version wrote. Only the type is logged: no value of the row.
        _log.error("key %s cannot be read (%s), and is refused", row.id, type(error).__name__)
        return UnreadableKey(f"What is stored of key {row.id} cannot be read.")


def _credential(row: Row[Any]) -> Credential:
    tags = tuple(sorted({**dict(load_tags(row.team_tags)), **dict(load_tags(row.tags))}.items()))
    principal = Principal(
        key_id=row.id,
        key_name=row.name,
        role=row.role,
        user=row.user or "",
        team=row.team,
        organisation=row.organisation,
        scope=intersect(_scope(row.team_models), _scope(row.models)),
        tags=tags,
        tags_json=dump_tags(tags) or "",
        limits=load_limits(row.limits),
    )
    return Credential(
        digest=bytes.fromhex(row.hash),
        principal=principal,
        expires=float("inf") if row.expires_ms is None else row.expires_ms / 1000,
        revoked=row.revoked_ms is not None or row.archived_ms is not None,
        subjects=frozenset(filter(None, (row.id, row.team_id, row.user_id, row.organisation_id))),
    )


def _scope(column: str | None) -> ModelScope | None:
    models = load_models(column)
    return None if models is None else compile_scope(models)
