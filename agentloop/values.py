"""The values in a run's events: limits, conversation items, calls, people."""

from typing import Any

import msgspec

UNLISTED = "unlisted"  # the rule of a verdict on an unknown tool, which counts as a tool error


class Limits(msgspec.Struct, frozen=True):
    """What a run may use; `cost` is in nano-dollars, `tokens` counts input and output of all model calls."""

    turns: int = 12
    tool_calls: int = 20
    parallel_tools: int = 4
    tokens: int = 60_000
    cost: int = 250_000_000
    tool_errors: int = 3  # consecutive
    same_call: int = 2  # calls of one tool with equal arguments
    attempts: int = 5  # of one tool call whose outcome stays unknown
    children: int = 4  # other agents' runs that it may start
    depth: int = 2  # levels of runs below it
    wall: int = 0  # seconds since its creation, including waits; 0: unlimited
    window: int = 0  # tokens of the conversation that the model sees; 0: all
    summary: str = ""  # the model that summarises what leaves the window; empty: it is left out
    soft: dict[str, int] = {}  # of turns, tool_calls, tokens, cost: amounts at which a person is asked


class Item(msgspec.Struct, frozen=True):
    """One item of the conversation in the Responses API's format: JSON text, stored unchanged."""

    json: str


class ToolCall(msgspec.Struct, frozen=True):
    """A call that the model requested. `arguments` is the model's text, which may not be JSON."""

    call_id: str
    tool: str
    arguments: str


class Who(msgspec.Struct, frozen=True):
    """On whose behalf a run acts."""

    team: str = ""
    key: str = ""
    user: str = ""
    tags: dict[str, str] = {}


class Fact(msgspec.Struct, frozen=True):
    """What a tool said about an object, identified by argument `key` with value `of`: `members` by name."""

    key: str
    of: str
    members: dict[str, Any]


class Parent(msgspec.Struct, frozen=True):
    """The call that a child run carries out; `line` are the agents above it, the root first."""

    run_id: str
    call_id: str
    line: tuple[str, ...]


class Warned(msgspec.Struct, frozen=True):
    """Guards require approval of a call: which group, for how many seconds, and which group next.

    Without a group, no approval helps: a guard failed.
    """

    guards: tuple[str, ...]  # as in a verdict's rules: `guard cards: CARD`
    group: str = ""
    ttl: float = 0.0
    next_group: str = ""
    next_ttl: float = 0.0
