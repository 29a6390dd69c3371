"""Agents and their tools as the file declares them: frozen, secrets kept separately."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.flow import FlowFacts
from config.secret import Secret


@dataclass(frozen=True, slots=True)
class Escalation:
    """Which group is asked if nobody answered in time, and how many seconds it has."""

    group: str
    ttl: float


@dataclass(frozen=True, slots=True)
class ToolApproval:
    """Which group must approve each call, and within how many seconds."""

    group: str
    ttl: float
    escalate: Escalation | None = None


@dataclass(frozen=True, slots=True)
class ToolReconciliation:
    """How to learn whether a lost call took effect: `member` of `tool`'s answer then `equals` this."""

    tool: "ToolFacts"
    arguments: Mapping[str, str]
    member: str
    equals: str
    settle: float


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """One tool of a server."""

    name: str  # server/tool
    description: str
    settings: Mapping[str, str]  # of its kind: method and url of a request, entry of a function
    arguments: Mapping[str, Any]  # JSON Schema
    effect: str
    timeout: float
    reconcile: ToolReconciliation | None = None
    facts_key: str = ""  # the argument that identifies the subject of its facts
    facts: Mapping[str, str] = field(default_factory=dict)  # name -> dotted member of the answer


@dataclass(frozen=True, slots=True)
class ToolServerFacts:
    """A tool server. `headers` may be secrets; a run stores neither them nor `private`."""

    name: str
    kind: str
    host: str  # name:port
    private: tuple[str, ...]  # networks
    headers: tuple[tuple[str, Secret], ...]
    tools: Mapping[str, ToolFacts]  # by the short name
    url: Secret | None = None  # of an MCP server, a database or a queue
    command: tuple[str, ...] = ()  # of a server that runs as a local program
    environment: tuple[tuple[str, Secret], ...] = ()
    network: bool = False  # whether that program may use the network


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """Applies a rule once there were `calls` earlier calls of these tools with the `same` arguments."""

    tools: tuple[str, ...]
    same: tuple[str, ...]
    calls: int
    within: float = 0.0  # seconds, over all runs of the scope; 0: only this run
    sum: str = ""  # what is summed instead of counting calls
    over: float = 0.0
    scope: str = "team"


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule of a policy. Empty fields match everything."""

    name: str  # policy/rule
    verb: str  # permit, forbid or require_approval
    agents: tuple[str, ...]
    tools: tuple[str, ...]
    effects: tuple[str, ...]
    teams: tuple[str, ...]
    when: str
    history: HistoryFacts | None
    group: str
    ttl: float
    escalate: Escalation | None = None


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool that an agent may call."""

    tool: ToolFacts
    kind: str
    approval: ToolApproval | None
    agent: "AgentFacts | None" = None  # the agent it stands for, if its kind is agent or handoff


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """A declared agent."""

    name: str
    model: str
    instructions: str
    tools: tuple[AgentTool, ...]
    limits: Mapping[str, Any]
    parameters: Mapping[str, Any]
    rules: tuple[RuleFacts, ...] = ()
    description: str = ""
    flow: FlowFacts | None = None  # only of a workflow, which has no model of its own

    @property
    def models(self) -> tuple[str, ...]:
        """The models that its runs call, without those of the agents below it."""
        return tuple(each for each in (self.model, self.limits.get("summary")) if each)

    def below(self) -> "Iterator[AgentFacts]":
        """All agents below it: those it may call, and theirs."""
        for tool in self.tools:
            if tool.agent is not None:
                yield tool.agent
                yield from tool.agent.below()


@dataclass(frozen=True, slots=True)
class Split:
    """The agents behind a label, with their weights: at least one."""

    label: str  # NAME@LABEL
    shares: tuple[tuple[str, int], ...]
