"""Leases slices of meters from Redis: in advance, and at once for a call that needs more."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import count
from typing import Any, Protocol

from config.limit import SPEND
from gateway.metering.inheriting import inherit
from ledger.meters.estate import Estate
from ledger.meters.leased import LIFE_MS, Leased
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId
from ledger.meters.windows import SLIDING_MS
from storage.errors import StoreDown, StoreError

log = logging.getLogger("signalbox.limits")

# A meter's usage in its window by the ledger: times and amounts. Raises StoreError.
History = Callable[[MeterId, Meter], Awaitable[list[tuple[int, int]]]]

DEADLINE = 0.1  # seconds for one call
RENEWAL = 1.0  # seconds between renewals
_INHERITED = 5  # renewals between searches for dead processes' estates
RETRY = 0.1  # seconds between renewals while Redis fails: calls beyond the leases are refused meanwhile
_MOST_KEYS = 100  # per call
SHIPPED = 0.5  # seconds within which other machines ship to the ledger what they had reported to a lost Redis


class Store(Protocol):
    """Runs scripts on keys of one hash slot."""

    async def script(self, name: str, keys: Sequence[str], values: Sequence[int | str]) -> list[Any]:
        """The script's reply. Raises StoreError."""


class Leasing:
    """The leases of one process. Calls to Redis are serialised, so that answers arrive in order."""

    def __init__(
        self,
        store: Store,
        process: str,
        clock_ms: Callable[[], int],
        history: History | None,
        estate: Estate | None = None,
    ) -> None:
        """`estate` records what another process must report if this one dies."""
        self._store = store
        self._process = process
        self._clock_ms = clock_ms
        self._history = history
        self._estate = estate
        self._names: dict[Leased, MeterId] = {}
        self._active: dict[Leased, None] = {}
        self._one_at_a_time = asyncio.Lock()
        self._forgotten: dict[MeterId, Leased] = {}
        self._down: set[str] = set()  # places whose last call failed: only renewals retry them
        self._failed = asyncio.Event()  # set while some are down
        self._lost = float("-inf")  # when Redis was found to have lost data, by the event loop's clock
        self.calls = 0

    def know(self, name: MeterId, meter: Leased, place: str) -> None:
        """Register a meter; those of one `place` share a hash slot."""
        if meter not in self._names:
            self._succeed(name, meter)
        self._names[meter] = name
        meter.place = place
        if self._estate is not None and meter.limit.kind == SPEND and meter.debt is None:
            width = SLIDING_MS.get(meter.limit.per, 0)
            meter.debt = self._estate.open(self._key(place, meter), width, meter.starts, meter.spent)

    def forget(self, meter: Leased) -> None:
        """Its limit was removed: return the rest of its slice with the next renewals."""
        meter.short = True
        self._forgotten[self._names[meter]] = meter

    def _succeed(self, name: MeterId, meter: Leased) -> None:
        """If a meter of this identity was forgotten, Redis knows less than the ledger: read that again."""
        before = self._forgotten.pop(name, None)
        if before is None:
            return
        meter.doubt()
        self._active.pop(before, None)
        self._names.pop(before, None)
        if before.debt is not None:  # its unreported usage is in the ledger, or will be
            before.debt.begin(before.starts)

    async def ensure(self, lacking: Iterable[tuple[Leased, int]]) -> None:
        """Request so much more for each. Raises StoreError; whether it was granted shows in the meters."""
        wanted = [(meter, amount) for meter, amount in lacking if meter in self._names]
        if not wanted:
            return
        if self._down and any(meter.place in self._down for meter, _ in wanted):
            raise StoreDown("Redis failed, and a renewal has not reached it again yet.")
        async with self._one_at_a_time:
            await self._ask([(meter, amount) for meter, amount in wanted])

    async def run(self) -> None:
        """Renew leases in use, return idle ones, and report for dead processes, until cancelled."""
        for turn in count():
            if self._estate is not None and turn % _INHERITED == 0:
                await inherit(self._store, self._estate.folder)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEWAL):
                    await self._failed.wait()
                    log.warning("Redis failed: what is leased is spent, and no more, until it answers again")
            while self._down:
                await asyncio.sleep(RETRY)
                await self._renewed()
            await self._renewed()

    async def _renewed(self) -> None:
        with contextlib.suppress(StoreError):
            await self.renew()

    async def renew(self) -> None:
        """Report usage and renew the leases. Raises StoreError."""
        async with self._one_at_a_time:
            for meter in [meter for meter in self._active if meter.idle > 2 and not meter.held]:
                del self._active[meter]
            self._down.intersection_update([meter.place for meter in self._active])
            await self._ask([(meter, 0) for meter in self._active])

    async def look(self) -> None:
        """Read the usage of all processes, also for meters that are idle here. Raises StoreError."""
        async with self._one_at_a_time:
            await self._ask([(meter, 0) for meter in self._names])

    async def give_back(self) -> None:
        """Return unused leases when the process stops. If Redis is unavailable, they expire."""
        for meter in self._active:
            meter.short = True
        try:
            await self.renew()
        except StoreError as error:
            log.warning("leases are not returned, and end by themselves: %s", error)

    async def _ask(self, wanted: Sequence[tuple[Leased, int]]) -> None:
        by_place: dict[str, list[tuple[Leased, int]]] = {}
        for meter, extra in wanted:
            by_place.setdefault(meter.place, []).append((meter, extra))
        failure: StoreError | None = None
        for place, those in by_place.items():
            try:
                for start in range(0, len(those), _MOST_KEYS):
                    await self._call(place, those[start : start + _MOST_KEYS])
            except StoreError as error:  # in a cluster, other places are on other nodes
                self._down.add(place)
                failure = error
            else:
                self._down.discard(place)
        if self._down:
            self._failed.set()
        else:
            self._failed.clear()
        if failure is not None:
            raise failure

    async def _call(self, place: str, those: Sequence[tuple[Leased, int]], known: bool = False) -> None:
        now = self._clock_ms()
        keys: list[str] = []
        values: list[int | str] = [self._process, LIFE_MS]
        asked = []
        for meter, extra in those:
            base = await self._base(meter) if known else -1
            if meter not in self._names:  # it was replaced by a new meter
                continue
            report = meter.report(extra, now, base)
            if known:
                # The reported usage was in the ledger or in flight when the ledger was read.
                report = report._replace(base=max(0, report.base - report.used))
            keys.append(self._key(place, meter))
            values += report
            self._active[meter] = None
            asked.append((meter, extra))
        if not asked:
            return
        self.calls += 1
        replies = await self._store.script("lease", keys, values)
        unknown = []
        for (meter, extra), reply in zip(asked, replies, strict=True):
            numbers = [int(number) for number in reply]
            if numbers[0] < 0:
                unknown.append((meter, extra))
            else:
                meter.answered(numbers, now)
        if unknown and not known:  # new, or lost by Redis
            if any(meter.heard for meter, _ in unknown):
                await self._shipped()
            await self._call(place, unknown, known=True)

    async def _shipped(self) -> None:
        """Wait until the ledger has what was reported to a Redis that lost it: once for all its meters."""
        now = asyncio.get_running_loop().time()
        if now > self._lost + 2 * SHIPPED:
            self._lost = now
        await asyncio.sleep(self._lost + SHIPPED - now)

    async def _base(self, meter: Leased) -> int:
        name = self._names.get(meter)
        if self._history is None or name is None:
            return 0
        return sum(used for _, used in await self._history(name, meter))

    def _key(self, place: str, meter: Leased) -> str:
        owner, kind, per, models, zone = self._names[meter]
        scope = "" if models is None else ",".join(models)
        # The part in braces alone decides the slot: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
        tag = place.replace("{", "(").replace("}", ")")
        return f"signalbox:{{{tag}}}:{owner.level}:{owner.name}:{kind}:{per}:{zone}:{scope}"
