"""Starts MCP servers for tests, and opens what calls them."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import msgspec

from agentloop.agents import ToolVersion
from agentloop.egress import Egress
from agentloop.events import ToolCall
from agentloop.mcp.pins import Listed
from agentloop.means import Means
from agentloop.reach import Program, Reach
from agentloop.steps import Step
from agentloop.tools.mcp import McpTool
from bench.ports import free_port
from gateway.agents.fitting import fits

SERVER = str(Path(__file__).with_name("server.py"))
LOCAL = (ip_network("127.0.0.0/8"),)


@contextmanager
def http_server(folder: Path, port: int | None = None) -> Iterator[Reach]:
    """A server in a process of its own, that listens when the block begins."""
    port = port or free_port()
    process = subprocess.Popen([sys.executable, SERVER, str(port), str(folder)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the MCP server ended at once"
            time.sleep(0.05)
        yield http_reach(port)
    finally:
        process.kill()
        process.wait()


def http_reach(port: int) -> Reach:
    egress = Egress(frozenset([f"127.0.0.1:{port}"]), LOCAL)
    return Reach(egress, {"x-desk-key": "s"}, f"http://127.0.0.1:{port}/mcp")


def program_reach(folder: Path, command: tuple[str, ...] = (), network: bool = False) -> Reach:
    command = command or (sys.executable, SERVER, "stdio", str(folder))
    return Reach(Egress(frozenset()), {}, program=Program(command, dict(PYTHONPATH=os.getcwd()), network))


@asynccontextmanager
async def opened() -> AsyncIterator[McpTool]:
    async with asyncio.TaskGroup() as group:
        tools = McpTool(Means(group, fits, cast(Any, None), lambda: 0.0))
        try:
            yield tools
        finally:
            await tools.close()


def tool(of: Listed, **changes: Any) -> ToolVersion:
    output = None if of.output is None else msgspec.json.encode(of.output).decode()
    settings = {"tool": of.name, "digest": of.digest, "output": output or ""}
    made = ToolVersion(
        f"desk/{of.name}", "mcp", of.description, of.arguments, timeout=20.0, settings=settings
    )
    return msgspec.structs.replace(made, **changes)


def step(name: str, effect: str = "unsafe", order_id: str = "A-7") -> Step:
    call = ToolCall("c", f"desk__{name}", msgspec.json.encode({"order_id": order_id}).decode())
    return Step(call, 1, key="KEY", effect=cast(Any, effect))


def effects(folder: Path) -> list[str]:
    file = folder / "effects"
    return file.read_text().splitlines() if file.exists() else []
