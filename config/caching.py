"""The cache policies, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from config.secret import Secret

CacheScope = Literal["organisation", "team", "key", "user"]


LOCAL = "local"  # the embedder that runs in the process itself
JUDGES = ("embedding", "equal")  # that are no models


@dataclass(frozen=True, slots=True)
class SemanticPolicy:
    """When the answer to another text is given. Shares and similarities are from 0 to 1."""

    embedder: str = LOCAL  # or an embedding model, as callers would ask for it
    models: tuple[str, ...] | None = None  # names as asked for; None: all that the policy is for
    max_wrong: float = 0.02
    check: float = 0.03  # of the hits, asked for anew and compared
    start: float = 0.95  # the cosine that is accepted before anything is known
    floor: float = 0.85  # the lowest one that may be learnt
    verify: Literal["strict", "facts", "off"] = "strict"
    judge: str = "embedding"  # or "equal"; else a model that says whether two answers agree
    max_temperature: float = 1.0
    max_turns: int = 8  # messages of a conversation whose last one may have been said otherwise
    entries: int = 20_000  # texts that are compared in each process


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """What is remembered for one team, and for whom. Times are seconds, 0: not at all."""

    exact: float = 0.0  # how long an answer stays fresh
    scope: CacheScope = "team"  # who shares answers
    max_temperature: float | None = None  # calls that ask for more are not answered from memory
    max_choices: int | None = None
    truncated: bool = False  # whether answers that the caller's own bound on tokens cut are kept
    formats: Literal["own", "any"] = "own"  # whether a caller of another format may have the answer
    vary: tuple[str, ...] = ()  # members of a request that would else not count
    single_flight: bool = True  # equal calls in the air share one upstream call
    stale_while_revalidate: float = 0.0
    stale_if_error: float = 0.0
    semantic: SemanticPolicy | None = None  # None: only the same request has the answer


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """The store, and the policies: a team's own one, or that of all the others."""

    size: int = 256_000_000  # bytes that all answers in this process may take
    entry: int = 1_000_000  # bytes that one answer may have
    store: Literal["memory", "redis", "sqlite"] = "memory"
    disk: int = 1_000_000_000  # bytes that all answers in the file may take
    encrypt: tuple[Secret, ...] = ()  # for answers that leave the process: the first writes, all read
    everybody: CachePolicy = CachePolicy()
    teams: Mapping[str, CachePolicy] = field(default_factory=lambda: MappingProxyType({}))

    def policy(self, team: str) -> CachePolicy:
        """The policy of a team."""
        return self.teams.get(team, self.everybody)

    @property
    def used(self) -> bool:
        """Whether anybody's answers are remembered."""
        return any(each.exact for each in (self.everybody, *self.teams.values()))

    @property
    def semantic(self) -> bool:
        """Whether anybody gets answers to what others said in other words."""
        policies = (self.everybody, *self.teams.values())
        return any(each.exact and each.semantic is not None for each in policies)
