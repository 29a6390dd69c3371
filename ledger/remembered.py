"""Recently verified keys in a local file, for starting while the database is unavailable."""

import os
from collections.abc import Iterable
from hashlib import sha256
from math import inf
from pathlib import Path

import msgspec

from config.limit import Limit
from dialects.errors import UNREADABLE
from ledger.credentials import Credential
from ledger.principal import Principal, Role
from ledger.scope import compile_scope


class _Key(msgspec.Struct, frozen=True, array_like=True):
    digest: bytes
    confirmed: float  # Unix seconds
    expires: float | None
    revoked: bool
    subjects: list[str]
    key_id: str
    key_name: str
    role: Role
    user: str
    team: str
    organisation: str
    models: list[str] | None
    tags: list[tuple[str, str]]
    tags_json: str
    limits: list[Limit]


class _File(msgspec.Struct, frozen=True):
    database: str  # the digest of its URL
    keys: list[_Key]


def write(file: Path, url: str, keys: Iterable[tuple[Credential, float]]) -> None:
    """Replace the file's keys by these, with the times of their confirmation. Raises OSError.

    As in the database, only a key's digest is stored.
    """
    content = msgspec.json.encode(_File(_of(url), [_written(*each) for each in keys]))
    aside = file.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
    os.replace(aside, file)


def read(file: Path, url: str) -> list[tuple[Credential, float]] | None:
    """The stored keys; None if the file is for another database, missing or unreadable by this version."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_File)
    except (OSError, *UNREADABLE):
        return None
    return [(_read(each), each.confirmed) for each in found.keys] if found.database == _of(url) else None


def _of(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def _written(credential: Credential, confirmed: float) -> _Key:
    who = credential.principal
    return _Key(
        digest=credential.digest,
        confirmed=confirmed,
        expires=None if credential.expires == inf else credential.expires,
        revoked=credential.revoked,
        subjects=sorted(credential.subjects),
        key_id=who.key_id,
        key_name=who.key_name,
        role=who.role,
        user=who.user,
        team=who.team,
        organisation=who.organisation,
        models=None if who.models is None else list(who.models),
        tags=list(who.tags),
        tags_json=who.tags_json,
        limits=list(who.limits),
    )


def _read(kept: _Key) -> Credential:
    principal = Principal(
        key_id=kept.key_id,
        key_name=kept.key_name,
        role=kept.role,
        user=kept.user,
        team=kept.team,
        organisation=kept.organisation,
        scope=None if kept.models is None else compile_scope(kept.models),
        tags=tuple(kept.tags),
        tags_json=kept.tags_json,
        limits=tuple(kept.limits),
    )
    expires = inf if kept.expires is None else kept.expires
    return Credential(kept.digest, principal, expires, kept.revoked, frozenset(kept.subjects))
