"""Connections to MCP servers: each is owned by one task and used by many."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp import Client, ClientSession
from mcp.client import Transport
from mcp.client.streamable_http import streamable_http_client
from mcp_types import Implementation, PaginatedRequestParams, ToolListChangedNotification

from agentloop.mcp.guarded import guarded_client
from agentloop.mcp.pins import Listed
from agentloop.mcp.program import speaking
from agentloop.reach import Reach

log = logging.getLogger("signalbox.runs")

CONNECT_SECONDS = 15.0
FRESH_SECONDS = 5.0  # for which a list of tools counts as current
_MOST_TOOLS = 1000
_WE = Implementation(name="signalbox", version="1")


class NoLink(Exception):
    """There is no connection, and nothing was sent. The message is for the operator."""


@dataclass(slots=True)
class Link:
    """One connection. `run` is its task; `listed` are the server's tools as last listed."""

    reach: Reach
    clock: Callable[[], float]
    listed: dict[str, Listed] | None = None
    looked_at: float = float("-inf")
    gone: bool = False
    users: int = 0
    _retired: bool = False
    _session: asyncio.Future[ClientSession] = field(default_factory=asyncio.Future)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _connecting: asyncio.Timeout | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Connect, and hold the connection until `close`. Raises nothing but cancellation."""
        reason = "the connection was closed"
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(CONNECT_SECONDS) as self._connecting:
                    transport = await self._transport(stack)
                    # The SDK's cache would hide that a server has changed.
                    client = Client(
                        transport,
                        cache=None,
                        client_info=_WE,
                        message_handler=self._hear,
                        read_timeout_seconds=CONNECT_SECONDS,
                    )
                    await stack.enter_async_context(client)
                self._session.set_result(client.session)
                await self._over.wait()
        except Exception as error:  # noqa: BLE001 - a server may cause any SDK error; the run continues
            reason = reason_of(error)
        finally:
            self.gone = True
            if not self._session.done():
                self._session.set_exception(NoLink(reason))
                self._session.exception()  # mark it as retrieved, as there may be no caller waiting

    async def _transport(self, stack: AsyncExitStack) -> Transport:
        if self.reach.program is not None:
            return speaking(self.reach.program)
        http = guarded_client(self.reach.egress, dict(self.reach.headers))
        await stack.enter_async_context(http)
        return streamable_http_client(self.reach.url, http_client=http)

    async def _hear(self, message: Any) -> None:
        if isinstance(message, ToolListChangedNotification):
            self.looked_at = float("-inf")

    async def session(self) -> ClientSession:
        """The session, once it is open. Raises NoLink."""
        return await asyncio.shield(self._session)

    async def look(self) -> dict[str, Listed]:
        """The server's tools, listed again unless that is recent. Raises NoLink or the SDK's errors."""
        session = await self.session()
        async with self._looking:
            if self.listed is not None and self.clock() - self.looked_at < FRESH_SECONDS:
                return self.listed
            began = self.clock()
            found: dict[str, Listed] = {}
            cursor: str | None = None
            while True:
                page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
                for tool in page.tools:
                    text = tool.description or ""
                    found[tool.name] = Listed(
                        tool.name, tool.title or "", text, tool.input_schema, tool.output_schema
                    )
                cursor = page.next_cursor
                if cursor is None:
                    break
                if len(found) > _MOST_TOOLS or not page.tools:
                    raise NoLink(f"the server lists over {_MOST_TOOLS} tools, or pages without end")
            self.listed, self.looked_at = found, began
            return found

    @contextmanager
    def used(self) -> Iterator[None]:
        """While the block runs, retiring the link does not close it."""
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1
            if self._retired and not self.users:
                self.close()

    def retire(self) -> None:
        """Accept no new calls, and close once calls in flight are done."""
        self.gone = self._retired = True
        if not self.users:
            self.close()

    def close(self) -> None:
        """Close the connection; calls in flight get no answer."""
        self.gone = True
        self._over.set()
        if self._connecting is not None and not self._session.done():
            self._connecting.reschedule(0.0)  # stop connecting


def reason_of(error: BaseException) -> str:
    """The innermost reason by its type, without the server's own text."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, NoLink):
        return str(error)
    text = str(error) if type(error).__module__.startswith("agentloop") else ""
    return f"{type(error).__name__}{f': {text}' if text else ''}"


async def tools_of(reach: Reach) -> dict[str, Listed]:
    """A server's tools, over a separate connection. Raises NoLink."""
    link = Link(reach, asyncio.get_running_loop().time)
    async with asyncio.TaskGroup() as group:
        group.create_task(link.run())
        try:
            async with asyncio.timeout(2 * CONNECT_SECONDS):
                found, why = await link.look(), ""
        except Exception as error:  # noqa: BLE001 - any error of the SDK is reported as a reason
            found, why = {}, reason_of(error)
        finally:
            link.close()
    if why:
        raise NoLink(why)
    return found
