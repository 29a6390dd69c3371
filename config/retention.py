"""The retention settings: contents of calls and runs by team, and rows of the ledger."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from config.secret import Secret

Store = Literal["off", "metadata", "masked", "full"]


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """What is stored about a team's calls besides figures."""

    store: Store = "metadata"
    ttl: float = 30 * 86_400.0  # seconds that contents are stored
    runs: float | None = None  # seconds that ended agent runs are stored; None: the gateway's setting

    @property
    def contents(self) -> bool:
        """Whether prompts and answers are stored."""
        return self.store in ("masked", "full")


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A key that encrypts the keys of contents."""

    id: str
    secret: Secret = field(repr=False)  # base64 of 32 bytes

    @property
    def value(self) -> bytes:
        return base64.b64decode(self.secret.value)


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """The first key encrypts, all decrypt; teams that are not listed have the default policy."""

    keys: tuple[ContentKey, ...] = ()
    teams: Mapping[str, KeepPolicy] = field(default_factory=lambda: MappingProxyType({}))
    ledger_months: int | None = None  # whole months of rows stored besides the current one; None: all
    runs: float | None = None  # seconds that agent runs are stored after their end; None: for ever
    responses: float = 30 * 86_400.0  # seconds that the owner of a response at a vendor is remembered
    unknown_objects: Literal["deny", "allow"] = "deny"  # those not created through this gateway

    def runs_of(self, team: str) -> float | None:
        """How long a team's runs are stored, in seconds; None: for ever."""
        policy = self.teams.get(team)
        return self.runs if policy is None or policy.runs is None else policy.runs

    @property
    def keeps_runs_for_a_time(self) -> bool:
        """Whether any team's runs expire."""
        return self.runs is not None or any(policy.runs is not None for policy in self.teams.values())

    @property
    def contents(self) -> bool:
        """Whether any team's contents are stored."""
        return any(policy.contents for policy in self.teams.values())

    @property
    def quiet(self) -> frozenset[str]:
        """The teams for which only figures are stored."""
        return frozenset(name for name, policy in self.teams.items() if policy.store == "off")
