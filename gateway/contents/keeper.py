"""Writes copied contents to the database in the background."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from config.catalog import Catalog
from gateway.clock import Clock
from gateway.contents.assembling import document
from gateway.contents.copying import Copies, Copy
from gateway.contents.masking import Masking
from gateway.contents.sealing import Locksmith
from gateway.contents.vault import Content, Vault
from gateway.telemetry.metrics import Metrics
from guardrails.guard import GuardBroken
from storage.engine import Database
from storage.errors import StoreError

log = logging.getLogger("signalbox.contents")

_BATCH = 50
_LONGEST = 15.0  # seconds between attempts while the database is unavailable


class Keeper:
    """One per process. `current` returns the catalog in force: a reload may add keys."""

    def __init__(
        self,
        copies: Copies,
        database: Database,
        current: Callable[[], Catalog],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._copies = copies
        self._database = database
        self._current = current
        self._metrics = metrics
        self._clock = clock
        self._masking: Masking | None = None
        self._masks: Catalog | None = None

    async def keep(self, most: int = _BATCH) -> int:
        """Writes waiting copies; returns how many it took. Contents that cannot be masked are not stored.

        Raises StoreError; then all of them wait again.
        """
        taken = self._copies.take(most)
        if not taken:
            return 0
        catalog = self._current()
        try:
            ready = await asyncio.to_thread(self._ready, taken, catalog)
            smith = Locksmith(catalog.retention.keys)
            kept = 0
            if smith.current:
                kept = await Vault(self._database, smith).keep(ready, self._clock.unix_ms())
        except BaseException:
            self._copies.untake(taken)
            raise
        self._copies.done(taken)
        self._count("kept", kept)
        self._count("failed", len(taken) - kept)
        return len(taken)

    async def finish(self, seconds: float) -> None:
        """Writes all waiting copies, if that is possible in this time."""
        try:
            async with asyncio.timeout(seconds):
                while await self.keep():
                    pass
        except (TimeoutError, StoreError) as error:
            log.warning(
                "contents of %d calls could not be stored: %s", len(self._copies), error or "too slow"
            )

    async def relock(self) -> None:
        """Re-encrypts keys that are not encrypted with the first of `retention.keys`. Raises StoreError."""
        if done := await Vault(self._database, Locksmith(self._current().retention.keys)).relock():
            log.info("contents of %d holders are now encrypted with the first of retention.keys", done)

    async def run(self, woken: asyncio.Event) -> None:
        """Writes copies whenever woken, until cancelled."""
        failures = 0
        while True:
            await woken.wait()
            woken.clear()
            try:
                while await self.keep():
                    failures = 0
            except StoreError as error:
                failures += 1
                log.log(logging.WARNING if failures == 1 else logging.DEBUG, "contents wait: %s", error)
                await asyncio.sleep(min(_LONGEST, 0.25 * 2 ** min(failures, 10)))
                woken.set()
            if self._copies.dropped:
                self._count("dropped", self._copies.dropped)
                self._copies.dropped = 0

    def _ready(self, taken: Sequence[Copy], catalog: Catalog) -> list[Content]:
        """Runs in a thread: reading and masking take milliseconds."""
        ready = []
        for each in taken:
            try:
                text = document(each)
                if each.store == "masked":
                    text = self._masked(catalog, each.principal.team, text)
            except GuardBroken as broken:
                log.warning("contents of %s are not stored: guard %s failed", each.call.id, broken.guard)
                continue
            call, who = each.call, each.principal
            expires = call.at_ms + int(each.ttl * 1000)
            ready.append(Content(call.id, call.at_ms, expires, who.team, who.key_id, each.store, text))
        return ready

    def _masked(self, catalog: Catalog, team: str, text: bytes) -> bytes:
        if self._masking is None or self._masks is not catalog:
            self._masking, self._masks = Masking(catalog), catalog
        return self._masking.masked(team, text)

    def _count(self, outcome: str, count: int) -> None:
        if count:
            self._metrics.contents.add((outcome,), count)
