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
    """What is stored about a team's calls beside their figures."""

    store: Store = "metadata"
    ttl: float = 30 * 86_400.0  # seconds that contents are kept
    runs: float | None = None  # seconds that runs of agents are kept after their end; None: as everybody's

    @property
    def contents(self) -> bool:
        """Whether what was asked and answered is kept."""
        return self.store in ("masked", "full")


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A key by which the keys of contents are locked up."""

    id: str
    secret: Secret = field(repr=False)  # base64 of 32 bytes

    @property
    def value(self) -> bytes:
        return base64.b64decode(self.secret.value)


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """The first key locks, all unlock; a team that is not here has the usual policy."""

    keys: tuple[ContentKey, ...] = ()
    teams: Mapping[str, KeepPolicy] = field(default_factory=lambda: MappingProxyType({}))
    ledger_months: int | None = None  # whole months of rows beside the current one; None: all of them
    runs: float | None = None  # seconds that runs of agents are kept after their end; None: for ever
    responses: float = 30 * 86_400.0  # seconds that it is known whose a response at a vendor is
    unknown_objects: Literal["deny", "allow"] = "deny"  # what happens to what nobody here made

    def runs_of(self, team: str) -> float | None:
        """The same for a team, which may say it otherwise."""
        policy = self.teams.get(team)
        return self.runs if policy is None or policy.runs is None else policy.runs

    @property
    def keeps_runs_for_a_time(self) -> bool:
        """Whether any team's runs are deleted some time."""
        return self.runs is not None or any(policy.runs is not None for policy in self.teams.values())

    @property
    def contents(self) -> bool:
        """Whether contents are kept of anybody."""
        return any(policy.contents for policy in self.teams.values())

    @property
    def quiet(self) -> frozenset[str]:
        """The teams of whose calls only figures are kept."""
        return frozenset(name for name, policy in self.teams.items() if policy.store == "off")
