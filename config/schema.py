"""The form of signalbox.yaml: every setting, its type and its default."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from config import addresses, units
from config.catalog import BatchSettings, Deadlines, Settings
from config.errors import Unfit

_DEADLINES = Deadlines()
_SETTINGS = Settings()
_BATCHES = BatchSettings()
_T = TypeVar("_T")


def _filled(value: object) -> object:
    """Entries with nothing after their name have every default: `openai:` alone is a vendor."""
    if isinstance(value, dict):
        return {name: {} if entry is None else entry for name, entry in value.items()}
    return value


def _target(value: object) -> object:
    if isinstance(value, str):
        return {"to": value}
    if not isinstance(value, dict):
        raise Unfit('a target such as "openai/gpt-4o-mini", or {to: openai/gpt-4o-mini, weight: 2}')
    return value


Text = Annotated[str, BeforeValidator(addresses.text_line)]
Credential = Annotated[str, BeforeValidator(addresses.credential)]
HeaderValue = Annotated[str, BeforeValidator(addresses.header_value)]
HttpUrl = Annotated[str, BeforeValidator(addresses.http_url)]
ProxyUrl = Annotated[str, BeforeValidator(addresses.proxy_url)]
Origin = Annotated[str, BeforeValidator(addresses.browser_origin)]
Host = Annotated[str, BeforeValidator(addresses.listen_host)]
DatabaseUrl = Annotated[str, BeforeValidator(addresses.database_url)]
ModelName = Annotated[str, BeforeValidator(addresses.model_name)]
Seconds = Annotated[float, BeforeValidator(units.seconds)]
Deadline = Annotated[float, BeforeValidator(units.positive_seconds)]
Span = Annotated[float, BeforeValidator(units.span)]
Percent = Annotated[int, BeforeValidator(units.percent)]
Size = Annotated[int, BeforeValidator(units.octets)]
Port = Annotated[int, BeforeValidator(units.port)]
Count = Annotated[int, BeforeValidator(units.count)]
Weight = Annotated[int, BeforeValidator(units.weight)]
Tokens = Annotated[int, BeforeValidator(units.tokens)]
Flag = Annotated[bool, BeforeValidator(units.flag)]
NanoPerMillion = Annotated[
    int, BeforeValidator(units.nano_dollars)
]  # written as US dollars per million tokens
Dollars = Annotated[int, BeforeValidator(units.nano_dollars)]
Entries = Annotated[dict[str, _T], BeforeValidator(_filled)]


class Entry(BaseModel):
    """A block of settings: frozen, unknown keys refused, empty values as if they were not written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if inner is not None}
        return value


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
    batches: Literal["vendor", "gateway"] = "vendor"


class TargetEntry(Entry):
    """models.NAME.targets[n]"""

    to: ModelName
    weight: Weight = 1


class ModelEntry(Entry):
    """models.NAME"""

    targets: tuple[Annotated[TargetEntry, BeforeValidator(_target)], ...] = ()
    strategy: Text = "weighted"
    fallback: tuple[ModelName, ...] = ()
    passthrough: Text | None = None
    strip: Flag | None = None


class TeamEntry(Entry):
    """teams.NAME"""

    organisation: Text = "default"
    models: tuple[ModelName, ...] | None = None
    passthrough: tuple[Text, ...] = ()
    tags: dict[str, Text] = {}


class PriceEntry(Entry):
    """prices.TARGET, in US dollars per million tokens, or `amount` for one of what `per` names"""

    input: NanoPerMillion | None = None
    output: NanoPerMillion | None = None
    cached_read: NanoPerMillion | None = None
    cache_write: NanoPerMillion | None = None
    per: Literal["image", "character", "second", "search", "page", "call"] | None = None
    amount: Dollars | None = None
    batch: Percent = 100


class CapabilitiesEntry(Entry):
    """capabilities.TARGET"""

    context: Tokens | None = None
    output: Tokens | None = None
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
    prices: dict[str, PriceEntry] = {}
    capabilities: dict[str, CapabilitiesEntry] = {}
    server: ServerEntry = ServerEntry()
    batches: BatchesEntry = BatchesEntry()
    stores: StoresEntry = StoresEntry()
    ledger: LedgerEntry = LedgerEntry()
    log: LogEntry = LogEntry()
    admin_key: Credential | None = None
