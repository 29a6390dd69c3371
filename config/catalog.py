"""The frozen form of a configuration, which a request keeps from start to end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from config.alert import AlertFacts
from config.caching import CacheFacts
from config.capabilities import CapabilityOverride
from config.errors import Problem
from config.kinds import VendorKind
from config.limit import Limit
from config.retention import RetentionFacts
from config.secret import Secret as Secret
from config.toolbox import AgentFacts, Split, ToolApproval, ToolServerFacts
from config.trace import TracingFacts


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each phase of an upstream call may take, in seconds."""

    connect: float = 5.0
    headers: float = 60.0
    first_content: float = 60.0
    idle: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Vendor:
    """One configured account at a vendor."""

    name: str
    kind: VendorKind
    base_url: str  # without a trailing slash
    api_key: Secret | None
    region: str | None = None
    project: str | None = None
    credentials: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))  # by setting
    api_version: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # sent with every call
    deadlines: Deadlines = Deadlines()
    max_connections: int = 1000
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None  # an http:// proxy that takes CONNECT
    unsupported: Literal["error", "drop"] = "error"  # what of a request the vendor or its model cannot take
    batches: Literal["vendor", "gateway"] = "vendor"  # who runs them, where the vendor could
    concurrency: int | None = None  # calls under way at each of its targets; None: as many as come
    concurrency_adaptive: bool = False  # whether that is a bound of a number that is found out
    more_keys: tuple[Secret, ...] = ()  # beside `api_key`, which is the first of them

    @property
    def keys(self) -> tuple[Secret, ...]:
        """Every key, in the order of the file."""
        return () if self.api_key is None else (self.api_key, *self.more_keys)


@dataclass(frozen=True, slots=True)
class Target:
    """One model at one vendor."""

    vendor: str
    model: str
    weight: int = 1

    @property
    def name(self) -> str:
        return f"{self.vendor}/{self.model}"


@dataclass(frozen=True, slots=True)
class Strategy:
    """How a group's targets are put in order."""

    name: str = "weighted"
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # every one, filled
    branches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # option: other group


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """Answers are validated against the JSON Schema that the caller sent."""

    check: Literal["always", "unenforced"] = "always"  # whoever answered, or only models without schemas
    repair: bool = True  # a target whose answer is not valid is told so, and asked once more


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """A model name that callers use, and who may serve it."""

    name: str
    targets: tuple[Target, ...]
    strategy: Strategy = Strategy()
    fallback: tuple[str, ...] = ()  # names of other groups, in order
    on_context: tuple[str, ...] = ()  # groups for prompts that do not fit into a target's window
    on_content: tuple[str, ...] = ()  # groups for prompts whose content a target's vendor refuses
    retries: int = 0  # how often the only target may be asked again
    hedge: bool = False  # whether a second target is asked where the first is late
    max_price: int | None = None  # nano-dollars that a call may be expected to cost
    json_schema: SchemaRule | None = None  # None: what a vendor answers is taken as it is
    prompt_cache: bool = False  # whether vendors are told to keep what requests begin with, where it pays
    guardrails: tuple[str, ...] = ()

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The groups that may answer instead of it."""
        return (*self.strategy.branches.values(), *self.fallback)


@dataclass(frozen=True, slots=True)
class Passthrough:
    """A pattern of model names that go to one vendor, without the prefix before `*` if `strip` is set.

    A pattern without `*` is that name alone.
    """

    pattern: str  # "openai/*", "gpt-*" or "o1"
    vendor: str
    strip: bool


@dataclass(frozen=True, slots=True)
class PatternIndex:
    """Passthroughs by prefix: a look-up costs one slice per prefix length, not one test per pattern."""

    exact: Mapping[str, Passthrough]
    prefixes: Mapping[str, Passthrough]
    lengths: tuple[int, ...]  # of the prefixes, the longest first

    @classmethod
    def of(cls, rules: Iterable[Passthrough]) -> "PatternIndex":
        """Index the rules; of two with the same pattern the first one counts."""
        exact: dict[str, Passthrough] = {}
        prefixes: dict[str, Passthrough] = {}
        for rule in rules:
            if rule.pattern.endswith("*"):
                prefixes.setdefault(rule.pattern[:-1], rule)
            else:
                exact.setdefault(rule.pattern, rule)
        return cls(exact, prefixes, tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True)))

    def find(self, name: str) -> tuple[Passthrough, int] | None:
        """The most specific rule for a name, and its prefix's length; `*` is at least one character."""
        rule = self.exact.get(name)
        if rule is not None:
            return rule, 0
        size = len(name)
        for length in self.lengths:
            if length < size and (rule := self.prefixes.get(name[:length])) is not None:
                return rule, length
        return None


# What callers may decide for one call. The first three only narrow what the file allows.
NARROWING = frozenset(["max-price", "regions", "vendors"])
ALLOWED = NARROWING | {"continue"}  # where a team's file says nothing
CONTROLS = ALLOWED | {"strategy", "dial"}


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team declared in the file; the API cannot change it."""

    name: str
    organisation: str
    models: tuple[str, ...] | None = None  # None: every model
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    passthrough: tuple[str, ...] = ()  # vendors whose whole API the team may call
    objects: tuple[str, ...] = ()  # what in vendors' accounts its calls may name though nobody made it here
    regions: frozenset[str] | None = None  # where its calls may be processed; None: anywhere
    controls: frozenset[str] = ALLOWED  # what its callers may decide for a call
    guardrails: tuple[str, ...] = ()
    unmask: bool | Literal["on-request"] = True  # False: answers keep their placeholders
    priority: Literal["interactive", "batch"] = "interactive"  # at most, where calls wait for their turn
    limits: tuple[Limit, ...] = ()
    users: Mapping[str, tuple[Limit, ...]] = field(default_factory=lambda: MappingProxyType({}))


# Of a request: all its texts, or what tools gave. Of an answer: all its texts, or what it asks of tools.
GuardStage = Literal["input", "output", "tool_call", "tool_result"]

GuardRole = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class GuardService:
    """An HTTP service that is called, and the private networks that it may be in."""

    url: str
    host: str  # `name:port`
    secret: Secret | None = None  # that signs; None: unsigned
    private: tuple[str, ...] = ()
    headers: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class GuardFacts:
    """A guard as the file configures it; what a setting means is its kind's to say."""

    name: str
    kind: str  # the guard's file in guardrails/guards/
    action: Literal["mask", "redact", "block", "flag", "ask"] | None = None  # None: as its kind does
    mode: Literal["enforce", "shadow"] = "enforce"
    on_error: Literal["block", "allow"] = "block"
    stages: tuple[GuardStage, ...] | None = None  # None: as its kind does
    budget: float = 1.0  # seconds one inspection may take
    types: tuple[str, ...] = ()  # empty: the kind's default ones
    countries: tuple[str, ...] = ()  # ISO 3166, lower case
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    allow: tuple[str, ...] = ()  # what is never a finding: a text, `@domain`, or `*` at one end
    patterns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # re2's, by type
    words: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # that links may lead to
    roles: tuple[GuardRole, ...] = ()  # whose texts are looked at; empty: everybody's
    languages: tuple[str, ...] = ()  # ISO 639-1, lower case
    service: GuardService | None = None  # who is asked, where it is somebody else's judgement
    model: str = ""  # of this gateway, where a model is asked
    question: str = ""  # that a yes makes a finding of
    max_bytes: int | None = None  # of a request's texts, or of a prompt in one piece
    canaries: tuple[str, ...] = ()  # what stands in prompts and in no answer
    approval: ToolApproval | None = None  # who is asked, where the action is to ask
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))  # examples
    only: tuple[str, ...] = ()  # the topics that are allowed; empty: each is forbidden
    trusted: tuple[str, ...] = ()  # vendors, and regions: it does not stand where calls go nowhere else


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What concerns all guards."""

    refusal: Literal["error", "finish"] = "error"  # how a caller learns that an answer was stopped
    placeholder_key: Secret | None = None  # None: one is drawn when the process starts
    scope: Literal["team", "key"] = "team"  # within which a value keeps its placeholder


# Classes of tokens that may have a price of their own, within the input or the output.
APART = (
    *("cached_read", "cache_write", "cache_write_1h", "input_audio", "cached_audio", "input_image"),
    *("reasoning", "output_audio", "output_image"),
)


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """A price from the YAML, in nano-dollars per million tokens; it replaces the public one."""

    target: str  # "vendor/model", `*` allowed at the end
    input: int
    output: int
    cached_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    input_audio: int | None = None
    cached_audio: int | None = None
    input_image: int | None = None
    reasoning: int | None = None
    output_audio: int | None = None
    output_image: int | None = None
    per: str = ""  # what else is counted: image, character, second, search, page or call; "": nothing
    amount: int = 0  # nano-dollars for one of it
    batch: int = 100  # what of all this a call of a batch costs, in percent


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How the gateway runs batches itself, and how long their files are kept."""

    concurrency: int = 16  # lines asked at once by one process
    max_lines: int = 50_000
    max_file_bytes: int = 200 * 10**6
    keep: float = 30 * 86_400.0  # seconds
    folder: str | None = None  # None: below the state directory


@dataclass(frozen=True, slots=True)
class Settings:
    """What concerns the process rather than a call."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 32 * 1024 * 1024
    max_upload_bytes: int = 1024 * 1024 * 1024  # of forms and files, which are not held in memory
    body_timeout: float = 30.0  # seconds a client may take to send its body
    keep_alive: float = 15.0  # seconds of silence before a stream's caller is told to wait; 0: never
    drain_seconds: float = 20.0  # grace for open requests at shutdown
    cors_origins: tuple[str, ...] = ()
    unpriced: Literal["deny", "allow", "assume"] = "allow"
    assumed_price: PriceOverride | None = None
    on_disconnect: Literal["cancel", "drain"] = "cancel"
    spool_fsync: bool = False
    breakers: bool = True  # whether targets that fail, are slow or are limited are skipped for a time
    queue_seconds: float = 10.0  # a call may wait for its turn at a target whose concurrency is bounded
    empty_fails: bool = False  # whether an answer that says nothing is a failed attempt
    hedge_budget: float = 0.05  # attempts beside late ones, of a hedged call, on average
    retry_budget: float = 0.2  # extra attempts a call, on average
    database: str | None = None  # None: SQLite under the state directory
    redis: str | None = None  # what several processes share; None: this one counts and remembers alone
    redis_deadline: float = 0.05  # seconds that one command may take
    log_format: Literal["auto", "json", "human"] = "auto"
    log_level: str = "info"
    admin_key: Secret | None = None
    batches: BatchSettings = BatchSettings()
    alerts: AlertFacts | None = None
    tracing: TracingFacts | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the operator decided, compiled. Built whole, swapped whole, never changed."""

    vendors: Mapping[str, Vendor]
    models: Mapping[str, ModelGroup]
    passthroughs: tuple[Passthrough, ...]
    teams: Mapping[str, TeamFacts]
    prices: tuple[PriceOverride, ...]
    settings: Settings
    version: str  # digest of what it was compiled from
    source: str  # the file's path, or "no file"
    capabilities: tuple[CapabilityOverride, ...] = ()
    organisations: Mapping[str, tuple[Limit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, tuple[Limit, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )  # "name=value"
    guards: Mapping[str, GuardFacts] = field(default_factory=lambda: MappingProxyType({}))
    guardrails: tuple[str, ...] = ()  # of every call
    guarding: GuardSettings = GuardSettings()
    tool_servers: Mapping[str, ToolServerFacts] = field(default_factory=lambda: MappingProxyType({}))
    agents: Mapping[str, AgentFacts] = field(default_factory=lambda: MappingProxyType({}))
    agent_labels: Mapping[str, Split] = field(default_factory=lambda: MappingProxyType({}))
    cache: CacheFacts = CacheFacts()
    retention: RetentionFacts = RetentionFacts()
    patterns: PatternIndex = field(init=False, repr=False, compare=False)
    limited: bool = field(init=False, repr=False, compare=False)  # whether the file limits anybody

    def __post_init__(self) -> None:
        object.__setattr__(self, "patterns", PatternIndex.of(self.passthroughs))
        teams = any(team.limits or team.users for team in self.teams.values())
        object.__setattr__(self, "limited", teams or bool(self.organisations or self.tags))

    def resolve(self, name: str) -> ModelGroup | None:
        """The group that serves a model name: a declared one, else that of the most specific pattern."""
        group = self.models.get(name)
        if group is not None:
            return group
        found = self.patterns.find(name)
        if found is None:
            return None
        rule, length = found
        return ModelGroup(name, (Target(rule.vendor, name[length:] if rule.strip else name),))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that was read, and what its author should know about it."""

    catalog: Catalog
    warnings: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()  # every file it was read from, secrets included: what a reload watches
