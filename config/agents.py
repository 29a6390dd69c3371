"""Compiles tool servers and agents: each name must be declared."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from config.addresses import tool_name
from config.agent_schema import AgentEntry, AgentLimitsEntry, AgentToolEntry, ToolEntry, ToolServerEntry
from config.errors import Unfit, any_of, did_you_mean, quoted
from config.escalating import escalation
from config.models import Scope
from config.node import Node
from config.secret import Secret
from config.tool_kinds import Spoken, settings, spoken
from config.toolbox import (
    AgentFacts,
    AgentTool,
    RuleFacts,
    ToolApproval,
    ToolFacts,
    ToolReconciliation,
    ToolServerFacts,
)

_NOWHERE = Node({}, 1, 1)
_PORTS = {"https": 443, "http": 80}
_DAY = 86_400.0
_LONGEST_NAME = 64  # of a tool, OpenAI's limit: https://platform.openai.com/docs/api-reference/chat


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The context in which agents are compiled: tool servers, scope and policy rules."""

    servers: Mapping[str, ToolServerFacts]
    scope: Scope
    rules: tuple[RuleFacts, ...] = ()


def compile_server(name: str, entry: ToolServerEntry, node: Node, scope: Scope) -> ToolServerFacts:
    """Compiles a tool server with its tools."""
    host = _host(entry, node, scope) if entry.kind == "http" or entry.base_url else ""
    server = spoken(entry, node, scope)
    tools = {
        short: _tool(f"{name}/{short}", each, node.get("tools", short) or node, server, scope)
        for short, each in entry.tools.items()
    }
    for short, each in entry.tools.items():
        place = node.get("tools", short) or node
        tools[short] = replace(
            tools[short], reconcile=_reconciliation(tools[short], each, tools, place, scope)
        )
    headers = tuple(
        (header.lower(), Secret(value, f"tool_servers.{name}.headers.{header}"))
        for header, value in entry.headers.items()
    )
    environment = tuple(
        (variable, Secret(value, f"tool_servers.{name}.environment.{variable}"))
        for variable, value in entry.environment.items()
    )
    address = entry.url or entry.base_url
    return ToolServerFacts(
        name,
        entry.kind,
        host,
        entry.private,
        headers,
        MappingProxyType(tools),
        None if address is None else Secret(address, f"tool_servers.{name}.url"),
        entry.command,
        environment,
        entry.network == "host",
    )


def _host(entry: ToolServerEntry, node: Node, scope: Scope) -> str:
    """`name:port` of a server that is called over HTTP."""
    if entry.base_url is None:
        scope.report.gap(
            node, "a tool server of requests without base_url", "base_url: https://tools.example", ""
        )
        return ""
    parts = urlsplit(entry.base_url)
    for index, network in enumerate(entry.private):
        if not _is_network(network):
            scope.report.wrong(
                node.get("private", index) or node, quoted(network), 'a network such as "10.20.0.0/16"'
            )
    if parts.scheme == "http" and not entry.private:
        scope.report.wrong(
            node.get("base_url") or node,
            quoted(entry.base_url),
            "https://, or http:// to a network that `private` lists",
        )
    return f"{(parts.hostname or '').lower()}:{parts.port or _PORTS[parts.scheme]}"


def _tool(name: str, entry: ToolEntry, node: Node, server: Spoken, scope: Scope) -> ToolFacts:
    _, _, short = name.partition("/")
    try:
        tool_name(short)
    except Unfit as unfit:
        scope.report.wrong_key(node, f"the name {quoted(short)}", unfit.allowed)
    if len(name) + 1 > _LONGEST_NAME:
        scope.report.wrong_key(node, quoted(name), f"server and tool names of {_LONGEST_NAME - 2} characters")
    pin = server.pins.get(short)
    pinned = ("", None) if pin is None else (pin.description, pin.arguments)
    arguments = plain(entry.arguments or pinned[1] or {"type": "object", "properties": {}})
    return ToolFacts(
        name,
        entry.description or pinned[0] or short.replace("_", " "),
        MappingProxyType(settings(entry, short, node, server, scope)),
        arguments,
        entry.effect,
        _patience(entry, server),
        facts_key="" if entry.facts is None else entry.facts.key,
        facts={} if entry.facts is None else MappingProxyType(entry.facts.members),
    )


def _patience(entry: ToolEntry, server: Spoken) -> float:
    """The tool's timeout in seconds; a tool that the caller runs, perhaps a person, gets a day by default."""
    if server.entry.kind == "caller" and "timeout" not in entry.model_fields_set:
        return _DAY
    return entry.timeout


def _reconciliation(
    tool: ToolFacts, entry: ToolEntry, tools: Mapping[str, ToolFacts], node: Node, scope: Scope
) -> ToolReconciliation | None:
    if entry.reconcile is None:
        if tool.effect == "queryable":
            scope.report.gap(
                node,
                f"the effect queryable of {quoted(tool.name)} without reconcile",
                "reconcile: {tool: NAME, member: status, equals: cancelled}",
                "Without a look-up its effect is unsafe.",
            )
        return None
    given = entry.reconcile
    found = tools.get(given.tool.rpartition("/")[2])
    if found is None or found.effect != "read":
        readable = [short for short, each in tools.items() if each.effect == "read"]
        place = node.get("reconcile", "tool") or node
        scope.report.wrong(place, quoted(given.tool), f"a tool whose effect is read: {any_of(readable)}")
        return None
    arguments = MappingProxyType(given.arguments)
    return ToolReconciliation(found, arguments, given.member, given.equals, given.settle)


def compile_agent(name: str, entry: AgentEntry, node: Node, toolbox: Toolbox) -> AgentFacts:
    """Compiles an agent; an unknown model or tool is reported."""
    scope = toolbox.scope
    _check_model(entry.model, node.get("model") or node, scope)
    found = [
        _agent_tool(each, node.get("tools", index) or node, toolbox) for index, each in enumerate(entry.tools)
    ]
    limits = limits_of(entry.limits) | _window(entry, node, scope)
    parameters = {
        field: plain(value) for field, value in entry.parameters.model_dump().items() if value is not None
    }
    tools = tuple(tool for tool in found if tool is not None)
    if entry.memory is not None:
        remembering = importlib.import_module("config.remembering").remembering
        tools += remembering(name, entry.memory, node.get("memory") or node, toolbox)
    rules = tuple(rule for rule in toolbox.rules if is_about(rule, name))
    return AgentFacts(
        name, entry.model, entry.instructions, tools, limits, parameters, rules, entry.description
    )


def _window(entry: AgentEntry, node: Node, scope: Scope) -> dict[str, Any]:
    """How many tokens of the conversation the model sees, and which model summarises the rest."""
    if entry.window is None:
        return {}
    window: dict[str, Any] = {"window": entry.window.tokens}
    if entry.window.summary is None:
        return window
    _check_model(entry.window.summary, node.get("window", "summary") or node, scope)
    return window | {"summary": entry.window.summary}


def _check_model(model: str, node: Node, scope: Scope) -> None:
    if not any(each.rstrip("*") and model.startswith(each.rstrip("*")) for each in scope.models):
        hint = did_you_mean(model, list(scope.models))
        scope.report.wrong(node, f"the unknown model {quoted(model)}", any_of(scope.models), hint)


def limits_of(entry: AgentLimitsEntry) -> dict[str, Any]:
    """The limits that are set, by the names that a run uses."""
    return entry.model_dump(exclude_none=True)


def _agent_tool(entry: AgentToolEntry, node: Node, toolbox: Toolbox) -> AgentTool | None:
    server, _, short = entry.tool.partition("/")
    facts = toolbox.servers.get(server)
    tool = facts.tools.get(short) if facts is not None else None
    if facts is None or tool is None:
        known = [each.name for one in toolbox.servers.values() for each in one.tools.values()]
        toolbox.scope.report.wrong(
            node.get("tool") or node,
            f"the unknown tool {quoted(entry.tool)}",
            any_of(known),
            did_you_mean(entry.tool, known),
        )
        return None
    asked = entry.approval
    approval = None
    if asked is not None:
        approval = ToolApproval(asked.group, asked.ttl, escalation(asked.escalate))
    return AgentTool(tool, facts.kind, approval)


def is_about(rule: RuleFacts, name: str) -> bool:
    """Whether a rule applies to this agent."""
    return not rule.agents or any(is_meant(name, each) for each in rule.agents)


def is_meant(name: str, pattern: str) -> bool:
    """Whether a pattern matches an agent's name, with or without its label."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("@")[0], pattern)


def plain(value: Any) -> Any:
    """A value of the file in JSON's types: exact decimals become floats."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
