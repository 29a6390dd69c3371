"""A workflow as a run stores it: a graph of nodes, each with its calls or its choice of the next node."""

from typing import Any, Literal

import msgspec

Kind = Literal["call", "switch", "when", "handoff", "output"]


class FlowCall(msgspec.Struct, frozen=True):
    """A node's tool call. `arguments` may contain `${expressions}`; `choices` lists the valid answers."""

    name: str  # by which later nodes refer to its answer
    tool: str
    arguments: dict[str, Any] = {}
    choices: tuple[str, ...] = ()


class Branch(msgspec.Struct, frozen=True):
    """The node to go to if a condition holds."""

    condition: str
    to: str


class FlowNode(msgspec.Struct, frozen=True):
    """One node. If a call fails, the workflow goes to `on_error`, or fails without one.

    With `until` the node is repeated until the condition holds, up to `most` times.
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
    """The graph. `undo` maps a node's name to its compensating call."""

    start: str
    nodes: dict[str, FlowNode]
    undo: dict[str, FlowCall] = {}
