"""The compiled cache policies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from config.secret import Secret

CacheScope = Literal["organisation", "team", "key", "user"]


LOCAL = "local"  # the embedder that runs inside the gateway's process
JUDGES = ("embedding", "equal")  # judges that are not models


@dataclass(frozen=True, slots=True)
class SemanticPolicy:
    """When the answer to a similar text may be served. Shares and similarities are from 0 to 1."""

    embedder: str = LOCAL  # or an embedding model, by the name that callers use
    models: tuple[str, ...] | None = None  # names that callers use; None: every model that the policy covers
    max_wrong: float = 0.02
    check: float = 0.03  # share of hits that are also sent to the vendor, to compare the answers
    start: float = 0.95  # cosine similarity that is accepted until something has been learnt
    floor: float = 0.85  # the lowest threshold that may be learnt
    verify: Literal["strict", "facts", "off"] = "strict"
    judge: str = "embedding"  # or "equal"; otherwise a model that decides whether two answers agree
    max_temperature: float = 1.0
    max_turns: int = 8  # messages in a conversation, of which only the last may be worded differently
    entries: int = 20_000  # texts compared in each process


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """What is cached for one team, and who shares it. Times are in seconds; 0 is off."""

    exact: float = 0.0  # how long an answer stays fresh
    scope: CacheScope = "team"  # who shares answers
    max_temperature: float | None = None  # calls with a higher temperature are not answered from the cache
    max_choices: int | None = None
    truncated: bool = False  # whether answers cut off by the caller's own token limit are stored
    formats: Literal["own", "any"] = "own"  # whether callers of another wire format may get the answer
    vary: tuple[str, ...] = ()  # request members that otherwise would not be part of the fingerprint
    single_flight: bool = True  # identical calls in flight share one upstream call
    stale_while_revalidate: float = 0.0
    stale_if_error: float = 0.0
    semantic: SemanticPolicy | None = None  # None: only identical requests hit


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """The store and the policies: a team's own, or the one for all other teams."""

    size: int = 256_000_000  # bytes that all answers in this process may take up
    entry: int = 1_000_000  # bytes that one answer may take up
    store: Literal["memory", "redis", "sqlite"] = "memory"
    disk: int = 1_000_000_000  # bytes that all answers in the file may take up
    encrypt: tuple[Secret, ...] = ()  # for answers outside the process: the first encrypts, all decrypt
    everybody: CachePolicy = CachePolicy()
    teams: Mapping[str, CachePolicy] = field(default_factory=lambda: MappingProxyType({}))

    def policy(self, team: str) -> CachePolicy:
        """The policy of a team."""
        return self.teams.get(team, self.everybody)

    @property
    def used(self) -> bool:
        """Whether any team's answers are cached."""
        return any(each.exact for each in (self.everybody, *self.teams.values()))

    @property
    def semantic(self) -> bool:
        """Whether any team uses the semantic cache."""
        policies = (self.everybody, *self.teams.values())
        return any(each.exact and each.semantic is not None for each in policies)
