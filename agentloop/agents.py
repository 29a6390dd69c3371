"""An agent as a run stores it: an immutable version with everything that decides what may happen."""

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

AGENT = "agent"  # the kind of a tool that another agent's run is
HANDOFF = "handoff"  # the kind of a tool by which another agent goes on
MEMORY = "memory"  # the kind of tools that keep texts beyond a run, and find them
CALLER = "caller"  # the kind of tools that whoever asks the agent runs
WORD = "word"  # the kind of a tool that is nothing but a person's word


class ApprovalRule(msgspec.Struct, frozen=True):
    """A person of this group must agree before each call, within so many seconds."""

    group: str
    ttl: float = 14_400.0
    escalate: Escalation | None = None


class Reconciliation(msgspec.Struct, frozen=True):
    """How to see whether a lost call took effect: ask `tool`, and compare one member of its answer.

    `arguments` maps that tool's arguments to those of the lost call. `settle` seconds after its deadline a
    lost call can no longer land.
    """

    tool: "ToolVersion"
    arguments: dict[str, str]
    member: str
    equals: str
    settle: float = 0.0


class ToolVersion(msgspec.Struct, frozen=True, dict=True):
    """A tool as the operator declares it; only the operator's declaration of its effect counts."""

    name: str  # server/tool
    kind: str  # the file in agentloop/tools that runs it
    description: str
    parameters: dict[str, Any]  # JSON Schema of its arguments
    effect: Effect = "unsafe"
    timeout: float = 30.0  # seconds
    approval: ApprovalRule | None = None
    reconcile: Reconciliation | None = None
    settings: dict[str, Any] = {}  # the kind's own; secrets by reference only
    facts_key: str = ""  # the argument that names what its facts are about
    facts: dict[str, str] = {}  # name -> dotted member of the answer

    @property
    def inline(self) -> bool:
        """Whether a workflow has it as a part of itself: a question to a model, or to a person."""
        return bool(self.settings.get("inline"))

    @cached_property
    def spoken(self) -> str:
        """The name that models see: theirs may have no slash."""
        return self.name.replace("/", "__").replace("@", "-at-")


class AgentVersion(msgspec.Struct, frozen=True, dict=True):
    """What a run is pinned to when it begins."""

    name: str
    model: str
    instructions: str
    tools: tuple[ToolVersion, ...] = ()
    limits: Limits = Limits()
    parameters: dict[str, Any] = {}  # of the model call, such as temperature
    rules: tuple[Rule, ...] = ()  # of the operator's policies, as far as they are about this agent
    flow: Flow | None = None  # of a workflow, which has no model of its own

    @property
    def undoes(self) -> tuple[str, ...] | None:
        """Of a workflow: the nodes that it can make good again."""
        return None if self.flow is None else tuple(self.flow.undo)

    def tool(self, name: str) -> ToolVersion | None:
        """The tool of that name, as models or as operators write it; None: the agent has none such."""
        return self._named.get(name)

    @cached_property
    def looks_back(self) -> bool:
        """Whether any rule is about what its run did before."""
        return any(rule.history is not None and not rule.history.within for rule in self.rules)

    @cached_property
    def _named(self) -> dict[str, ToolVersion]:
        # Of two that models know by one name it is the first.
        return {name: tool for tool in reversed(self.tools) for name in (tool.name, tool.spoken)}


_ENCODE = msgspec.json.Encoder(order="sorted").encode
_DECODER = msgspec.json.Decoder(AgentVersion)


def written(agent: AgentVersion) -> str:
    """Canonical JSON, the same for equal versions."""
    return _ENCODE(agent).decode()


def read(text: str) -> AgentVersion:
    """The version that was `written`. Raises msgspec.DecodeError."""
    return _DECODER.decode(text)


def digest(agent: AgentVersion) -> str:
    """By which a version is known: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + sha256(_ENCODE(agent)).hexdigest()


@dataclass(frozen=True, slots=True)
class Roster:
    """The agents there are now, by name."""

    agents: Mapping[str, AgentVersion]

    def names(self) -> tuple[str, ...]:
        """Names as they appear in the list of models."""
        return tuple(f"agent:{name}" for name in self.agents)


def version(facts: AgentFacts) -> AgentVersion:
    """The declared agent as a run keeps it: everything but secrets and whom its servers may reach."""
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
