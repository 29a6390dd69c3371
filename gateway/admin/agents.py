"""The served agents in the admin API, each in the version that new runs are pinned to."""

import importlib
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from config.catalog import Catalog
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict


class AgentAnswer(Strict):
    """One agent. `definition` is the part that a run stores, without secrets; `digest` is its digest."""

    object: Literal["agent"] = "agent"
    name: str
    digest: str
    definition: dict[str, Any]


class AgentsAnswer(Strict):
    """The agents that new runs may use.

    `serving` is false if the process started without agents: it serves none until it is restarted.
    """

    object: Literal["list"] = "list"
    source: str  # what the configuration was read from
    serving: bool
    data: list[AgentAnswer]


def agent_routes(current: Callable[[], Catalog], serving: bool) -> tuple[AnyRoute, ...]:
    """Show the agents, which change only with the configuration."""

    async def show(_: Ask[Nothing, Nothing]) -> AgentsAnswer:
        catalog = current()
        data = agents_answer(catalog) if serving else []
        return AgentsAnswer(source=catalog.source, serving=serving, data=data)

    summary = "Show the agents that are served, each with its definition"
    return (Route("GET", "/admin/v1/agents", summary, show, Nothing, Nothing, AgentsAnswer),)


def agents_answer(catalog: Catalog) -> list[AgentAnswer]:
    """The declared agents as shown in JSON."""
    # Imported by name, so that a gateway without agents does not load the package.
    versions = importlib.import_module("agentloop.agents")
    found = []
    for facts in catalog.agents.values():
        version = versions.version(facts)
        definition = msgspec.json.decode(versions.written(version))
        found.append(AgentAnswer(name=facts.name, digest=versions.digest(version), definition=definition))
    return found
