"""Shares targets' breakers, key waits and averages between processes over Redis.

In the background, and only as hints: a process trusts its own recent successes more. While Redis is
unavailable, each process learns on its own, as without Redis.
"""

import asyncio
import importlib
import logging
import secrets
from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from config.catalog import Settings
from dialects.errors import UNREADABLE
from gateway.targets.averaging import KEY as AVERAGES
from gateway.targets.averaging import Averaging, pairs
from gateway.targets.health import Health
from routing.breaker import Circuit
from routing.target import TargetState
from storage.errors import StoreError

log = logging.getLogger("signalbox.health")

EVERY_SECONDS = 0.5
AVERAGED = 4  # averages are shared in one of so many exchanges
FORGET_SECONDS = 60.0  # after which a silent process is considered gone
OWN_SECONDS = 2.0  # for so long, own successes outweigh other processes' reports
_KEY = "sb:health"
_ENCODE = msgspec.json.Encoder().encode


class News(msgspec.Struct, array_like=True):
    """A process's report; times are seconds from when it was made, so that no clocks are compared."""

    number: int  # the report's sequence number
    opened: dict[str, int]  # by target: the number of its opening, so that each is acted on once
    waits: dict[str, dict[str, float]]  # by target and the key's digest: seconds to wait


_DECODE = msgspec.json.Decoder(News).decode


class Asking(Protocol):
    """The part of `storage.redis.Redis` needed here."""

    async def run(self, *commands: Any) -> list[Any]:
        """The replies. Raises StoreError."""


class HealthSharing:
    """One process's side of the exchange."""

    def __init__(self, health: Health, redis: Asking, process: str) -> None:
        self._health = health
        self._redis = redis
        self._process = process
        self._clock = health.clock
        self._number = 0
        self._openings: dict[str, int] = {}  # by target: how often its breaker opened on our own evidence
        self._open: set[str] = set()  # targets with a breaker open on our own evidence
        self._borrowed: set[str] = set()  # targets with a breaker open because of others' reports
        self._heard: dict[str, tuple[int, float]] = {}  # by process: last number, and when it came
        self._believed: dict[tuple[str, str], int] = {}  # by process and target: the last opening acted on
        self._told: dict[tuple[str, str], float] = {}  # by target and digest: ends of waits others reported
        self._counts: dict[str, tuple[int, float]] = {}  # by target: outcomes, and when the last was seen
        self._away = False
        self._averaging = Averaging(health, process)

    async def run(self) -> None:
        """Exchange reports forever; run this beside the server."""
        while True:
            await self.exchange()  # at once: a new process starts with what the others know
            await asyncio.sleep(EVERY_SECONDS)

    async def exchange(self) -> None:
        """Publish this process's report and read the others'. Does not raise if Redis is unavailable."""
        self._look()
        self._number += 1
        news = News(self._number, {name: self._openings[name] for name in self._open}, self._waits())
        said = ("HSET", _KEY, self._process, _ENCODE(news))
        try:
            found = (await self._redis.run(said, ("HGETALL", _KEY)))[1]
            gone = self._hear(found)
            if gone:
                await self._redis.run(("HDEL", _KEY, *gone), ("HDEL", AVERAGES, *gone))
                self._averaging.forget(gone)
            if self._number % AVERAGED == 1:
                await self._averages()
        except StoreError as error:
            if not self._away:
                log.warning("other processes' reports on targets are not received: %s", error)
            self._away = True
            return
        self._away = False

    async def _averages(self) -> None:
        said = ("HSET", AVERAGES, self._process, self._averaging.said())
        found = (await self._redis.run(said, ("HGETALL", AVERAGES)))[1]
        self._averaging.hear(pairs(found))

    def _look(self) -> None:
        """Notes which breakers have opened here on our own evidence since the last time."""
        now = self._clock.monotonic()
        for state in self._health.targets:
            count = self._counts.get(state.name)
            if count is None or count[0] != state.outcomes:
                self._counts[state.name] = (state.outcomes, now if count is not None else 0.0)
            name, is_open = state.name, state.breaker.circuit is Circuit.OPEN
            if not is_open:
                self._open.discard(name)
                self._borrowed.discard(name)
            elif name not in self._open and name not in self._borrowed:
                self._open.add(name)
                self._openings[name] = self._openings.get(name, 0) + 1

    def _waits(self) -> dict[str, dict[str, float]]:
        now, names = self._clock.monotonic(), self._health.key_digests()
        found: dict[str, dict[str, float]] = {}
        for state in self._health.targets:
            for key in state.keys:
                digest, until = names.get(id(key.credential), ""), key.free_at()
                if until > now and until > self._told.get((state.name, digest), 0.0):
                    found.setdefault(state.name, {})[digest] = round(until - now, 3)
        return found

    def _hear(self, found: Any) -> list[bytes]:
        """Acts on new reports; returns the processes that are gone."""
        now, gone = self._clock.monotonic(), []
        for process, news in _read(found):
            name = process.decode()
            if name == self._process:
                continue
            number, came = self._heard.get(name, (-1, now))
            if news is not None and news.number != number:
                self._heard[name] = (news.number, now)
                self._believe(name, news)
            elif now - came > FORGET_SECONDS:
                self._heard.pop(name, None)
                gone.append(process)
            else:
                self._heard.setdefault(name, (number, came))
        return gone

    def _believe(self, process: str, news: News) -> None:
        states = {state.name: state for state in self._health.targets}
        for name, opening in news.opened.items():
            state = states.get(name)
            if state is None or self._believed.get((process, name)) == opening:
                continue
            self._believed[process, name] = opening
            if not self._goes_well(state) and self._health.told_open(state):
                self._borrowed.add(name)
        names = self._health.key_digests()
        for name, waits in news.waits.items():
            state = states.get(name)
            for key in state.keys if state is not None else ():
                seconds = waits.get(names.get(id(key.credential), ""), 0.0)
                until = self._clock.monotonic() + min(seconds, 3600.0)
                if state is not None and until > key.free_at() + EVERY_SECONDS:
                    self._health.told_wait(state, key, until)
                    # Reported onwards, it would come back a little later each time, and never end.
                    self._told[name, names.get(id(key.credential), "")] = until

    def _goes_well(self, state: TargetState) -> bool:
        """Whether this process's own recent calls there succeeded."""
        count = self._counts.get(state.name)
        recent = count is not None and self._clock.monotonic() - count[1] <= OWN_SECONDS and count[1] > 0
        return recent and not state.breaker.failing


def _read(found: Any) -> Iterator[tuple[bytes, News | None]]:
    for process, text in pairs(found):
        try:
            yield process, _DECODE(text)
        except UNREADABLE:
            yield process, None  # from another version, with another format


async def share_health(settings: Settings, health: Health) -> None:
    """Exchange reports forever over the configured Redis, which may be down; run this beside the server."""
    assert settings.redis is not None
    # Imported here: a gateway without Redis saves the driver's 20 MB.
    driver = await asyncio.to_thread(importlib.import_module, "storage.redis")
    redis = driver.Redis(settings.redis, settings.redis_deadline, health.clock.monotonic)
    try:
        await HealthSharing(health, redis, secrets.token_hex(6)).run()
    finally:
        await redis.close()
