"""The part of a configuration that concerns the cache: policies, and what shapes a team's answers."""

import hashlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from config.caching import CachePolicy
from config.catalog import Catalog, Secret
from config.extras import install

if TYPE_CHECKING:
    from gateway.caching.sought import Context

_ENCODE = msgspec.json.Encoder(order="deterministic").encode
# How a vendor is reached does not shape its answers; neither do its secrets, which may be rotated.
_NO_SHAPE = frozenset(
    ["api_key", "api_keys", "credentials", "deadlines", "max_connections", "proxy"]
    # Of the catalog: what concerns the process, the bill, or one team (added in `version`).
    + ["cache", "patterns", "prices", "settings", "source", "teams", "version"]
)
# A scope that includes the team hashes its name separately; within an organisation, teams may share answers.
_NO_SHAPE_OF_TEAMS = frozenset(["name", "tags", "limits", "budget", "users"])


class CacheRules:
    """Made once per configuration; `policy` and `version` are called for each request."""

    def __init__(self, catalog: Catalog) -> None:
        self.facts = catalog.cache
        if self.facts.semantic and find_spec("numpy") is None:
            raise ValueError(f"cache.semantic needs the extra `semantic`: {install('semantic')}")
        self._catalog = catalog
        named = {team: each if each.exact else None for team, each in self.facts.teams.items()}
        self._policies: Mapping[str, CachePolicy | None] = named
        self._everybody = self.facts.everybody if self.facts.everybody.exact else None
        self._answering = _digest(catalog, _NO_SHAPE)
        self._versions: dict[str, str] = {}
        self.contexts: dict[tuple[object, ...], Context] = {}  # of `sought`, valid for these rules
        self.silent: set[tuple[bytes, ...]] = set()  # sets of header names without any for the cache

    def policy(self, team: str) -> CachePolicy | None:
        """A team's policy; None if the cache is off for it."""
        return self._policies.get(team, self._everybody)

    def version(self, team: str) -> str:
        """A digest of everything configured that shapes this team's answers.

        Settings count unless they are excluded, so that a new one is never overlooked.
        """
        version = self._versions.get(team)
        if version is None:
            if team not in self._catalog.teams:
                return self._answering
            own = _digest(self._catalog.teams[team], _NO_SHAPE_OF_TEAMS)
            version = self._versions[team] = self._answering + own
        return version


def _digest(value: object, left_out: Set[str]) -> str:
    return hashlib.sha256(_ENCODE(_plain(value, left_out))).hexdigest()[:32]


def _plain(value: Any, left_out: Set[str]) -> Any:
    """The value as JSON can express it, equal in every process."""
    if isinstance(value, Secret):
        return value.source
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if each.name not in left_out]
        return {name: _plain(getattr(value, name), left_out) for name in names}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, left_out) for name, inner in value.items()}
    if isinstance(value, Set):
        return sorted(str(each) for each in value)
    if isinstance(value, tuple | list):
        return [_plain(each, left_out) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return getattr(value, "__qualname__", type(value).__qualname__)
