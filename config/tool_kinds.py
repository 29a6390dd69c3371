"""Which settings each kind of tool server needs, and which are reserved for it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.agent_schema import ToolEntry, ToolServerEntry
from config.errors import any_of, quoted
from config.models import Scope
from config.node import Node
from config.statements import read_statement

_ENTRY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

# Settings that only some kinds of servers accept; the others are for all kinds.
_OWN = {
    "base_url": ("http", "mcp"),
    "private": ("http", "mcp"),
    "headers": ("http", "mcp"),
    "command": ("mcp",),
    "environment": ("mcp",),
    "pins": ("mcp",),
    "url": ("sql", "queue"),
}
# The URL schemes of kinds that are not called over HTTP.
_STORES = {"sql": ("sqlite", "postgresql"), "queue": ("redis", "rediss")}


@dataclass(frozen=True, slots=True)
class Pin:
    """How an MCP server described a tool when `signalbox agents pin` ran."""

    digest: str
    description: str
    arguments: Mapping[str, Any]
    output: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A server as its tools are compiled against it."""

    entry: ToolServerEntry
    pins: Mapping[str, Pin] = field(default_factory=dict)


def spoken(entry: ToolServerEntry, node: Node, scope: Scope) -> Spoken:
    """The server with its pins; settings of other kinds are reported."""
    for setting, kinds in _OWN.items():
        if getattr(entry, setting) and entry.kind not in kinds:
            place = node.get(setting) or node
            scope.report.wrong_key(
                place, f"{setting} of a tool server of the kind {entry.kind}", f"kind: {' or '.join(kinds)}"
            )
    if entry.kind == "mcp" and bool(entry.base_url) is bool(entry.command):
        scope.report.gap(
            node,
            "an MCP server with both base_url and command"
            if entry.command
            else "an MCP server without place",
            'base_url: https://tools.example/mcp, or command: ["/opt/desk/server"]',
        )
    if entry.kind in _STORES:
        _store(entry, node, scope)
    return Spoken(entry, _pins(entry, node, scope) if entry.kind == "mcp" and entry.pins else {})


def _store(entry: ToolServerEntry, node: Node, scope: Scope) -> None:
    schemes = _STORES[entry.kind]
    allowed = f"url: {' or '.join(f'{scheme}://…' for scheme in schemes)}"
    if entry.url is None:
        scope.report.gap(node, f"a tool server of the kind {entry.kind} without url", allowed, "")
    elif entry.url.partition("://")[0] not in schemes:
        found = f"a URL that begins with {quoted(entry.url.partition(':')[0])}"
        scope.report.wrong(node.get("url") or node, found, allowed)


def _pins(entry: ToolServerEntry, node: Node, scope: Scope) -> dict[str, Pin]:
    try:
        found = json.loads(entry.pins)
        return {name: _pin(given) for name, given in found.items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        place = node.get("pins") or node
        allowed = "what `signalbox agents pin` writes: pins: file:desk.pins.json"
        scope.report.wrong(place, "pins that cannot be read", allowed)
        return {}


def _pin(given: Mapping[str, Any]) -> Pin:
    pin = Pin(given["digest"], given["description"], given["arguments"], given["output"])
    if not _DIGEST.fullmatch(pin.digest) or not isinstance(pin.arguments, dict):
        raise ValueError(pin.digest)
    return pin


def settings(entry: ToolEntry, short: str, node: Node, server: Spoken, scope: Scope) -> dict[str, str]:
    """The settings of a tool of the server's kind, as a run stores them: no secrets, no private networks."""
    if entry.task is not None and server.entry.kind != "http":
        place = node.get("task") or node
        scope.report.wrong_key(place, f"task of a tool of the kind {server.entry.kind}", "kind: http")
    return _SETTINGS[server.entry.kind](_Tool(entry, short, node, server), scope)


@dataclass(frozen=True, slots=True)
class _Tool:
    entry: ToolEntry
    short: str
    node: Node
    server: Spoken


def _function(tool: _Tool, scope: Scope) -> dict[str, str]:
    entry = tool.entry.entry
    if not _ENTRY.fullmatch(entry):
        place = tool.node.get("entry") or tool.node
        scope.report.wrong(place, quoted(entry), "entry: package.module:function of your own")
    return {"entry": entry}


def _http(tool: _Tool, scope: Scope) -> dict[str, str]:
    path = tool.entry.path
    if not path:
        scope.report.gap(tool.node, "a request without path", "path: /orders/{order_id}", "")
    path = path if path.startswith("/") else f"/{path}"
    base = tool.server.entry.base_url or ""
    return {"method": tool.entry.method, "url": base + path, **_task(tool, base, scope)}


def _task(tool: _Tool, base: str, scope: Scope) -> dict[str, str]:
    """How to poll the server for a task it accepted; {} if its answers are final."""
    task = tool.entry.task
    if task is None:
        return {}
    if re.findall(r"\{[^}]*\}", task.path) != ["{id}"]:
        place = tool.node.get("task", "path") or tool.node
        scope.report.wrong(place, quoted(task.path), "one place for what the server answered: /jobs/{id}")
    path = task.path if task.path.startswith("/") else f"/{task.path}"
    given = task.model_dump(exclude={"path"}) | {"url": base + path}
    return {"task": json.dumps(given, separators=(",", ":"))}


def _mcp(tool: _Tool, scope: Scope) -> dict[str, str]:
    pin = tool.server.pins.get(tool.short)
    if pin is None:
        hint = "It is held back until it is: `signalbox agents pin` prints what the server says of its tools."
        scope.report.warn(tool.node, f"the tool {quoted(tool.short)}, which is not pinned", "a pin", hint)
        return {"tool": tool.short, "digest": "", "output": ""}
    output = "" if pin.output is None else json.dumps(pin.output, separators=(",", ":"))
    return {"tool": tool.short, "digest": pin.digest, "output": output}


def _caller(tool: _Tool, scope: Scope) -> dict[str, str]:
    """The caller runs it: its answers are not facts, and nothing can be looked up."""
    for setting in ("facts", "reconcile"):
        if getattr(tool.entry, setting) is not None:
            place = tool.node.get(setting) or tool.node
            scope.report.wrong_key(place, f"{setting} of a tool that the caller runs", "tools of other kinds")
    return {}


def _sql(tool: _Tool, scope: Scope) -> dict[str, str]:
    entry = tool.entry
    if entry.effect not in ("read", "transactional"):
        place = tool.node.get("effect") or tool.node
        scope.report.wrong(place, quoted(entry.effect), "effect: read or transactional, of a statement")
    try:
        statement = read_statement(entry.statement)
    except ValueError as error:
        place = tool.node.get("statement") or tool.node
        allowed = 'one statement: "SELECT status FROM orders WHERE id = :order_id"'
        scope.report.wrong(place, f"{quoted(entry.statement)}: {error}", allowed)
        return {}
    known = (entry.arguments or {}).get("properties") or {}
    for name in statement.names:
        if name not in known:
            place = tool.node.get("statement") or tool.node
            scope.report.wrong(place, f":{name}, which is no argument", f"arguments: {any_of(known)}")
    return {"statement": statement.named, "rows": str(entry.rows)}


def _queue(tool: _Tool, scope: Scope) -> dict[str, str]:
    entry = tool.entry
    if not entry.stream:
        scope.report.gap(tool.node, "a message without stream", "stream: refunds", "")
    if entry.effect != "transactional":
        place = tool.node.get("effect") or tool.node
        scope.report.wrong(place, quoted(entry.effect), "effect: transactional, of a message")
    if entry.result and entry.result >= entry.timeout:
        place = tool.node.get("result") or tool.node
        scope.report.wrong(place, f"{entry.result:g} s", f"less than the timeout of {entry.timeout:g} s")
    return {"stream": entry.stream, "result": f"{entry.result:g}"}


_SETTINGS: dict[str, Callable[[_Tool, Scope], dict[str, str]]] = {
    "caller": _caller,
    "function": _function,
    "http": _http,
    "mcp": _mcp,
    "sql": _sql,
    "queue": _queue,
}
