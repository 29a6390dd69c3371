"""Tools on MCP servers: pinned as reviewed, called with the step's key in `_meta`."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from mcp import ClientSession, MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
)

from agentloop.agents import ToolVersion
from agentloop.events import Event, ToolCompleted, ToolFailed, ToolUnknown
from agentloop.mcp.links import Link, NoLink, reason_of
from agentloop.mcp.pins import Listed
from agentloop.means import Means
from agentloop.reach import Reach
from agentloop.steps import Step

log = logging.getLogger("signalbox.runs")

KEY = "signalbox/idempotencyKey"  # the member of `_meta`; its value is the same for every attempt of a step
MAX_OUTPUT = 64 * 1024  # characters

_LOOK_SECONDS = 20.0
_REFUSED = frozenset([INVALID_PARAMS, METHOD_NOT_FOUND])  # the call was not started
_BROKEN = frozenset([CONNECTION_CLOSED, PARSE_ERROR, REQUEST_TIMEOUT])
_FORGOTTEN = "Session terminated"  # the SDK's text if the server answered 404, without starting the call
_ENCODE = msgspec.json.Encoder().encode


class _Changed(Exception):
    """The tool differs from its pin."""


class _Forgotten(Exception):
    """The server no longer knows the session, and did not start the call."""


class McpTool:
    """Runs these tools; a server is connected at first use, and again after a disconnection."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._links: dict[str, Link] = {}
        self._known: dict[str, Mapping[str, Listed]] = {}

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed if it surely had no effect or reports a failure, else ToolUnknown."""
        # A restarted server has forgotten the old session; the second try opens a new one.
        event = await self._called(tool, reach, step) or await self._called(tool, reach, step)
        return event or _lost(step.call.call_id, "", sent=False)

    async def _called(self, tool: ToolVersion, reach: Reach, step: Step) -> Event | None:
        """The outcome; None if the server has forgotten the session."""
        call_id = step.call.call_id
        server = tool.name.partition("/")[0]
        link = self._link(server, reach)
        sent = False
        try:
            async with asyncio.timeout(tool.timeout):
                with link.used():
                    session = await self._ready(tool, server, link)
                    sent = True
                    result = await _answered(session, tool, step)
        except _Changed as changed:
            return ToolFailed(call_id, "unavailable", f"The tool is held back: {changed}.")
        except _Forgotten:
            self._drop(server, link)
            return None
        except MCPError as error:
            return self._failed(tool, step, error, link, sent=sent)
        except TimeoutError:
            self._drop(server, link)
            return _lost(call_id, f"no answer in {tool.timeout:g} s", sent=sent)
        except NoLink as none:
            log.warning("the server of the tool %s cannot be reached: %s", tool.name, none)
            return _lost(call_id, "there is no connection", sent=False)
        except Exception as error:  # noqa: BLE001 - a server may cause any SDK error; the run continues
            self._drop(server, link)
            return _lost(call_id, f"the server's answer cannot be read ({type(error).__name__})", sent=sent)
        return self._done(tool, step, result)

    async def _ready(self, tool: ToolVersion, server: str, link: Link) -> ClientSession:
        """A session with the server, once the tool was found to match its pin."""
        self._known[server] = await link.look()
        if (why := self.changed(tool)) is not None:
            raise _Changed(why)
        return await link.session()

    def _link(self, server: str, reach: Reach) -> Link:
        link = self._links.get(server)
        if link is None or link.gone or link.reach != reach:
            if link is not None:
                link.retire()
            link = self._links[server] = Link(reach, asyncio.get_running_loop().time)
            self._means.group.create_task(link.run())
        return link

    def _drop(self, server: str, link: Link) -> None:
        """Make the next call reconnect: a connection that lost an answer is not trusted."""
        link.retire()
        if self._links.get(server) is link:
            del self._links[server]

    def _failed(self, tool: ToolVersion, step: Step, error: MCPError, link: Link, *, sent: bool) -> Event:
        call_id = step.call.call_id
        if error.code in _REFUSED and step.lost_attempts <= 0:
            return ToolFailed(call_id, "tool_error", f"The tool's server refused: {error.message[:2000]}")
        if error.code in _BROKEN:
            self._drop(tool.name.partition("/")[0], link)
        return _lost(call_id, f"the server failed with code {error.code}", sent=sent)

    def _done(self, tool: ToolVersion, step: Step, result: CallToolResult) -> Event:
        call_id = step.call.call_id
        if result.is_error:
            return ToolFailed(call_id, "tool_error", f"The tool says that it failed: {_text(result)[:2000]}")
        output = tool.settings.get("output")
        if output:
            said = result.structured_content
            wrong = "it has none" if said is None else self._means.validate(msgspec.json.decode(output), said)
            if wrong is not None:
                log.warning("the answer of the tool %s does not fit its schema: %s", tool.name, wrong)
                why = "its answer does not fit the schema that it declares"
                if step.effect in ("read", "idempotent"):
                    return ToolFailed(call_id, "tool_error", f"The tool cannot be used: {why}.")
                return ToolUnknown(call_id, why)
            text = _ENCODE(said).decode()
        else:
            text = _text(result)
        cut = f"\n[cut after {MAX_OUTPUT} characters]"
        return ToolCompleted(call_id, text if len(text) <= MAX_OUTPUT else text[:MAX_OUTPUT] + cut)

    def changed(self, tool: ToolVersion) -> str | None:
        """Why the tool differs from its pin, if that is known; None if it does not."""
        pinned = tool.settings.get("digest")
        if not pinned:
            return "it is not pinned"
        known = self._known.get(tool.name.partition("/")[0])
        if known is None:
            return None
        listed = known.get(tool.settings["tool"])
        if listed is None:
            return "its server has it no more"
        return None if listed.digest == pinned else "its description or schema is not what was pinned"

    async def look(self, server: str, reach: Reach) -> None:
        """Ask a server for its current tools. Raises nothing but cancellation."""
        link = self._link(server, reach)
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                with link.used():
                    self._known[server] = await link.look()
        except Exception as error:  # noqa: BLE001 - any error of the SDK; the next check asks again
            log.warning("the tools of %s cannot be listed: %s", server, reason_of(error))
            self._drop(server, link)

    async def close(self) -> None:
        """Close all connections."""
        for link in self._links.values():
            link.close()
        self._links.clear()


async def _answered(session: ClientSession, tool: ToolVersion, step: Step) -> CallToolResult:
    """The server's answer. The SDK's own call would validate it with regular expressions of unbounded time,
    so a plain request is sent and the answer is validated here.
    """
    meta: Any = {KEY: step.key}
    asked = CallToolRequest(
        params=CallToolRequestParams(
            name=tool.settings["tool"],
            arguments=msgspec.json.decode(step.call.arguments or "{}"),
            _meta=meta,
        )
    )
    try:
        return await session.send_request(asked, CallToolResult, request_read_timeout_seconds=tool.timeout)
    except MCPError as error:
        if error.code == INVALID_REQUEST and error.message == _FORGOTTEN:
            raise _Forgotten from None
        raise


def _text(result: CallToolResult) -> str:
    """Its text; for other content, a note of its type."""
    return "\n".join(
        each.text if each.type == "text" else f"[{each.type} that is not shown]" for each in result.content
    )


def _lost(call_id: str, why: str, *, sent: bool) -> Event:
    if sent:
        return ToolUnknown(call_id, why)
    return ToolFailed(call_id, "unavailable", "The tool's server cannot be reached now.")


def open_tool(means: Means) -> McpTool:
    """Creates the runner of this kind."""
    return McpTool(means)
