"""Workflows as the file declares them: frozen, with every name resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FlowCallFacts:
    """One call of a node: `name` is that of its answer, `tool` that of the tool."""

    name: str
    tool: str
    arguments: Mapping[str, Any]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """The node to go to if a condition is true."""

    condition: str
    to: str


@dataclass(frozen=True, slots=True)
class FlowNodeFacts:
    """One node; `kind` is call, switch, when, handoff or output."""

    kind: str
    calls: tuple[FlowCallFacts, ...] = ()
    choose: str = ""
    cases: Mapping[str, str] = field(default_factory=dict)
    branches: tuple[BranchFacts, ...] = ()
    default: str = ""
    next: str = ""
    on_error: str = ""
    until: str = ""
    most: int = 1
    output: Any = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The nodes that may follow it."""
        found = (*self.cases.values(), *(branch.to for branch in self.branches))
        return tuple(each for each in (*found, self.default, self.next, self.on_error) if each)


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """The graph, and the compensating call of each node."""

    start: str
    nodes: Mapping[str, FlowNodeFacts]
    undo: Mapping[str, FlowCallFacts]
