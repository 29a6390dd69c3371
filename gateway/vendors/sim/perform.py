"""Sends an answer according to its behaviour and fault, and counts what was produced."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from gateway.vendors.sim.bill import Entry
from gateway.vendors.sim.connection import Connection
from gateway.vendors.sim.director import Decision
from gateway.vendors.sim.errors import ClientLeft
from gateway.vendors.sim.script import Part, Reply, usage_after
from gateway.vendors.sim.spoil import spoil

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Events after which a stream without a pace yields to the event loop, which also reveals a disconnect.
BREATH = 16

_JSON = (b"content-type", b"application/json")
_OPENAI = b"x-request-id"
_LIMITS = (
    (b"openai-version", b"2020-10-01"),
    (b"x-ratelimit-limit-requests", b"10000"),
    (b"x-ratelimit-limit-tokens", b"10000000"),
    (b"x-ratelimit-remaining-requests", b"9999"),
    (b"x-ratelimit-remaining-tokens", b"9999000"),
    (b"x-ratelimit-reset-requests", b"6ms"),
    (b"x-ratelimit-reset-tokens", b"6ms"),
)


class Performance:
    """Sends one answer to its caller, keeping the bill's entry up to date."""

    __slots__ = ("_began", "_behaviour", "_connection", "_entry", "_fault", "_id_header", "_loop", "_send")

    def __init__(
        self, connection: Connection, send: Send, entry: Entry, began: float, id_header: bytes = _OPENAI
    ) -> None:
        self._connection = connection
        self._send = send
        self._entry = entry
        self._began = began
        self._id_header = id_header
        self._loop = asyncio.get_running_loop()

    async def give(self, reply: Reply, decision: Decision, *, stream: bool) -> None:
        """Send the answer, whole or as a stream.

        Raises `ClientLeft` if the caller disconnects before its end; the entry then holds what was
        produced until then.
        """
        self._behaviour, self._fault = decision
        self._entry.usage = usage_after(reply.usage, reply.written, 0)
        if self._fault is not None and self._fault.kind == "stall_headers":
            await self._silence()
        if self._fault is not None and self._fault.kind == "late":
            await self._connection.until(self._loop.time() + self._fault.ms / 1000)
        if stream:
            await self._stream(reply)
        else:
            await self._whole(reply)

    async def refuse(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Send an error, which is not billed."""
        base = [_JSON, (b"content-length", b"%d" % len(body))]
        await self._open(status, base, headers)
        await self._send({"type": "http.response.body", "body": body})

    async def _open(self, status: int, own: Headers, extra: Mapping[str, str] | None) -> None:
        headers = [*own, *self._told()]
        if extra:
            added = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
            replaced = {name for name, _ in added}
            headers = [header for header in headers if header[0] not in replaced] + added
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        self._entry.status = status

    def _told(self) -> Headers:
        """The request's id, and other headers that the format's own vendor sends."""
        if not self._id_header:
            return []
        told = [(self._id_header, b"req_" + self._entry.id.encode())]
        if self._id_header == _OPENAI:
            elapsed = int((self._loop.time() - self._began) * 1000)
            told += [(b"openai-processing-ms", b"%d" % elapsed), *_LIMITS]
        return told

    async def _whole(self, reply: Reply) -> None:
        entry = self._entry
        await self._think(reply)
        fault = self._fault
        kind = fault.kind if fault else None
        body = reply.whole(usage=kind != "no_usage", finish=kind != "no_finish")
        if kind == "malformed":
            body = body[: len(body) // 2]
        elif kind == "inband_error":
            body = reply.failure(stream=False)
        await self._open(200, [_JSON, (b"content-length", b"%d" % len(body))], self._behaviour.headers)
        if kind == "stall_content":
            await self._silence()
        if kind != "inband_error":
            entry.usage = reply.usage
        if fault is not None and kind in ("cut_text", "cut_tool"):
            await self._send(
                {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
            )
            await self._connection.cut(reset=fault.end == "reset")
            return
        await self._send({"type": "http.response.body", "body": body})
        if self._connection.lost:
            raise ClientLeft
        entry.usage_delivered = kind not in ("no_usage", "malformed", "inband_error")

    async def _think(self, reply: Reply) -> None:
        """Take the time of a whole answer; a caller that disconnects is billed for the output so far."""
        behaviour = self._behaviour
        begins = self._began + ((behaviour.headers_ms or 0) + (behaviour.first_ms or 0)) / 1000
        pace = behaviour.tokens_per_second
        ends = begins + reply.written / pace if pace else begins
        if ends <= self._began:
            return
        try:
            await self._connection.until(ends)
        except ClientLeft:
            thought = int(max(0.0, self._loop.time() - begins) * (pace or 0))
            self._entry.usage = usage_after(reply.usage, reply.written, min(thought, reply.written))
            raise

    async def _stream(self, reply: Reply) -> None:
        behaviour, connection, entry = self._behaviour, self._connection, self._entry
        if behaviour.headers_ms:
            await connection.until(self._began + behaviour.headers_ms / 1000)
        own = [(b"content-type", reply.stream_type), (b"cache-control", b"no-cache")]
        await self._open(200, own, behaviour.headers)
        first = ((behaviour.headers_ms or 0) + (behaviour.first_ms or 0)) / 1000
        pace = behaviour.tokens_per_second
        paced = bool(first or pace)
        produced = count = 0
        for event in spoil(reply, self._fault):
            if event.tokens and paced:
                await connection.until(self._began + first + (produced / pace if pace else 0))
            elif count % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            count += 1
            if not event.data:
                await self._interrupt(event.part)
                return
            await self._send({"type": "http.response.body", "body": event.data, "more_body": True})
            if connection.lost:
                raise ClientLeft
            produced += event.tokens
            if event.tokens:
                entry.usage = usage_after(reply.usage, reply.written, produced)
            if event.part is Part.USAGE:
                entry.usage_delivered = True
        await self._send({"type": "http.response.body", "body": b""})

    async def _interrupt(self, part: Part) -> None:
        """Cut the stream, or stall it until the caller disconnects."""
        if part is Part.STALL:
            await self._silence()
        await self._connection.cut(reset=self._fault is None or self._fault.end == "reset")

    async def _silence(self) -> None:
        await self._connection.gone()
        raise ClientLeft


def fault_body(body: Any, otherwise: bytes) -> bytes:
    """The body of a status fault: as scripted, or the dialect's error."""
    if body is None:
        return otherwise
    return body.encode() if isinstance(body, str) else orjson.dumps(body)
