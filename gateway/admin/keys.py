"""Keys in the admin API."""

from typing import Literal

from msgspec import UNSET
from pydantic import Field

from gateway.admin.fields import (
    LimitTexts,
    ModelPatterns,
    Name,
    TagMap,
    UnixSeconds,
    from_models,
    milliseconds_or_none,
    seconds,
    seconds_or_none,
    to_models,
)
from gateway.admin.pages import Identified, Page, PageQuery, page_of
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.changes import Clock
from ledger.entities import IssuedKey, Key, KeyPatch, KeyState, NewKey
from ledger.keybook import Keys
from ledger.principal import Role


class KeyCreate(Strict):
    """A new key of an open team; a user unknown to the team is created."""

    team: Name
    user: Name | None = None
    name: str = Field("", max_length=200)
    role: Role = "caller"
    models: ModelPatterns = None
    tags: TagMap = {}
    expires_at: UnixSeconds | None = None
    limits: LimitTexts = []


class KeyChange(Strict):
    """Changes to a key; fields left out stay as they are."""

    name: str = Field("", max_length=200)
    models: ModelPatterns = None
    tags: TagMap = {}
    expires_at: UnixSeconds | None = None
    limits: LimitTexts = []


class KeyRotate(Strict):
    """How long the replaced key continues to work."""

    grace_seconds: float = Field(0, ge=0, le=365 * 86_400)


class KeyAnswer(Identified):
    """A key, without its secret."""

    object: Literal["key"] = "key"
    name: str
    status: KeyState
    role: Role
    team: str
    user: str | None
    models: ModelPatterns
    tags: TagMap
    created_at: UnixSeconds
    expires_at: UnixSeconds | None
    revoked_at: UnixSeconds | None
    replaced_by: str | None
    limits: LimitTexts


class IssuedKeyAnswer(KeyAnswer):
    """A new key with its plaintext, which is shown only once and never stored."""

    key: str


class KeyQuery(PageQuery):
    """A page of keys, of one team or of all."""

    team: str | None = None


def key_routes(keys: Keys, clock: Clock) -> tuple[AnyRoute, ...]:
    """The routes to create, list, show, change, revoke and rotate keys."""

    def now_ms() -> int:
        return int(clock() * 1000)

    async def create(ask: Ask[KeyCreate, Nothing]) -> IssuedKeyAnswer:
        return issued_answer(await keys.create(_new(ask.body)), now_ms())

    async def list_(ask: Ask[Nothing, KeyQuery]) -> Page[KeyAnswer]:
        listing = await keys.list(team=ask.query.team, limit=ask.query.limit, after=ask.query.after)
        return page_of([key_answer(item, now_ms()) for item in listing.items], listing.more)

    async def show(ask: Ask[Nothing, Nothing]) -> KeyAnswer:
        return key_answer(await keys.get(ask.path["key"]), now_ms())

    async def change(ask: Ask[KeyChange, Nothing]) -> KeyAnswer:
        return key_answer(await keys.update(ask.path["key"], _patch(ask.body)), now_ms())

    async def revoke(ask: Ask[Nothing, Nothing]) -> KeyAnswer:
        return key_answer(await keys.revoke(ask.path["key"]), now_ms())

    async def rotate(ask: Ask[KeyRotate, Nothing]) -> IssuedKeyAnswer:
        return issued_answer(await keys.rotate(ask.path["key"], ask.body.grace_seconds), now_ms())

    base, one = "/admin/v1/keys", "/admin/v1/keys/{key}"
    making = "Create a key; its plaintext is answered this once"
    turning = "Replace a key by a new one"
    return (
        Route("POST", base, making, create, KeyCreate, Nothing, IssuedKeyAnswer, 201),
        Route("GET", base, "List keys", list_, Nothing, KeyQuery, Page[KeyAnswer]),
        Route("GET", one, "Show a key", show, Nothing, Nothing, KeyAnswer),
        Route("PATCH", one, "Change a key", change, KeyChange, Nothing, KeyAnswer),
        Route("POST", f"{one}/revoke", "Revoke a key, for ever", revoke, Nothing, Nothing, KeyAnswer),
        Route("POST", f"{one}/rotate", turning, rotate, KeyRotate, Nothing, IssuedKeyAnswer, 201),
    )


def key_answer(key: Key, now_ms: int) -> KeyAnswer:
    """A key as shown in JSON, here and on the command line."""
    return KeyAnswer(
        id=key.id,
        name=key.name,
        status=key.state(now_ms),
        role=key.role,
        team=key.team,
        user=key.user,
        models=from_models(key.models),
        tags=dict(key.tags),
        created_at=seconds(key.created_ms),
        expires_at=seconds_or_none(key.expires_ms),
        revoked_at=seconds_or_none(key.revoked_ms),
        replaced_by=key.replaced_by,
        limits=[limit.text for limit in key.limits],
    )


def issued_answer(issued: IssuedKey, now_ms: int) -> IssuedKeyAnswer:
    """A new key as shown in JSON, including its plaintext."""
    return IssuedKeyAnswer(**dict(key_answer(issued.key, now_ms)), key=issued.minted.plaintext)


def _new(body: KeyCreate) -> NewKey:
    return NewKey(
        team=body.team,
        user=body.user,
        name=body.name,
        role=body.role,
        models=to_models(body.models),
        tags=tuple(body.tags.items()),
        expires_ms=milliseconds_or_none(body.expires_at),
        limits=tuple(body.limits),
    )


def _patch(body: KeyChange) -> KeyPatch:
    given = body.model_fields_set
    return KeyPatch(
        name=body.name if "name" in given else UNSET,
        models=to_models(body.models) if "models" in given else UNSET,
        tags=tuple(body.tags.items()) if "tags" in given else UNSET,
        expires_ms=milliseconds_or_none(body.expires_at) if "expires_at" in given else UNSET,
        limits=tuple(body.limits) if "limits" in given else UNSET,
    )
