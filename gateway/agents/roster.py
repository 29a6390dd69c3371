"""Which agents and tools a key may use, over HTTP: `/v1/agents` and `/v1/tools`."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from agentloop.agents import AGENT, HANDOFF, AgentVersion, ToolVersion, digest, version
from agentloop.choke import unchanged
from gateway.agents.desk import Desk
from gateway.endpoints.plain import answering
from gateway.errors import NotAllowed
from gateway.services import Services
from ledger.principal import Principal

Asker = Callable[[Request], Awaitable[Principal]]


class Roster:
    """The endpoints. `changed` returns why a tool is quarantined; None: it is not."""

    def __init__(
        self,
        services: Services,
        desk: Desk,
        asker: Asker,
        changed: Callable[[ToolVersion], str | None] = unchanged,
    ) -> None:
        self._services = services
        self._desk = desk
        self._asker = asker
        self._changed = changed

    async def agents(self, request: Request) -> Response:
        """The agents that the key may use."""
        principal = await self._asker(request)
        catalog = self._services.deployment.catalog
        found = [agent_view(name, agent) for name, agent in self._usable(principal)]
        shared = [
            {"id": label, "object": "agent_label", "versions": dict(split.shares)}
            for label, split in catalog.agent_labels.items()
            if principal.allows(f"agent:{label}")
        ]
        return JSONResponse({"object": "list", "data": found, "labels": shared})

    async def agent(self, request: Request) -> Response:
        """One agent; for a label, the version that the key would get."""
        name = request.path_params["name"]
        return JSONResponse(agent_view(name, version(self._desk.agent(await self._asker(request), name))))

    async def tools(self, request: Request) -> Response:
        """The tools of those agents, each once, with the agents that may call it."""
        principal = await self._asker(request)
        found: dict[str, dict[str, Any]] = {}
        for name, agent in self._usable(principal):
            for tool in _callable(agent):
                told = found.setdefault(tool.name, tool_view(tool, self._changed(tool)))
                told["agents"].append(name)
        return JSONResponse({"object": "list", "data": [found[name] for name in sorted(found)]})

    def _usable(self, principal: Principal) -> Iterable[tuple[str, AgentVersion]]:
        for name in self._services.deployment.catalog.agents:
            try:
                yield name, version(self._desk.agent(principal, name))
            except NotAllowed:
                continue

    def routes(self) -> list[BaseRoute]:
        """The routes, each with the usual error format and request id."""
        table: tuple[tuple[str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("/v1/agents", self.agents),
            ("/v1/agents/{name}", self.agent),
            ("/v1/tools", self.tools),
        )
        return [Route(path, answering(handler), methods=["GET"]) for path, handler in table]


def agent_view(name: str, agent: AgentVersion) -> dict[str, Any]:
    """What callers may know of an agent: not its instructions, nor its rules."""
    named: dict[str, list[str]] = {"tools": [], "agents": [], "handoffs": []}
    for tool in agent.tools:
        if not tool.inline:
            kind = {AGENT: "agents", HANDOFF: "handoffs"}.get(tool.kind, "tools")
            named[kind].append(tool.name if kind == "tools" else tool.name.partition("/")[2])
    return {
        "id": name,
        "object": "agent",
        "model_name": f"agent:{name}",
        "kind": "agent" if agent.flow is None else "workflow",
        "digest": digest(agent),
        "model": agent.model or None,
        **named,
        "limits": msgspec.to_builtins(agent.limits) | {"cost": f"{agent.limits.cost / 1e9:.9f}"},  # dollars
    }


def tool_view(tool: ToolVersion, held_back: str | None) -> dict[str, Any]:
    """A tool as callers see it."""
    return {
        "id": tool.name,
        "object": "tool",
        "kind": tool.kind,
        "description": tool.description,
        "parameters": tool.parameters,
        "effect": tool.effect,
        "held_back": held_back,
        "agents": [],
    }


def _callable(agent: AgentVersion) -> list[ToolVersion]:
    return [tool for tool in agent.tools if not tool.inline and tool.kind not in (AGENT, HANDOFF)]
