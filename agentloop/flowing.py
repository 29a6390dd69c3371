"""The next step of a workflow, from its nodes' answers so far: pure, so a replay decides the same."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from agentloop.events import FlowAdvanced, FlowUndone, ToolCall
from agentloop.flow import Flow, FlowCall, FlowNode
from agentloop.foreign import Unreadable, read
from agentloop.state import Place, Result, Run, results
from config.expressions import Undecided, read_expression

_HOLE = re.compile(r"\$\{([^{}]*)\}")
_ENCODE = msgspec.json.Encoder().encode


class _Failed(Exception):
    """The node cannot be executed, or its result cannot be used."""


def advanced(run: Run, flow: Flow, turn: int) -> FlowAdvanced:
    """Moves to the next node that makes calls or ends the workflow, with the nodes passed on the way."""
    place = run.place or Place()
    answers = results(run)
    seen = _seen(run, answers)
    path: list[str] = []
    go = flow.start if not place.node else _behind(place, flow, answers, seen)
    while go in flow.nodes:
        node = flow.nodes[go]
        try:
            if node.kind in ("switch", "when"):
                path.append(go)
                go = _chosen(node, seen)
                continue
            if node.kind == "output":
                return FlowAdvanced(turn, go, tuple(path), text=_text(_filled(node.output, seen)))
            calls = tuple(_call(each, seen, turn) for each in node.calls)
            return FlowAdvanced(turn, go, tuple(path), calls)
        except (Undecided, _Failed) as error:
            if not node.on_error:
                return FlowAdvanced(turn, go, tuple(path), failed=f"The node {go} cannot be done: {error}.")
            path.append(go)
            go = node.on_error
    return FlowAdvanced(turn, place.node, tuple(path), failed=f"The node {place.node} failed.")


def undone(run: Run, flow: Flow, name: str, turn: int) -> FlowUndone:
    """The call that compensates for a node; none if its arguments cannot be determined."""
    try:
        call = _call(flow.undo[name], _seen(run, results(run)), turn)
    except Undecided as error:
        return FlowUndone(turn, name, (), f"It cannot be said with what: {error}.")
    return FlowUndone(turn, name, (call,))


def _behind(place: Place, flow: Flow, answers: Mapping[str, Result], seen: Mapping[str, Any]) -> str:
    """The node after the one just done; empty if the run has failed."""
    node = flow.nodes[place.node]
    if not all(_well(call, answers) for call in node.calls):
        return node.on_error
    if not node.until:
        return node.next
    try:
        if read_expression(node.until).holds(seen):
            return node.next
    except Undecided:
        return node.on_error
    return place.node if place.visits.get(place.node, 0) < node.most else node.on_error


def _well(call: FlowCall, answers: Mapping[str, Result]) -> bool:
    answer = answers.get(call.name)
    if answer is None or not answer.well:
        return False
    return not call.choices or answer.output.strip() in call.choices


def _chosen(node: FlowNode, seen: Mapping[str, Any]) -> str:
    if node.kind == "switch":
        value = read_expression(node.choose).node(seen)
        return node.cases.get(_text(value).strip(), node.default)
    for branch in node.branches:
        if read_expression(branch.condition).holds(seen):
            return branch.to
    return node.default


def _call(call: FlowCall, seen: Mapping[str, Any], turn: int) -> ToolCall:
    """The tool call; its id contains the call's name and the turn, so that the answer can be found."""
    arguments = _ENCODE(_filled(call.arguments, seen)).decode()
    return ToolCall(f"{call.name}#{turn}", call.tool, arguments)


def _seen(run: Run, answers: Mapping[str, Result]) -> dict[str, Any]:
    """The names that expressions may use."""
    facts: dict[str, Any] = {}
    for fact in run.facts:
        facts |= fact.members
    nodes = {name: {"ok": each.well, "output": _read(each.output)} for name, each in answers.items()}
    return {"input": _input(run), "nodes": nodes, "facts": facts}


def _input(run: Run) -> dict[str, Any]:
    """The run's input: all of it as `text`, and the members if it is a JSON object."""
    said = msgspec.json.decode(run.items[-1].json) if run.items else {}
    content = said.get("content", "")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    value = _read(str(content))
    return {"text": str(content), **(value if isinstance(value, dict) else {})}


def _read(text: str) -> Any:
    """An answer as JSON if it is JSON, else as text."""
    try:
        return read(text)
    except Unreadable:
        return text.strip()


def _filled(template: Any, seen: Mapping[str, Any]) -> Any:
    """A template with its expressions evaluated. Raises Undecided."""
    if isinstance(template, Mapping):
        return {name: _filled(inner, seen) for name, inner in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(inner, seen) for inner in template]
    if not isinstance(template, str):
        return template
    whole = _HOLE.fullmatch(template)
    if whole is not None:
        return read_expression(whole[1]).node(seen)
    return _HOLE.sub(lambda hole: _text(read_expression(hole[1]).node(seen)), template)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _ENCODE(value).decode()
