"""Compiles workflows: a workflow is an agent with a graph, not a model, to decide the next step."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from config.agents import Toolbox, is_about, limits_of, plain
from config.delegation import asked
from config.errors import any_of, did_you_mean, quoted
from config.flow import BranchFacts, FlowCallFacts, FlowFacts, FlowNodeFacts
from config.flow_graph import check_graph
from config.flow_words import Words
from config.node import Node
from config.toolbox import AgentFacts, AgentTool, ToolApproval, ToolFacts
from config.workflow_schema import CALLS, KINDS, CallEntry, NodeEntry, UndoEntry, WorkflowEntry

_INPUT: Mapping[str, Any] = {"type": "object", "properties": {"input": {}}, "required": ["input"]}
_GOES_ON = ("llm", "tool", "agent", "parallel", "approval")


def compile_workflow(
    name: str, entry: WorkflowEntry, node: Node, toolbox: Toolbox, agents: Mapping[str, AgentFacts]
) -> AgentFacts:
    """The workflow as an agent. `agents` are those it may call."""
    if name in agents:
        toolbox.scope.report.wrong_key(node, f"a workflow of the name of the agent {quoted(name)}", "its own")
    return _Workflow(name, entry, node, toolbox, agents).compiled()


class _Workflow:
    def __init__(
        self,
        name: str,
        entry: WorkflowEntry,
        node: Node,
        toolbox: Toolbox,
        agents: Mapping[str, AgentFacts],
    ) -> None:
        self._name, self._entry, self._node = name, entry, node
        self._toolbox, self._agents = toolbox, agents
        self._report = toolbox.scope.report
        self._tools: dict[str, AgentTool] = {}
        self._taken: set[str] = set()  # names of answers in use

    def compiled(self) -> AgentFacts:
        """The workflow's valid parts; all mistakes are reported."""
        nodes = {name: self._one(name, each) for name, each in self._entry.nodes.items()}
        undo = {name: self._undo(name, each) for name, each in self._entry.compensate.items()}
        flow = FlowFacts(
            self._entry.start,
            MappingProxyType({name: each for name, each in nodes.items() if each is not None}),
            MappingProxyType({name: each for name, each in undo.items() if each is not None}),
        )
        check_graph(flow, self._node, self._report)
        Words(flow, self._tools, self._node, self._report).check()
        limits = limits_of(self._entry.limits)
        rules = tuple(rule for rule in self._toolbox.rules if is_about(rule, self._name))
        tools = tuple(self._tools.values())
        return AgentFacts(self._name, "", "", tools, limits, {}, rules, self._entry.description, flow)

    def _one(self, name: str, entry: NodeEntry) -> FlowNodeFacts | None:
        place = self._place(name)
        kinds = [kind for kind in KINDS if getattr(entry, kind) not in (None, (), {})]
        if len(kinds) != 1:
            found = f"{' and '.join(kinds) or 'nothing that it does'} in the node {quoted(name)}"
            self._report.wrong_key(place, found, f"one of {', '.join(KINDS)}")
            return None
        [kind] = kinds
        if kind in _GOES_ON and entry.next is None:
            self._report.wrong_key(
                place, f"the node {quoted(name)} without next", "next: NODE; the last node has an output"
            )
        return self._made(name, kind, entry, place)

    def _made(self, name: str, kind: str, entry: NodeEntry, place: Node) -> FlowNodeFacts:
        ways = FlowNodeFacts(
            kind, default=entry.default or "", next=entry.next or "", on_error=entry.on_error or ""
        )
        match kind:
            case "switch":
                return replace(ways, choose=entry.switch or "", cases=entry.cases)
            case "when":
                branches = tuple(BranchFacts(each.condition, each.goto) for each in entry.when)
                return replace(ways, branches=branches)
            case "output":
                return FlowNodeFacts("output", output=plain(entry.output))
        calls = self._calls(name, kind, entry, place)
        until, most = ("", 1) if entry.loop is None else (entry.loop.until, entry.loop.max)
        node_kind = "handoff" if kind == "handoff" else "call"
        return replace(ways, kind=node_kind, calls=calls, until=until, most=most)

    def _calls(self, name: str, kind: str, entry: NodeEntry, place: Node) -> tuple[FlowCallFacts, ...]:
        if kind == "parallel":
            places = {branch: place.get("parallel", branch) or place for branch in entry.parallel}
            calls = [self._branch(branch, each, places[branch]) for branch, each in entry.parallel.items()]
            return tuple(call for call in calls if call is not None)
        self._take(name, place)
        if kind == "approval" and entry.approval is not None:
            return (self._word(name, entry),)
        if kind == "handoff":
            call = self._asking(name, "handoffs", entry.handoff or "", entry, place.get("handoff") or place)
        else:
            call = self._call(name, kind, entry, place)
        return () if call is None else (call,)

    def _branch(self, name: str, entry: CallEntry, place: Node) -> FlowCallFacts | None:
        kinds = [kind for kind in CALLS if getattr(entry, kind) is not None]
        if len(kinds) != 1:
            found = f"{' and '.join(kinds) or 'nothing that it does'} in the branch {quoted(name)}"
            self._report.wrong_key(place, found, f"one of {', '.join(CALLS)}")
            return None
        self._take(name, place)
        return self._call(name, kinds[0], entry, place)

    def _call(self, name: str, kind: str, entry: CallEntry, place: Node) -> FlowCallFacts | None:
        if kind == "llm":
            return self._model(name, entry, place)
        if kind == "agent":
            return self._asking(name, "agents", entry.agent or "", entry, place.get("agent") or place)
        return self._tool(name, entry.tool or "", entry, place)

    def _tool(self, name: str, tool: str, entry: CallEntry | UndoEntry, place: Node) -> FlowCallFacts | None:
        server, _, short = tool.partition("/")
        facts = self._toolbox.servers.get(server)
        found = facts.tools.get(short) if facts is not None else None
        if facts is None or found is None:
            known = [each.name for one in self._toolbox.servers.values() for each in one.tools.values()]
            at = place.get("tool") or place
            self._report.wrong(
                at, f"the unknown tool {quoted(tool)}", any_of(known), did_you_mean(tool, known)
            )
            return None
        if found.effect == "unsafe" and entry.unsafe is None and not self._signed(found):
            self._report.wrong(
                place.get("tool") or place,
                f"{quoted(tool)}, whose effect is unsafe, and no policy that asks a person",
                "a policy with require_approval for it, or `unsafe: accepted` in this node",
            )
        self._fits(found, entry, place)
        self._tools[tool] = AgentTool(found, facts.kind, None)
        return FlowCallFacts(name, tool, plain(entry.args))

    def _signed(self, tool: ToolFacts) -> bool:
        return any(
            rule.verb == "require_approval"
            and not rule.when
            and (not rule.effects or tool.effect in rule.effects)
            and (not rule.tools or tool.name in rule.tools)
            for rule in self._toolbox.rules
        )

    def _fits(self, tool: ToolFacts, entry: CallEntry | UndoEntry, place: Node) -> None:
        """Checks the names of arguments; values are validated against the schema at runtime."""
        known = list(tool.arguments.get("properties", {}))
        lacks = [each for each in tool.arguments.get("required", ()) if each not in entry.args]
        extra = [each for each in entry.args if known and each not in known]
        at = place.get("args") or place
        for each in lacks:
            self._report.wrong_key(at, f"no argument {quoted(each)} for {tool.name}", any_of(known))
        for each in extra:
            hint = did_you_mean(each, known)
            self._report.wrong(at, f"the argument {quoted(each)} of {tool.name}", any_of(known), hint)

    def _asking(
        self, name: str, kind: str, other: str, entry: CallEntry, place: Node
    ) -> FlowCallFacts | None:
        facts = self._agents.get(other)
        if facts is None:
            known = list(self._agents)
            found = f"the unknown agent {quoted(other)}"
            self._report.wrong(place, found, any_of(known), did_you_mean(other, known))
            return None
        tool = asked(kind, facts, _INPUT)
        self._tools[tool.tool.name] = tool
        return FlowCallFacts(name, tool.tool.name, {"input": _input(entry)})

    def _model(self, name: str, entry: CallEntry, place: Node) -> FlowCallFacts:
        asks = entry.llm
        assert asks is not None
        models = self._toolbox.scope.models
        if not any(each.rstrip("*") and asks.model.startswith(each.rstrip("*")) for each in models):
            at = place.get("llm", "model") or place
            hint = did_you_mean(asks.model, list(models))
            self._report.wrong(at, f"the unknown model {quoted(asks.model)}", any_of(models), hint)
        said = asks.instructions
        if asks.choices:
            said = f"{said}\nAnswer with one of these words alone: {', '.join(asks.choices)}.".strip()
        bound = {} if asks.max_output_tokens is None else {"max_output_tokens": asks.max_output_tokens}
        model = AgentFacts(f"{self._name}.{name}", asks.model, said, (), {"turns": 1}, bound)
        inline = {"inline": "yes"}
        tool = ToolFacts(f"llm/{name}", "Ask a model.", inline, _INPUT, "transactional", 30.0)
        self._tools[tool.name] = AgentTool(tool, "agent", None, model)
        return FlowCallFacts(name, tool.name, {"input": _input(entry)}, asks.choices)

    def _word(self, name: str, entry: NodeEntry) -> FlowCallFacts:
        assert entry.approval is not None
        approval = ToolApproval(entry.approval.group, entry.approval.ttl)
        inline = {"inline": "yes"}
        tool = ToolFacts(f"approval/{name}", "Ask a person.", inline, {"type": "object"}, "read", 30.0)
        self._tools[tool.name] = AgentTool(tool, "word", approval)
        return FlowCallFacts(name, tool.name, plain(entry.show))

    def _undo(self, name: str, entry: UndoEntry) -> FlowCallFacts | None:
        place = self._node.get("compensate", name) or self._node
        if name not in self._taken:
            found = f"{quoted(name)}, which does nothing that could be made good"
            self._report.wrong_key(place, found, any_of(sorted(self._taken)))
        return self._tool(f"compensate.{name}", entry.tool, entry, place)

    def _take(self, name: str, place: Node) -> None:
        if name in self._taken:
            self._report.wrong_key(place, f"two answers of the name {quoted(name)}", "a name of its own")
        self._taken.add(name)

    def _place(self, name: str) -> Node:
        return self._node.get("nodes", name) or self._node


def _input(entry: CallEntry) -> Any:
    return "${input.text}" if entry.input is None else plain(entry.input)
