"""A workflow as a run stores it: a graph of nodes, each with its call or its choice of the next."""

from typing import Any, Literal

import msgspec

Kind = Literal["call", "switch", "when", "handoff", "output"]


class FlowCall(msgspec.Struct, frozen=True):
    """A tool that a node calls. `arguments` may have `${expressions}`; its answer is one of the `choices`."""

    name: str  # under which later nodes find its answer
    tool: str
    arguments: dict[str, Any] = {}
    choices: tuple[str, ...] = ()


class Branch(msgspec.Struct, frozen=True):
    """The node to go to if a condition holds."""

    condition: str
    to: str


class FlowNode(msgspec.Struct, frozen=True):
    """One node. Where calls fail it goes to `on_error`; without that the run has failed.

    With `until` it is done again, `most` times, until the condition holds.
    """

    kind: Kind
    calls: tuple[FlowCall, ...] = ()
    choose: str = ""
    cases: dict[str, str] = {}
    branches: tuple[Branch, ...] = ()
    default: str = ""
    next: str = ""
    on_error: str = ""
    until: str = ""
    most: int = 1
    output: Any = None


class Flow(msgspec.Struct, frozen=True):
    """The graph. `undo` has the compensating call of a node, by the node's name."""

    start: str
    nodes: dict[str, FlowNode]
    undo: dict[str, FlowCall] = {}
