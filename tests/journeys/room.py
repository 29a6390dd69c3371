"""What there was room for, by the ledger and the leases: looked at all the time while a storm rages."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from gateway.clock import SYSTEM_CLOCK
from storage.engine import Database, open_database
from storage.errors import StoreError
from storage.schema import usage
from tests.journeys.storm import Refused, Several

MOMENT = 1.0  # seconds around a call in which it must have had room all the time


class Seen(NamedTuple):
    """Nano-dollars of one budget at one moment: in the ledger with what is unsure of it, in Redis, leased.

    Leased is also what a lease came to that ended before anybody reported for its process.
    """

    at: float  # Unix seconds
    ledger: int
    counted: int
    leased: int
    ended: int


@dataclass
class Room:
    """Of the teams' budget, in a database in which nobody else spends anything."""

    database: Database
    redis: Redis
    seen: list[Seen] = field(default_factory=list)
    watched: bool = True

    async def look(self) -> Seen:
        """The ledger before Redis: what is reported in between counts in both rather than in none."""
        cost = func.coalesce(func.sum(usage.c.cost_nano + usage.c.unsure_nano), 0)
        [row] = await self.database.fetch(select(cost.label("cost")))
        keys = [key async for key in self.redis.scan_iter("signalbox:*:team:default:spend:*")]
        fields: dict[bytes, bytes] = await self.redis.hgetall(keys[0]) if keys else {}  # type: ignore[misc]
        leased = sum(int(value.split(b":")[0]) for name, value in fields.items() if name[:1] == b"l")
        ended = sum(int(value.split(b":")[0]) for name, value in fields.items() if name[:1] == b"x")
        now, counted = SYSTEM_CLOCK.unix_seconds(), int(fields.get(b"n", 0))
        found = Seen(now, int(row.cost), counted, leased, ended)
        self.seen.append(found)
        return found

    async def watch(self) -> None:
        while self.watched:  # a driver may swallow a cancellation, as `gateway.server.duties.end` says
            with suppress(StoreError, RedisError):  # the machine is busy: the next look will do
                await self.look()
            await asyncio.sleep(0.1)

    async def wrongly(self, refused: Sequence[Refused], budget: int, bound: int) -> tuple[int, list[str]]:
        """How many refusals could be judged, and those for which there was room by more than the bound.

        There was if it was there at every look from a moment before the call to a moment after it. The ledger
        is that of the moment, by all rows that it has now: some were late.
        """
        ends = (usage.c.at_ms + usage.c.total_ms).label("ends")
        rows = await self.database.fetch(
            select(ends, (usage.c.cost_nano + usage.c.unsure_nano).label("cost")).order_by(ends)
        )
        moments = [float(row.ends) / 1000 for row in rows]
        sums = [0, *accumulate(int(row.cost) for row in rows)]
        judged, wrong = 0, []
        for call in refused:
            span = call.began - MOMENT, call.ended + MOMENT
            looks = [each for each in self.seen if span[0] <= each.at <= span[1]]
            if not looks:
                continue
            judged += 1
            room = min(
                budget - sums[bisect_right(moments, each.at)] - each.leased - each.ended for each in looks
            )
            if room > call.asked + bound:
                wrong.append(f"{room} nano-dollars were left, {call.asked} asked for")
        return judged, wrong


@asynccontextmanager
async def room_of(there: Several) -> AsyncIterator[Room]:
    """It looks ten times a second while it is open."""
    database, redis = open_database(there.database.url, deadline=60.0), Redis.from_url(there.redis.url)
    room = Room(database, redis)
    try:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(room.watch())
            yield room
            room.watched = False
            watching.cancel()
    finally:
        await redis.aclose()
        await database.close()
