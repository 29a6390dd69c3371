"""The values in a run's events: limits, conversation items, calls, people."""

from typing import Any

import msgspec

UNLISTED = (
    "unlisted"  # the rule of a verdict on a tool that there is not, which is an error as a tool's own are
)


class Limits(msgspec.Struct, frozen=True):
    """What a run may use; `cost` is in nano-dollars, `tokens` counts input and output of all model calls."""

    turns: int = 12
    tool_calls: int = 20
    parallel_tools: int = 4
    tokens: int = 60_000
    cost: int = 250_000_000
    tool_errors: int = 3  # in a row
    same_call: int = 2  # one tool with equal arguments
    attempts: int = 5  # of one tool call whose outcome stays unknown
    children: int = 4  # runs of other agents that it may begin
    depth: int = 2  # how far below it there may be runs that others began
    wall: int = 0  # seconds from its beginning, whatever it waits for; 0: as many as it takes
    window: int = 0  # tokens of the conversation that a model is shown; 0: all
    summary: str = ""  # the model that sums up what falls out of the window; none: it is left out
    soft: dict[str, int] = {}  # of turns, tool_calls, tokens, cost: where a person is asked


class Item(msgspec.Struct, frozen=True):
    """One item of the conversation in the Responses API's format: JSON text, stored unchanged."""

    json: str


class ToolCall(msgspec.Struct, frozen=True):
    """What the model asks for. `arguments` is its text, which may be no JSON at all."""

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
    """What a tool itself answered about one object: the identifying argument, the name, the value."""

    key: str
    of: str
    members: dict[str, Any]


class Parent(msgspec.Struct, frozen=True):
    """For which call of which run another one is begun; `line` are the agents above it, the root first."""

    run_id: str
    call_id: str
    line: tuple[str, ...]


class Warned(msgspec.Struct, frozen=True):
    """Guards require approval of a call: who is asked, for so many seconds, and who is asked next.

    Without a group no word helps: a guard could not look.
    """

    guards: tuple[str, ...]  # as rules are named: `guard cards: CARD`
    group: str = ""
    ttl: float = 0.0
    next_group: str = ""
    next_ttl: float = 0.0
