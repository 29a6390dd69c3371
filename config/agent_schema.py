"""The schema of `tool_servers` and `agents` in signalbox.yaml."""

from decimal import Decimal
from math import ceil
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from config import units
from config.escalating import EscalateEntry
from config.forms import (
    Count,
    Credential,
    Deadline,
    Dollars,
    Entries,
    Entry,
    HeaderValue,
    HttpUrl,
    ModelName,
    Seconds,
    Text,
    Tokens,
)
from config.retention_schema import Ttl


def _tool(value: object) -> object:
    return {"tool": value} if isinstance(value, str) else value


class ReconcileEntry(Entry):
    """tool_servers.NAME.tools.TOOL.reconcile"""

    tool: Text
    arguments: dict[str, Text] = {}
    member: Text
    equals: Text
    settle: Seconds = 0.0


class FactsEntry(Entry):
    """tool_servers.NAME.tools.TOOL.facts"""

    key: Text
    members: dict[str, Text] = {}


class TaskEntry(Entry):
    """tool_servers.NAME.tools.TOOL.task"""

    path: Text
    id: Text = "id"
    state: Text = "status"
    working: tuple[Text, ...] = ("queued", "pending", "running", "working", "in_progress")
    failed: tuple[Text, ...] = ("failed", "cancelled", "error")
    every: Deadline = 2.0
    patience: Deadline = 600.0


class ToolEntry(Entry):
    """tool_servers.NAME.tools.TOOL"""

    description: str = ""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: str = ""
    entry: str = ""
    statement: str = ""
    rows: Count = 200
    stream: str = ""
    result: Seconds = 0.0
    arguments: dict[str, Any] | None = None
    effect: Literal["read", "idempotent", "keyed", "queryable", "transactional", "unsafe"] = "unsafe"
    timeout: Deadline = 30.0
    reconcile: ReconcileEntry | None = None
    task: TaskEntry | None = None
    facts: FactsEntry | None = None


class ToolServerEntry(Entry):
    """tool_servers.NAME"""

    kind: Literal["http", "function", "mcp", "sql", "queue", "caller"] = "http"
    base_url: HttpUrl | None = None
    private: tuple[Text, ...] = ()
    headers: dict[str, HeaderValue] = {}
    command: tuple[Text, ...] = ()
    environment: dict[str, HeaderValue] = {}
    network: Literal["none", "host"] = "none"
    pins: str = ""
    url: Credential | None = None
    tools: Entries[ToolEntry] = {}


class AgentApprovalEntry(Entry):
    """agents.NAME.tools[n].approval"""

    group: Text
    ttl: Deadline = 14_400.0
    escalate: EscalateEntry | None = None


class AgentToolEntry(Entry):
    """agents.NAME.tools[n]"""

    tool: Text
    approval: AgentApprovalEntry | None = None


def _agent(value: object) -> object:
    return {"agent": value} if isinstance(value, str) else value


class AgentCallEntry(Entry):
    """agents.NAME.agents[n] and agents.NAME.handoffs[n]"""

    agent: Text
    description: str = ""
    approval: AgentApprovalEntry | None = None


Wall = Annotated[int, BeforeValidator(lambda value: ceil(units.span(value)))]


class SoftLimitsEntry(Entry):
    """agents.NAME.limits.soft"""

    turns: Count | None = None
    tool_calls: Count | None = None
    tokens: Tokens | None = None
    cost: Dollars | None = None


class AgentLimitsEntry(Entry):
    """agents.NAME.limits"""

    turns: Count | None = None
    tool_calls: Count | None = None
    parallel_tools: Count | None = None
    tokens: Tokens | None = None
    cost: Dollars | None = None
    tool_errors: Count | None = None
    same_call: Count | None = None
    attempts: Count | None = None
    children: Count | None = None
    depth: Count | None = None
    wall: Wall | None = None
    soft: SoftLimitsEntry | None = None


class AgentParametersEntry(Entry):
    """agents.NAME.parameters"""

    temperature: Decimal | None = None
    max_output_tokens: Tokens | None = None


class MemoryEntry(Entry):
    """agents.NAME.memory"""

    scope: Literal["user", "team", "agent"]
    ttl: Ttl = 90 * 86_400.0
    most: Count = 200


def _window(value: object) -> object:
    return value if isinstance(value, dict) else {"tokens": value}


class WindowEntry(Entry):
    """agents.NAME.window"""

    tokens: Tokens
    summary: ModelName | None = None


class AgentEntry(Entry):
    """agents.NAME"""

    model: ModelName
    description: str = ""
    instructions: str = ""
    tools: tuple[Annotated[AgentToolEntry, BeforeValidator(_tool)], ...] = ()
    agents: tuple[Annotated[AgentCallEntry, BeforeValidator(_agent)], ...] = ()
    handoffs: tuple[Annotated[AgentCallEntry, BeforeValidator(_agent)], ...] = ()
    limits: AgentLimitsEntry = AgentLimitsEntry()
    window: Annotated[WindowEntry, BeforeValidator(_window)] | None = None
    memory: MemoryEntry | None = None
    parameters: AgentParametersEntry = AgentParametersEntry()
