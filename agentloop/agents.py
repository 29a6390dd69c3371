"""An agent as a run stores it: an immutable version with everything that decides what it may do."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, cast

import msgspec

from agentloop.events import Effect, Limits
from agentloop.flow import Flow
from agentloop.policy import Escalation, History, Rule, Verb
from config.toolbox import AgentFacts, AgentTool, RuleFacts, ToolFacts, ToolReconciliation
from config.toolbox import Escalation as EscalationFacts

AGENT = "agent"  # kind of a tool that runs another agent
HANDOFF = "handoff"  # kind of a tool that hands the conversation over to another agent
MEMORY = "memory"  # kind of the tools that store texts beyond a run and search them
CALLER = "caller"  # kind of the tools that the client runs itself
WORD = "word"  # kind of a tool that consists only of a person's decision


class ApprovalRule(msgspec.Struct, frozen=True):
    """A person of this group must approve each call within `ttl` seconds."""

    group: str
    ttl: float = 14_400.0
    escalate: Escalation | None = None


class Reconciliation(msgspec.Struct, frozen=True):
    """How to check whether a lost call took effect: call `tool` and compare one member of its answer.

    `arguments` maps that tool's arguments to those of the lost call. A lost call can no longer take effect
    `settle` seconds after its deadline.
    """

    tool: "ToolVersion"
    arguments: dict[str, str]
    member: str
    equals: str
    settle: float = 0.0


class ToolVersion(msgspec.Struct, frozen=True, dict=True):
    """A tool as the operator declares it; only the declaration decides its effect."""

    name: str  # server/tool
    kind: str  # the module of agentloop/tools that runs it
    description: str
    parameters: dict[str, Any]  # JSON Schema of its arguments
    effect: Effect = "unsafe"
    timeout: float = 30.0  # seconds
    approval: ApprovalRule | None = None
    reconcile: Reconciliation | None = None
    settings: dict[str, Any] = {}  # specific to the kind; secrets by reference only
    facts_key: str = ""  # the argument that identifies what its facts describe
    facts: dict[str, str] = {}  # name -> dotted member of the answer

    @property
    def inline(self) -> bool:
        """Whether it is a workflow's built-in step: a question to a model or a person."""
        return bool(self.settings.get("inline"))

    @cached_property
    def spoken(self) -> str:
        """The name shown to models: vendors allow no slash in it."""
        return self.name.replace("/", "__").replace("@", "-at-")


class AgentVersion(msgspec.Struct, frozen=True, dict=True):
    """The version to which a run is pinned when it begins."""

    name: str
    model: str
    instructions: str
    tools: tuple[ToolVersion, ...] = ()
    limits: Limits = Limits()
    parameters: dict[str, Any] = {}  # of the model call, such as temperature
    rules: tuple[Rule, ...] = ()  # those of the operator's policies that concern this agent
    flow: Flow | None = None  # set for a workflow, which has no model of its own

    @property
    def undoes(self) -> tuple[str, ...] | None:
        """The nodes that a workflow can compensate; None for an agent that is no workflow."""
        return None if self.flow is None else tuple(self.flow.undo)

    def tool(self, name: str) -> ToolVersion | None:
        """The tool of that name, in the models' or the operator's spelling; None if the agent lacks it."""
        return self._named.get(name)

    @cached_property
    def looks_back(self) -> bool:
        """Whether any rule depends on earlier calls of the same run."""
        return any(rule.history is not None and not rule.history.within for rule in self.rules)

    @cached_property
    def _named(self) -> dict[str, ToolVersion]:
        # If two tools have the same name for models, the first wins.
        return {name: tool for tool in reversed(self.tools) for name in (tool.name, tool.spoken)}


_ENCODE = msgspec.json.Encoder(order="sorted").encode
_DECODER = msgspec.json.Decoder(AgentVersion)


def written(agent: AgentVersion) -> str:
    """Canonical JSON, identical for equal versions."""
    return _ENCODE(agent).decode()


def read(text: str) -> AgentVersion:
    """Parses the JSON of `written`. Raises msgspec.DecodeError."""
    return _DECODER.decode(text)


def digest(agent: AgentVersion) -> str:
    """The id of a version: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + sha256(_ENCODE(agent)).hexdigest()


@dataclass(frozen=True, slots=True)
class Roster:
    """The currently configured agents by name."""

    agents: Mapping[str, AgentVersion]

    def names(self) -> tuple[str, ...]:
        """Names as they appear in the list of models."""
        return tuple(f"agent:{name}" for name in self.agents)


def version(facts: AgentFacts) -> AgentVersion:
    """The declared agent as a run stores it, without secrets and without its servers' egress permissions."""
    return AgentVersion(
        facts.name,
        facts.model,
        facts.instructions,
        tuple(_tool(each) for each in facts.tools),
        Limits(**facts.limits),
        dict(facts.parameters),
        tuple(map(_rule, facts.rules)),
        None if facts.flow is None else msgspec.convert(facts.flow, Flow, from_attributes=True),
    )


def _rule(given: RuleFacts) -> Rule:
    seen = given.history
    return Rule(
        given.name,
        cast(Verb, given.verb),
        given.tools,
        given.effects,
        given.teams,
        given.when,
        None if seen is None else History(*astuple(seen)),
        given.group,
        given.ttl,
        _escalation(given.escalate),
    )


def _escalation(given: EscalationFacts | None) -> Escalation | None:
    return None if given is None else Escalation(given.group, given.ttl)


def _tool(given: AgentTool) -> ToolVersion:
    approval = given.approval
    rule = (
        None
        if approval is None
        else ApprovalRule(approval.group, approval.ttl, _escalation(approval.escalate))
    )
    tool = _version(given.tool, given.kind, rule)
    if given.agent is None:
        return tool
    settings = {**tool.settings, "definition": written(version(given.agent))}
    return msgspec.structs.replace(tool, settings=settings)


def _version(tool: ToolFacts, kind: str, approval: ApprovalRule | None) -> ToolVersion:
    return ToolVersion(
        tool.name,
        kind,
        tool.description,
        dict(tool.arguments),
        cast(Effect, tool.effect),
        tool.timeout,
        approval,
        None if tool.reconcile is None else _reconciliation(tool.reconcile, kind),
        dict(tool.settings),
        tool.facts_key,
        dict(tool.facts),
    )


def _reconciliation(given: ToolReconciliation, kind: str) -> Reconciliation:
    return Reconciliation(
        _version(given.tool, kind, None), dict(given.arguments), given.member, given.equals, given.settle
    )
