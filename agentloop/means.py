"""What tool kinds are constructed from."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from agentloop.agents import ToolVersion
from agentloop.events import Event
from agentloop.reach import Reach
from agentloop.steps import Step
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Means:
    """What a tool kind may use. `group` owns tasks that outlive a call; `database` is the journal's.

    `validate` checks a value against a JSON Schema; `clock` returns Unix seconds.
    """

    group: asyncio.TaskGroup
    validate: Callable[[Mapping[str, Any], object], str | None]
    database: Database
    clock: Callable[[], float]


class Tool(Protocol):
    """Runs the tools of one kind; `open_tool(means)` of the kind's module creates it."""

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed if it surely had no effect, else ToolUnknown."""


class Watched(Tool, Protocol):
    """A kind whose servers describe their own tools, and may change the description."""

    def changed(self, tool: ToolVersion) -> str | None:
        """Why a tool differs from its pin, if that is known; None if it does not."""

    async def look(self, server: str, reach: Reach) -> None:
        """Ask a server for its current tools. Raises nothing but cancellation."""

    async def close(self) -> None:
        """Close all connections."""
