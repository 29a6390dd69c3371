"""The schema of signalbox.yaml: every setting, its type and its default."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from config import addresses, units
from config.agent_schema import AgentEntry, ToolServerEntry
from config.alert_schema import AlertsEntry
from config.cache_schema import CacheEntry, CachePolicyEntry
from config.catalog import BatchSettings, Deadlines, Settings
from config.errors import Unfit
from config.forms import (
    Count,
    Credential,
    Deadline,
    Dollars,
    Entries,
    Entry,
    Flag,
    HeaderValue,
    HttpUrl,
    ModelName,
    Seconds,
    Size,
    Text,
    Tokens,
    Unmask,
)
from config.guard_schema import GuardEntry, GuardingEntry
from config.limit_schema import AccountEntry
from config.policy_schema import PolicyEntry
from config.reliability_schema import ReliabilityEntry
from config.retention_schema import RetentionEntry, TeamRetentionEntry
from config.trace_schema import TracingEntry
from config.workflow_schema import WorkflowEntry

_DEADLINES = Deadlines()
_SETTINGS = Settings()
_BATCHES = BatchSettings()


def _target(value: object) -> object:
    if isinstance(value, str):
        return {"to": value}
    if not isinstance(value, dict):
        raise Unfit('a target such as "openai/gpt-4o-mini", or {to: openai/gpt-4o-mini, weight: 2}')
    return value


def _strategy(value: object) -> object:
    if isinstance(value, str):
        return {"kind": value}
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise Unfit("a strategy's name, or {kind: NAME} with its settings")
    return value


ProxyUrl = Annotated[str, BeforeValidator(addresses.proxy_url)]
Origin = Annotated[str, BeforeValidator(addresses.browser_origin)]
Host = Annotated[str, BeforeValidator(addresses.listen_host)]
DatabaseUrl = Annotated[str, BeforeValidator(addresses.database_url)]
RedisUrl = Annotated[str, BeforeValidator(addresses.redis_url)]
Span = Annotated[float, BeforeValidator(units.span)]
Percent = Annotated[int, BeforeValidator(units.percent)]
Port = Annotated[int, BeforeValidator(units.port)]
Weight = Annotated[int, BeforeValidator(units.weight)]
Concurrency = Annotated[int, BeforeValidator(units.concurrency)]  # 0: adaptive
Retries = Annotated[int, BeforeValidator(units.retries)]
NanoPerMillion = Annotated[
    int, BeforeValidator(units.nano_dollars)
]  # written as US dollars per million tokens


class DeadlinesEntry(Entry):
    """vendors.NAME.deadlines"""

    connect: Deadline = _DEADLINES.connect
    headers: Deadline = _DEADLINES.headers
    first_content: Deadline = _DEADLINES.first_content
    idle: Deadline = _DEADLINES.idle
    total: Deadline = _DEADLINES.total


class CredentialsEntry(Entry):
    """vendors.NAME.credentials"""

    access_key_id: Credential | None = None
    secret_access_key: Credential | None = None
    session_token: Credential | None = None
    profile: Text | None = None
    service_account: str | None = None


class VendorEntry(Entry):
    """vendors.NAME"""

    kind: Text | None = None
    base_url: HttpUrl | None = None
    api_key: Credential | None = None
    api_keys: tuple[Credential, ...] = ()
    region: Text | None = None
    project: Text | None = None
    credentials: CredentialsEntry | None = None
    api_version: Text | None = None
    headers: dict[str, HeaderValue] = {}
    deadlines: DeadlinesEntry = DeadlinesEntry()
    max_connections: Count = 1000
    ca_file: Text | None = None
    client_cert: Text | None = None
    client_key: Text | None = None
    proxy: ProxyUrl | None = None
    unsupported: Literal["error", "drop"] = "error"
    concurrency: Concurrency | None = None
    batches: Literal["vendor", "gateway"] = "vendor"


class TargetEntry(Entry):
    """models.NAME.targets[n]"""

    to: ModelName
    weight: Weight = 1


class OnEntry(Entry):
    """models.NAME.on: groups to use if a target refuses a prompt"""

    context: tuple[ModelName, ...] = ()
    content: tuple[ModelName, ...] = ()


class SchemaEntry(Entry):
    """models.NAME.json_schema"""

    check: Literal["always", "unenforced"] = "always"
    repair: Flag = True


class ModelEntry(Entry):
    """models.NAME"""

    targets: tuple[Annotated[TargetEntry, BeforeValidator(_target)], ...] = ()
    strategy: Annotated[dict[str, Any], BeforeValidator(_strategy)] = {"kind": "weighted"}
    max_price: Dollars | None = None
    fallback: tuple[ModelName, ...] = ()
    on: OnEntry = OnEntry()
    retries: Retries = 0
    hedge: Flag = False
    json_schema: SchemaEntry | None = None
    prompt_cache: Literal["auto", "off"] = "off"
    passthrough: Text | None = None
    strip: Flag | None = None
    guardrails: tuple[Text, ...] = ()


class TeamEntry(AccountEntry):
    """teams.NAME"""

    organisation: Text = "default"
    users: Entries[AccountEntry] = {}
    models: tuple[ModelName, ...] | None = None
    passthrough: tuple[Text, ...] = ()
    objects: tuple[Text, ...] = ()
    regions: tuple[Text, ...] | None = None
    controls: tuple[Text, ...] | None = None
    tags: dict[str, Text] = {}
    guardrails: tuple[Text, ...] = ()
    unmask: Unmask = True
    priority: Literal["interactive", "batch"] = "interactive"
    cache: CachePolicyEntry = CachePolicyEntry()
    retention: TeamRetentionEntry = TeamRetentionEntry()


class PriceEntry(Entry):
    """prices.TARGET, in US dollars per million tokens, or `amount` for one unit of `per`"""

    input: NanoPerMillion | None = None
    output: NanoPerMillion | None = None
    cached_read: NanoPerMillion | None = None
    cache_write: NanoPerMillion | None = None
    cache_write_1h: NanoPerMillion | None = None
    input_audio: NanoPerMillion | None = None
    cached_audio: NanoPerMillion | None = None
    input_image: NanoPerMillion | None = None
    reasoning: NanoPerMillion | None = None
    output_audio: NanoPerMillion | None = None
    output_image: NanoPerMillion | None = None
    per: Literal["image", "character", "second", "search", "page", "call"] | None = None
    amount: Dollars | None = None
    batch: Percent = 100


class CapabilitiesEntry(Entry):
    """capabilities.TARGET"""

    context: Tokens | None = None
    output: Tokens | None = None
    image_tokens: Tokens | None = None
    tools: Flag | None = None
    parallel_tools: Flag | None = None
    vision: Flag | None = None
    audio: Flag | None = None
    files: Flag | None = None
    json_schema: Flag | None = None
    thinking: Flag | None = None
    thinking_budget: Flag | None = None
    thinking_effort: Flag | None = None
    prefill: Flag | None = None
    temperature: Flag | None = None


class ServerEntry(Entry):
    """server"""

    host: Host = _SETTINGS.host
    port: Port = _SETTINGS.port
    max_body: Size = _SETTINGS.max_body_bytes
    max_upload: Size = _SETTINGS.max_upload_bytes
    body_timeout: Deadline = _SETTINGS.body_timeout
    keep_alive: Seconds = _SETTINGS.keep_alive
    drain: Seconds = _SETTINGS.drain_seconds
    cors_origins: tuple[Origin, ...] = ()
    on_disconnect: Literal["cancel", "drain"] = _SETTINGS.on_disconnect


class BatchesEntry(Entry):
    """batches"""

    concurrency: Count = _BATCHES.concurrency
    max_lines: Count = _BATCHES.max_lines
    max_file: Size = _BATCHES.max_file_bytes
    keep: Span = _BATCHES.keep
    folder: Text | None = None


class StoresEntry(Entry):
    """stores"""

    database: DatabaseUrl | None = None
    redis: RedisUrl | None = None
    redis_deadline: Deadline = _SETTINGS.redis_deadline


class LedgerEntry(Entry):
    """ledger"""

    unpriced: Literal["deny", "allow", "assume"] = _SETTINGS.unpriced
    assumed_price: PriceEntry | None = None
    fsync: Flag = _SETTINGS.spool_fsync


class LogEntry(Entry):
    """log"""

    format: Literal["auto", "json", "human"] = _SETTINGS.log_format
    level: Literal["debug", "info", "warning", "error"] = "info"


class Document(Entry):
    """The whole file."""

    vendors: Entries[VendorEntry] | None = None
    models: Entries[ModelEntry] | None = None
    teams: Entries[TeamEntry] = {}
    tool_servers: Entries[ToolServerEntry] = {}
    agents: Entries[AgentEntry] = {}
    agent_labels: dict[str, dict[str, Count]] = {}
    workflows: Entries[WorkflowEntry] = {}
    policies: Entries[PolicyEntry] = {}
    organisations: Entries[AccountEntry] = {}
    tags: Entries[AccountEntry] = {}
    prices: dict[str, PriceEntry] = {}
    capabilities: dict[str, CapabilitiesEntry] = {}
    server: ServerEntry = ServerEntry()
    batches: BatchesEntry = BatchesEntry()
    stores: StoresEntry = StoresEntry()
    ledger: LedgerEntry = LedgerEntry()
    reliability: ReliabilityEntry = ReliabilityEntry()
    log: LogEntry = LogEntry()
    guards: Entries[GuardEntry] = {}
    guardrails: tuple[Text, ...] = ()
    guarding: GuardingEntry = GuardingEntry()
    cache: CacheEntry = CacheEntry()
    retention: RetentionEntry = RetentionEntry()
    admin_key: Credential | None = None
    alerts: AlertsEntry | None = None
    tracing: TracingEntry | None = None
