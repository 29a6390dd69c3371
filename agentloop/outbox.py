"""Outgoing messages of tools, stored before they are sent: one per step, until the queue has it."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from storage.engine import Database
from storage.errors import StoreConflict
from storage.schema import tool_outbox

KEEP_MS = 40 * 24 * 3600 * 1000  # longer than a run can wait, so that a repeated step is recognised
_LONGEST_MS = 60_000  # between attempts
_MOST = 100


class Message(NamedTuple):
    """`body` is JSON, an object of texts. `entry` is its id in the stream once it was sent."""

    key: str
    server: str
    stream: str
    body: str
    at_ms: int = 0
    tries: int = 0
    next_ms: int = 0
    entry: str = ""


class Outbox:
    """The store. Raises `StoreError` if the database fails. `clock` returns Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def put(self, message: Message) -> Message:
        """Store a message, due at once; if the key exists, returns the stored one instead."""
        now = self._now_ms()
        put = message._replace(at_ms=now, next_ms=now)
        try:
            async with self._database.transaction() as transaction:
                await transaction.execute(insert(tool_outbox), put._asdict())
            return put
        except StoreConflict:
            found = await self._found(tool_outbox.c.key == message.key)
            if not found:
                raise
            return found[0]

    async def due(self) -> list[Message]:
        """Messages to be sent now, oldest first."""
        return await self._found((tool_outbox.c.next_ms > 0) & (tool_outbox.c.next_ms <= self._now_ms()))

    async def sent(self, message: Message, entry: str) -> None:
        """Record that it is in the stream."""
        await self._set(message, next_ms=0, entry=entry)

    async def failed(self, message: Message) -> None:
        """Schedule the next attempt; the delay doubles each time."""
        pause = min(_LONGEST_MS, 500 << min(message.tries, 10))
        await self._set(message, next_ms=self._now_ms() + pause, tries=message.tries + 1)

    async def forget(self) -> int:
        """Delete messages sent so long ago that no step can repeat them; returns their number."""
        old = (tool_outbox.c.next_ms == 0) & (tool_outbox.c.at_ms < self._now_ms() - KEEP_MS)
        async with self._database.transaction() as transaction:
            return (await transaction.execute(delete(tool_outbox).where(old))).rowcount

    async def _found(self, where: object) -> list[Message]:
        query = select(tool_outbox).where(where).order_by(tool_outbox.c.at_ms).limit(_MOST)  # type: ignore[arg-type]
        return [Message(**row._mapping) for row in await self._database.fetch(query)]

    async def _set(self, message: Message, **values: object) -> None:
        where = (tool_outbox.c.key == message.key) & (tool_outbox.c.next_ms > 0)
        async with self._database.transaction() as transaction:
            await transaction.execute(update(tool_outbox).where(where).values(**values))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
