"""The schema of `cache` in signalbox.yaml, the gateway's and a team's."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from config import units
from config.caching import CacheFacts, SemanticPolicy
from config.forms import Age, Count, Credential, Entry, Flag, ModelName, Share, Size, Text

_CACHE = CacheFacts()
_SEMANTIC = SemanticPolicy()


def _several(value: object) -> object:
    """A single key needs no brackets."""
    return (value,) if isinstance(value, str) else value


class SemanticEntry(Entry):
    """cache.semantic"""

    embedder: ModelName
    models: tuple[ModelName, ...] | None = None
    max_wrong_rate: Share = _SEMANTIC.max_wrong
    check: Share = _SEMANTIC.check
    start: Share = _SEMANTIC.start
    floor: Share = _SEMANTIC.floor
    verify: Literal["strict", "facts", "off"] = _SEMANTIC.verify
    judge: ModelName = _SEMANTIC.judge
    max_temperature: Annotated[float, BeforeValidator(units.temperature)] = _SEMANTIC.max_temperature
    max_turns: Count = _SEMANTIC.max_turns
    entries: Count = _SEMANTIC.entries


class CachePolicyEntry(Entry):
    """teams.NAME.cache"""

    exact: Age | None = None
    scope: Literal["organisation", "team", "key", "user"] | None = None
    max_temperature: Annotated[float, BeforeValidator(units.temperature)] | None = None
    max_choices: Count | None = None
    truncated: Flag | None = None
    formats: Literal["own", "any"] | None = None
    vary: tuple[Text, ...] | None = None
    single_flight: Flag | None = None
    stale_while_revalidate: Age | None = None
    stale_if_error: Age | None = None
    semantic: SemanticEntry | None = None


class CacheEntry(CachePolicyEntry):
    """cache"""

    store: Literal["memory", "redis", "sqlite"] = "memory"
    size: Size = _CACHE.size
    entry: Size = _CACHE.entry
    disk: Size = _CACHE.disk
    encrypt: Annotated[tuple[Credential, ...], BeforeValidator(_several)] = ()
