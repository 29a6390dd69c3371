"""Checks that everything a workflow's expressions use is known by the time they are evaluated."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from config.errors import any_of, did_you_mean, quoted
from config.expressions import read_expression
from config.flow import FlowFacts, FlowNodeFacts
from config.flow_graph import before
from config.node import Node
from config.report import Report
from config.toolbox import AgentTool

ROOTS = ("input", "nodes", "facts")
_HOLE = re.compile(r"\$\{([^{}]*)\}")


class Words:
    """Checks the names in every condition and in every `${expression}` of a template."""

    def __init__(self, flow: FlowFacts, tools: Mapping[str, AgentTool], node: Node, report: Report) -> None:
        self._flow, self._node, self._report = flow, node, report
        self._facts = sorted({fact for each in tools.values() for fact in each.tool.facts})
        self._answers = {name: [call.name for call in each.calls] for name, each in flow.nodes.items()}

    def check(self) -> None:
        """Reports expressions that cannot be parsed, and names that can never be known."""
        earlier = before(self._flow)
        for name, each in self._flow.nodes.items():
            place = self._node.get("nodes", name) or self._node
            there = [answer for other in earlier[name] for answer in self._answers[other]]
            for text in _written(each):
                self._one(text, there, place)
            if each.until:
                self._one(each.until, [*there, *self._answers[name]], place)
        every = [answer for answers in self._answers.values() for answer in answers]
        for name, call in self._flow.undo.items():
            for text in _holes(call.arguments):
                self._one(text, every, self._node.get("compensate", name) or self._node)

    def _one(self, text: str, there: list[str], place: Node) -> None:
        try:
            names = read_expression(text).names
        except ValueError as error:
            self._report.wrong_key(place, quoted(text), f"an expression; {error}")
            return
        for name in sorted(names):
            root, _, rest = name.partition(".")
            first = rest.partition(".")[0]
            if root not in ROOTS:
                self._report.wrong_key(place, quoted(name), f"what expressions know: {', '.join(ROOTS)}")
            elif root == "nodes" and first and first not in there:
                hint = did_you_mean(first, there)
                found = f"{quoted(name)}, which is not answered before"
                self._report.wrong_key(place, found, any_of(sorted(there)), hint)
            elif root == "facts" and first and first not in self._facts:
                self._report.wrong_key(
                    place, quoted(name), f"facts that its tools yield: {any_of(self._facts)}"
                )


def _written(node: FlowNodeFacts) -> Iterator[str]:
    if node.choose:
        yield node.choose
    for branch in node.branches:
        yield branch.condition
    for call in node.calls:
        yield from _holes(call.arguments)
    yield from _holes(node.output)


def _holes(template: Any) -> Iterator[str]:
    if isinstance(template, Mapping):
        for inner in template.values():
            yield from _holes(inner)
    elif isinstance(template, list | tuple):
        for inner in template:
            yield from _holes(inner)
    elif isinstance(template, str):
        yield from (hole[1] for hole in _HOLE.finditer(template))
