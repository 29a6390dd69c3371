"""A run's tool calls: to the servers of the configuration that is in force now, with its secrets."""

import asyncio
import importlib
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any, Protocol

import msgspec

from agentloop.agents import AgentVersion, Reconciliation, ToolVersion
from agentloop.egress import Egress
from agentloop.events import Event, ToolCall, ToolCompleted, ToolFailed, ToolReconciled, ToolUnknown
from agentloop.journal import RunRecord
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.http import HttpTool
from gateway.services import Services

# Kinds that need nothing but themselves, each with the class in its file.
_LOADED = {"function": "FunctionTool"}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds before another attempt


class Tool(Protocol):
    """Runs the tools of one kind."""

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed where it surely had no effect, else ToolUnknown."""


class Calling:
    """The hands of runs that reach tools."""

    def __init__(self, services: Services, http: HttpTool) -> None:
        self._services = services
        self._kinds: dict[str, Tool] = {"http": http}

    async def call(self, record: RunRecord, tool: ToolVersion, step: Step) -> Event:
        """ToolCompleted, ToolFailed or ToolUnknown."""
        if step.attempt > 1:
            await asyncio.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (step.attempt - 2)))
        reach = self._reach(tool)
        kind = self._kind(tool.kind)
        if reach is None or kind is None:
            return ToolFailed(
                step.call.call_id, "unavailable", f"The server of the tool {tool.name} is declared no more."
            )
        return await kind.call(tool, reach, step)

    async def reconcile(self, record: RunRecord, agent: AgentVersion, step: Step) -> Event:
        """ToolReconciled, or ToolUnknown when the look-up does not say."""
        tool = agent.tool(step.call.tool)
        how = tool.reconcile if tool is not None else None
        if tool is None or how is None:
            return ToolUnknown(step.call.call_id, "nothing is declared to look it up with")
        # The lost call may still land until its own deadline is over.
        await asyncio.sleep(tool.timeout + how.settle)
        seen = await self.call(record, how.tool, _look_up(how, step))
        if not isinstance(seen, ToolCompleted):
            return ToolUnknown(step.call.call_id, "the look-up gave no answer")
        happened = _member(seen.output, how.member) == how.equals
        return ToolReconciled(step.call.call_id, happened, seen.output)

    def _kind(self, name: str) -> Tool | None:
        """What runs tools of a kind, loaded when the first of them is called."""
        if name not in self._kinds and name in _LOADED:
            self._kinds[name] = getattr(importlib.import_module(f"agentloop.tools.{name}"), _LOADED[name])()
        return self._kinds.get(name)

    def _reach(self, tool: ToolVersion) -> Reach | None:
        facts = self._services.deployment.catalog.tool_servers.get(tool.name.partition("/")[0])
        if facts is None:
            return None
        egress = Egress(frozenset([facts.host]), tuple(map(ip_network, facts.private)))
        return Reach(egress, {name: secret.value for name, secret in facts.headers})


def _look_up(how: Reconciliation, step: Step) -> Step:
    given: dict[str, Any] = msgspec.json.decode(step.call.arguments or "{}")
    arguments = {name: given.get(of) for name, of in how.arguments.items()}
    call = ToolCall(step.call.call_id, how.tool.name, msgspec.json.encode(arguments).decode())
    return replace(step, call=call, attempt=1)


def _member(text: str, path: str) -> str | None:
    """What stands at a dotted path of a JSON answer, as text; None where nothing does."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
