"""The frozen form of a configuration, which a request keeps from beginning to end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from config.kinds import VendorKind


@dataclass(frozen=True, slots=True)
class Secret:
    """A resolved secret that does not print itself."""

    value: str = field(repr=False)
    source: str  # where it came from, safe to show: "env OPENAI_API_KEY", "file /run/secrets/x", "literal"


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
    api_version: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # sent with every call
    deadlines: Deadlines = Deadlines()
    max_connections: int = 1000
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None  # an http:// proxy that takes CONNECT


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
class ModelGroup:
    """A model name that callers use, and who may serve it."""

    name: str
    targets: tuple[Target, ...]
    strategy: str = "weighted"
    fallback: tuple[str, ...] = ()  # names of other groups, in order


@dataclass(frozen=True, slots=True)
class Passthrough:
    """A pattern of model names that go to one vendor, the prefix before `*` taken off when `strip` is set."""

    pattern: str  # "openai/*" or "gpt-*"
    vendor: str
    strip: bool


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team declared in the file; the API cannot change it."""

    name: str
    organisation: str
    models: tuple[str, ...] | None = None  # None: every model
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """A price from the YAML, in nano-dollars per million tokens; it replaces the public one."""

    target: str  # "vendor/model", `*` allowed at the end
    input: int
    output: int
    cached_read: int | None = None
    cache_write: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What concerns the process rather than a call."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 32 * 1024 * 1024
    body_timeout: float = 30.0  # seconds a client may take to send its body
    drain_seconds: float = 20.0  # grace for open requests at shutdown
    cors_origins: tuple[str, ...] = ()
    unpriced: Literal["deny", "allow", "assume"] = "allow"
    assumed_price: PriceOverride | None = None
    on_disconnect: Literal["cancel", "drain"] = "cancel"
    spool_fsync: bool = False
    database: str | None = None  # None: SQLite under the state directory
    log_format: Literal["auto", "json", "human"] = "auto"
    log_level: str = "info"
    admin_key: Secret | None = None


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

    def resolve(self, name: str) -> ModelGroup | None:
        """The group that serves a model name: a declared one, else the first pattern that fits."""
        group = self.models.get(name)
        if group is not None:
            return group
        for rule in self.passthroughs:
            prefix = rule.pattern[:-1]
            if name.startswith(prefix) and len(name) > len(prefix):
                model = name[len(prefix) :] if rule.strip else name
                return ModelGroup(name=name, targets=(Target(rule.vendor, model),))
        return None
