"""Outgoing messages of tools, stored before they are sent: one per step, until the queue has it."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from storage.engine import Database
from storage.errors import StoreConflict
from storage.schema import tool_outbox

KEEP_MS = 40 * 24 * 3600 * 1000  # beyond the longest wait of a run: a step that comes again is still known
_LONGEST_MS = 60_000  # between tries
_MOST = 100


class Message(NamedTuple):
    """`body` is JSON, an object of texts. `entry` is its id in the stream, once it is there."""

    key: str
    server: str
    stream: str
    body: str
    at_ms: int = 0
    tries: int = 0
    next_ms: int = 0
    entry: str = ""


class Outbox:
    """Raises `StoreError` for what the database does not do. `clock` gives Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def put(self, message: Message) -> Message:
        """Written down, due at once; for a key that is there already, what is there."""
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
        """What is to be sent now, oldest first."""
        return await self._found((tool_outbox.c.next_ms > 0) & (tool_outbox.c.next_ms <= self._now_ms()))

    async def sent(self, message: Message, entry: str) -> None:
        """It is in the stream."""
        await self._set(message, next_ms=0, entry=entry)

    async def failed(self, message: Message) -> None:
        """Try again later, each time twice as late."""
        pause = min(_LONGEST_MS, 500 << min(message.tries, 10))
        await self._set(message, next_ms=self._now_ms() + pause, tries=message.tries + 1)

    async def forget(self) -> int:
        """Delete what was sent so long ago that nobody comes again; how many."""
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
