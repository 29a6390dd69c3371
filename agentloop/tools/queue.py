"""Tools that put a message into a Redis stream, once per step, and may wait for an answer."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from agentloop.agents import ToolVersion
from agentloop.events import Event, ToolCompleted, ToolUnknown
from agentloop.foreign import Unreadable, read
from agentloop.means import Means
from agentloop.outbox import KEEP_MS, Message, Outbox
from agentloop.reach import Reach
from agentloop.steps import Step
from storage.errors import StoreError
from storage.redis import Redis

log = logging.getLogger("signalbox.runs")

_DEADLINE = 2.0  # seconds for one command
_LOOK_SECONDS = 1.0  # between checks for due messages
_POLL_SECONDS = 0.1  # between checks for an answer
_FORGET_SECONDS = 3600.0

# Adds the message unless this step's is there already; returns its id either way. A single Redis command.
_ADD = """
local known = redis.call('GET', KEYS[2])
if known then return known end
local id = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
redis.call('SET', KEYS[2], id, 'PX', ARGV[1])
return id
"""

Reaching = Callable[[str], Reach | None]


class QueueTool:
    """Runs these tools; `run` sends messages that could not be sent at once."""

    def __init__(self, means: Means) -> None:
        self._outbox = Outbox(means.database, means.clock)
        self._servers: dict[str, Redis] = {}

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted once the message is stored, ToolUnknown if that is uncertain."""
        call_id = step.call.call_id
        wait = float(tool.settings["result"])
        body = {"key": step.key, "tool": tool.name, "arguments": step.call.arguments or "{}"}
        if wait:
            body["answer_to"] = _answers(step.key)
        server = tool.name.partition("/")[0]
        message = Message(step.key, server, tool.settings["stream"], msgspec.json.encode(body).decode())
        try:
            message = await self._outbox.put(message)
        except StoreError as error:
            return ToolUnknown(call_id, f"the outbox did not say whether it took the message: {error}")
        entry = message.entry or await self._send(message, reach)
        told: dict[str, Any] = {"queued": True, "id": entry or None}
        if wait:
            told["answer"] = await self._answer(reach, step.key, wait)
        return ToolCompleted(call_id, msgspec.json.encode(told).decode())

    async def run(self, reaching: Reaching) -> None:
        """Send due messages for ever, including those of processes that have ended."""
        since = _FORGET_SECONDS
        while True:
            try:
                for message in await self._outbox.due():
                    reach = reaching(message.server)
                    if reach is None or not await self._send(message, reach):
                        await self._outbox.failed(message)
                if since >= _FORGET_SECONDS:
                    since = 0.0
                    await self._outbox.forget()
            except StoreError as error:
                log.warning("messages of tools wait: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)
            since += _LOOK_SECONDS

    async def _send(self, message: Message, reach: Reach) -> str:
        """The message's id in the stream; empty if it has to wait."""
        fields: list[str] = []
        for name, value in msgspec.json.decode(message.body).items():
            fields += (name, value)
        sent_as = f"signalbox:sent:{{{message.stream}}}:{message.key}"  # in the stream's cluster slot
        try:
            [reply] = await self._server(reach).run(
                ("EVAL", _ADD, 2, message.stream, sent_as, KEEP_MS, *fields)
            )
            entry = reply.decode()
            await self._outbox.sent(message, entry)
        except StoreError as error:
            log.warning("a message for the stream %s waits: %s", message.stream, error)
            return ""
        return str(entry)

    async def _answer(self, reach: Reach, key: str, seconds: float) -> Any:
        """The answer, or None if none came in time. It stays in its stream for a repeated step."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        [found] = await self._server(reach).run(
                            ("XRANGE", _answers(key), "-", "+", "COUNT", 1)
                        )
                    except StoreError:
                        found = None
                    if found:
                        return _said(found[0][1])
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            return None

    def _server(self, reach: Reach) -> Redis:
        found = self._servers.get(reach.url)
        if found is None:
            found = self._servers[reach.url] = Redis(reach.url, _DEADLINE, asyncio.get_running_loop().time)
        return found

    async def close(self) -> None:
        """Close all connections."""
        for server in self._servers.values():
            await server.close()


def _answers(key: str) -> str:
    """The stream that receives the answer to a message."""
    return f"signalbox:answers:{key}"


def _said(fields: Any) -> Any:
    """The field `result` of an answer; clients return fields as a list or a mapping."""
    pairs = dict(fields) if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=True))
    text = pairs.get(b"result", b"")[: 64 * 1024]
    try:
        return read(text)
    except Unreadable:
        return text.decode(errors="replace")


def open_tool(means: Means) -> QueueTool:
    """Creates the runner of this kind."""
    return QueueTool(means)
