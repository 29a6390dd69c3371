"""The frozen form of a configuration; a request keeps the one it started with."""

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
    unsupported: Literal["error", "drop"] = "error"  # what a request has that the vendor or model lacks
    batches: Literal["vendor", "gateway"] = "vendor"  # who runs batches if the vendor could run them itself
    concurrency: int | None = None  # calls in flight at each of its targets; None: unlimited
    concurrency_adaptive: bool = False  # whether `concurrency` is the upper bound of a number that adapts
    more_keys: tuple[Secret, ...] = ()  # besides `api_key`, the first one

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
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # defaults included
    branches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # option: other group


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """Answers are validated against the JSON Schema that the caller sent."""

    check: Literal["always", "unenforced"] = "always"  # or only those of models that do not enforce schemas
    repair: bool = True  # a target whose answer is invalid is asked once more, with the errors


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """A model name that callers use, and the targets that serve it."""

    name: str
    targets: tuple[Target, ...]
    strategy: Strategy = Strategy()
    fallback: tuple[str, ...] = ()  # names of other groups, in order
    on_context: tuple[str, ...] = ()  # groups for prompts that exceed a target's context window
    on_content: tuple[str, ...] = ()  # groups for prompts whose content a vendor refuses
    retries: int = 0  # how often the group's only target may be retried
    hedge: bool = False  # whether a second target is called if the first is late
    max_price: int | None = None  # the highest estimated cost of a call, in nano-dollars
    json_schema: SchemaRule | None = None  # None: answers are not validated
    prompt_cache: bool = False  # whether vendors are asked to cache prompt prefixes, if that saves money
    guardrails: tuple[str, ...] = ()

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The groups that may answer instead of it."""
        return (*self.strategy.branches.values(), *self.fallback)


@dataclass(frozen=True, slots=True)
class Passthrough:
    """A pattern of model names that go to one vendor, without the prefix before `*` if `strip` is set.

    A pattern without `*` matches only that name.
    """

    pattern: str  # "openai/*", "gpt-*" or "o1"
    vendor: str
    strip: bool


@dataclass(frozen=True, slots=True)
class PatternIndex:
    """Passthroughs by prefix: a lookup costs one slice per prefix length, not one test per pattern."""

    exact: Mapping[str, Passthrough]
    prefixes: Mapping[str, Passthrough]
    lengths: tuple[int, ...]  # of the prefixes, the longest first

    @classmethod
    def of(cls, rules: Iterable[Passthrough]) -> "PatternIndex":
        """Indexes the rules; of two with the same pattern the first wins."""
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


# Settings that callers may choose per call. The first three can only restrict what the file allows.
NARROWING = frozenset(["max-price", "regions", "vendors"])
ALLOWED = NARROWING | {"continue"}  # if a team's entry does not say
CONTROLS = ALLOWED | {"strategy", "dial"}


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team declared in the file; the API cannot change it."""

    name: str
    organisation: str
    models: tuple[str, ...] | None = None  # None: every model
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    passthrough: tuple[str, ...] = ()  # vendors whose whole API the team may use
    objects: tuple[str, ...] = ()  # objects in vendors' accounts, not created here, that its calls may name
    regions: frozenset[str] | None = None  # where its calls may be processed; None: anywhere
    controls: frozenset[str] = ALLOWED  # settings that its callers may choose per call
    guardrails: tuple[str, ...] = ()
    unmask: bool | Literal["on-request"] = True  # False: answers keep their placeholders
    priority: Literal["interactive", "batch"] = "interactive"  # highest priority of its calls in a queue
    limits: tuple[Limit, ...] = ()
    users: Mapping[str, tuple[Limit, ...]] = field(default_factory=lambda: MappingProxyType({}))


# Of a request: all its texts, or the results of tools. Of an answer: all its texts, or its tool calls.
GuardStage = Literal["input", "output", "tool_call", "tool_result"]

GuardRole = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class GuardService:
    """An HTTP service that the gateway calls, and the private networks that it may be in."""

    url: str
    host: str  # `name:port`
    secret: Secret | None = None  # signs requests; None: unsigned
    private: tuple[str, ...] = ()
    headers: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class GuardFacts:
    """A guard as configured; what a setting means depends on its kind."""

    name: str
    kind: str  # the guard's file in guardrails/guards/
    action: Literal["mask", "redact", "block", "flag", "ask"] | None = None  # None: the kind's default
    mode: Literal["enforce", "shadow"] = "enforce"
    on_error: Literal["block", "allow"] = "block"
    stages: tuple[GuardStage, ...] | None = None  # None: the kind's default
    budget: float = 1.0  # seconds one inspection may take
    types: tuple[str, ...] = ()  # empty: the kind's defaults
    countries: tuple[str, ...] = ()  # ISO 3166, lower case
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    allow: tuple[str, ...] = ()  # never a finding: a text, `@domain`, or a text with `*` at one end
    patterns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # re2, by type
    words: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # hosts that links may point to
    roles: tuple[GuardRole, ...] = ()  # roles whose texts are inspected; empty: all
    languages: tuple[str, ...] = ()  # ISO 639-1, lower case
    service: GuardService | None = None  # the external service that judges, for kinds that use one
    model: str = ""  # a model of this gateway, for kinds that ask one
    question: str = ""  # a yes to it is a finding
    max_bytes: int | None = None  # of a request's texts, or of a prompt that is inspected in one piece
    canaries: tuple[str, ...] = ()  # texts in prompts that must not appear in answers
    approval: ToolApproval | None = None  # who is asked, if the action is `ask`
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))  # examples
    only: tuple[str, ...] = ()  # the only topics that are allowed; empty: all topics are forbidden
    trusted: tuple[str, ...] = ()  # vendors and regions: the guard is skipped if calls go nowhere else


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """Settings shared by all guards."""

    refusal: Literal["error", "finish"] = "error"  # how a caller learns that an answer was blocked
    placeholder_key: Secret | None = None  # None: a random one per process
    scope: Literal["team", "key"] = "team"  # within which a value keeps the same placeholder


# Classes of tokens that may have prices of their own; each is part of the input or the output.
APART = (
    *("cached_read", "cache_write", "cache_write_1h", "input_audio", "cached_audio", "input_image"),
    *("reasoning", "output_audio", "output_image"),
)


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """A price from the YAML, in nano-dollars per million tokens; it replaces the public price."""

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
    per: str = ""  # another billed unit: image, character, second, search, page or call; "": none
    amount: int = 0  # nano-dollars for one unit
    batch: int = 100  # what a call in a batch costs, in percent of all these prices


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How the gateway runs batches itself, and how long it keeps their files."""

    concurrency: int = 16  # lines in flight per process
    max_lines: int = 50_000
    max_file_bytes: int = 200 * 10**6
    keep: float = 30 * 86_400.0  # seconds
    folder: str | None = None  # None: below the state directory


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the process rather than of a call."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 32 * 1024 * 1024
    max_upload_bytes: int = 1024 * 1024 * 1024  # of forms and files, which are streamed, not held in memory
    body_timeout: float = 30.0  # seconds a client may take to send its body
    keep_alive: float = 15.0  # seconds of silence before a stream's caller gets a keep-alive; 0: never
    drain_seconds: float = 20.0  # grace for open requests at shutdown
    cors_origins: tuple[str, ...] = ()
    unpriced: Literal["deny", "allow", "assume"] = "allow"
    assumed_price: PriceOverride | None = None
    on_disconnect: Literal["cancel", "drain"] = "cancel"
    spool_fsync: bool = False
    breakers: bool = True  # whether targets that fail, are slow or are rate-limited are skipped for a time
    queue_seconds: float = 10.0  # how long a call may queue for a target with a concurrency limit
    empty_fails: bool = False  # whether an empty answer counts as a failed attempt
    hedge_budget: float = 0.05  # hedge attempts per hedged call, on average
    retry_budget: float = 0.2  # extra attempts per call, on average
    database: str | None = None  # None: SQLite under the state directory
    redis: str | None = None  # shared by several processes; None: this process counts and caches alone
    redis_deadline: float = 0.05  # seconds for one command
    log_format: Literal["auto", "json", "human"] = "auto"
    log_level: str = "info"
    admin_key: Secret | None = None
    batches: BatchSettings = BatchSettings()
    alerts: AlertFacts | None = None
    tracing: TracingFacts | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the operator decided, compiled; built and swapped as a whole, never changed."""

    vendors: Mapping[str, Vendor]
    models: Mapping[str, ModelGroup]
    passthroughs: tuple[Passthrough, ...]
    teams: Mapping[str, TeamFacts]
    prices: tuple[PriceOverride, ...]
    settings: Settings
    version: str  # digest of the source
    source: str  # the file's path, or "no file"
    capabilities: tuple[CapabilityOverride, ...] = ()
    organisations: Mapping[str, tuple[Limit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, tuple[Limit, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )  # "name=value"
    guards: Mapping[str, GuardFacts] = field(default_factory=lambda: MappingProxyType({}))
    guardrails: tuple[str, ...] = ()  # for every call
    guarding: GuardSettings = GuardSettings()
    tool_servers: Mapping[str, ToolServerFacts] = field(default_factory=lambda: MappingProxyType({}))
    agents: Mapping[str, AgentFacts] = field(default_factory=lambda: MappingProxyType({}))
    agent_labels: Mapping[str, Split] = field(default_factory=lambda: MappingProxyType({}))
    cache: CacheFacts = CacheFacts()
    retention: RetentionFacts = RetentionFacts()
    patterns: PatternIndex = field(init=False, repr=False, compare=False)
    limited: bool = field(init=False, repr=False, compare=False)  # whether the file limits anyone

    def __post_init__(self) -> None:
        object.__setattr__(self, "patterns", PatternIndex.of(self.passthroughs))
        teams = any(team.limits or team.users for team in self.teams.values())
        object.__setattr__(self, "limited", teams or bool(self.organisations or self.tags))

    def resolve(self, name: str) -> ModelGroup | None:
        """The group that serves a model name: a declared one, else one made for the most specific pattern."""
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
    """A configuration that was read, with warnings for its author."""

    catalog: Catalog
    warnings: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()  # every file that was read, secrets included; a reload watches them
