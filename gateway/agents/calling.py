"""A run's tool calls: to the servers of the current configuration, with its secrets."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from agentloop.agents import MEMORY, AgentVersion, Reconciliation, ToolVersion
from agentloop.egress import Egress
from agentloop.events import Event, ToolCall, ToolCompleted, ToolFailed, ToolReconciled, ToolUnknown
from agentloop.foreign import Unreadable, read
from agentloop.journal import RunRecord
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.underway import task_of
from gateway.agents.patience import waited
from gateway.agents.tooling import Kinds, reach_of
from gateway.clock import SYSTEM_CLOCK
from gateway.services import Services

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds before another attempt
_NOWHERE = Egress(frozenset())


class Calling:
    """Makes the tool calls of runs."""

    def __init__(
        self, services: Services, kinds: Kinds, clock: Callable[[], float] = SYSTEM_CLOCK.unix_seconds
    ) -> None:
        self._services = services
        self._kinds = kinds
        self._clock = clock

    async def call(self, record: RunRecord, tool: ToolVersion, step: Step) -> Event:
        """Calls the tool: ToolCompleted, ToolFailed, ToolUnderway or ToolUnknown."""
        if step.attempt > 1 and not step.handle:
            await asyncio.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (step.attempt - 2)))
        if tool.kind == MEMORY:
            return await self._kinds.of(MEMORY).call(tool, Reach(_NOWHERE, {}, record=record), step)
        facts = self._services.deployment.catalog.tool_servers.get(tool.name.partition("/")[0])
        if facts is None or facts.kind != tool.kind:
            return ToolFailed(
                step.call.call_id, "unavailable", f"The server of the tool {tool.name} is declared no more."
            )
        try:
            kind = self._kinds.of(tool.kind)
        except ImportError:
            message = f"What calls tools of the kind {tool.kind} is not installed here."
            return ToolFailed(step.call.call_id, "unavailable", message)
        reach = reach_of(facts)
        if (task := task_of(tool)) is not None:
            return await waited(lambda: kind.call(tool, reach, step), task, step, self._clock)
        return await kind.call(tool, reach, step)

    async def reconcile(self, record: RunRecord, agent: AgentVersion, step: Step) -> Event:
        """Looks up a lost call: ToolReconciled, or ToolUnknown if the look-up is inconclusive."""
        tool = agent.tool(step.call.tool)
        how = tool.reconcile if tool is not None else None
        if tool is None or how is None:
            return ToolUnknown(step.call.call_id, "nothing is declared to look it up with")
        # The lost call may still take effect until its own deadline has passed.
        await asyncio.sleep(tool.timeout + how.settle)
        seen = await self.call(record, how.tool, _look_up(how, step))
        if not isinstance(seen, ToolCompleted):
            return ToolUnknown(step.call.call_id, "the look-up gave no answer")
        try:
            happened = _member(read(seen.output), how.member) == how.equals
        except Unreadable:  # an error page or a truncated answer says nothing
            return ToolUnknown(step.call.call_id, "the answer of the look-up cannot be read")
        return ToolReconciled(step.call.call_id, happened, seen.output)


def _look_up(how: Reconciliation, step: Step) -> Step:
    given: dict[str, Any] = msgspec.json.decode(step.call.arguments or "{}")
    arguments = {name: given.get(of) for name, of in how.arguments.items()}
    call = ToolCall(step.call.call_id, how.tool.name, msgspec.json.encode(arguments).decode())
    return replace(step, call=call, attempt=1)


def _member(value: Any, path: str) -> str | None:
    """The member at a dotted path of an answer, as text; None if there is none."""
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
