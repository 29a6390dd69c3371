"""Agents that call or hand over to other agents: names are resolved, cycles reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from config.agent_schema import AgentCallEntry, AgentEntry
from config.errors import any_of, did_you_mean, quoted
from config.node import Node
from config.report import Report
from config.toolbox import AgentFacts, AgentTool, ToolApproval, ToolFacts

_TO_ASK = {
    "type": "object",
    "properties": {"input": {"type": "string", "description": "What to do, with everything it must know."}},
    "required": ["input"],
    "additionalProperties": False,
}
_TO_HAND_OVER = {"type": "object", "properties": {}, "additionalProperties": False}

# Each declared agent: its name, its entry and its position in the file.
Written = Iterable[tuple[str, AgentEntry, Node]]


def linked(agents: Mapping[str, AgentFacts], written: Written, report: Report) -> dict[str, AgentFacts]:
    """The agents, with the agents that they may call added to their tools."""
    return _Linking(agents, {name: (entry, node) for name, entry, node in written}, report).all()


@dataclass(slots=True)
class _Linking:
    agents: Mapping[str, AgentFacts]
    written: Mapping[str, tuple[AgentEntry, Node]]
    report: Report
    done: dict[str, AgentFacts] = field(default_factory=dict)

    def all(self) -> dict[str, AgentFacts]:
        return {name: self._one(name, ()) for name in self.agents}

    def _one(self, name: str, above: tuple[str, ...]) -> AgentFacts:
        if name not in self.done:
            entry, node = self.written[name]
            line = (*above, name)
            tools = [
                *self._tools(entry.agents, "agents", node, line),
                *self._tools(entry.handoffs, "handoffs", node, line),
            ]
            facts = self.agents[name]
            self.done[name] = replace(facts, tools=(*facts.tools, *tools)) if tools else facts
        return self.done[name]

    def _tools(
        self, calls: Sequence[AgentCallEntry], kind: str, node: Node, line: tuple[str, ...]
    ) -> Iterable[AgentTool]:
        for index, call in enumerate(calls):
            place = node.get(kind, index) or node
            other = call.agent
            if other not in self.agents:
                known = list(self.agents)
                found = f"the unknown agent {quoted(other)}"
                self.report.wrong(place, found, any_of(known), did_you_mean(other, known))
            elif other in line:
                circle = " → ".join((*line[line.index(other) :], other))
                self.report.wrong(place, f"agents in a circle: {circle}", "agents that do not come back")
            else:
                yield _tool(kind, call, self._one(other, line))


def asked(kind: str, other: AgentFacts, arguments: Mapping[str, Any]) -> AgentTool:
    """An agent as the tool by which a workflow calls it or hands over to it, with these arguments."""
    made = _tool(kind, AgentCallEntry(agent=other.name), other)
    return replace(made, tool=replace(made.tool, arguments=arguments))


def _tool(kind: str, call: AgentCallEntry, other: AgentFacts) -> AgentTool:
    """Transactional: a child run or handover starts in one transaction with the journal, once or never."""
    ask = kind == "agents"
    does = "Ask the agent" if ask else "Let another agent go on with this conversation:"
    about = call.description or other.description
    facts = ToolFacts(
        f"{kind}/{other.name}",
        f"{does} {other.name}. {about}".strip(),
        {},
        _TO_ASK if ask else _TO_HAND_OVER,
        "transactional",
        30.0,
    )
    approval = None if call.approval is None else ToolApproval(call.approval.group, call.approval.ttl)
    return AgentTool(facts, "agent" if ask else "handoff", approval, other)
