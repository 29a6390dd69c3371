"""A process's share of the runs: claims those that are due, drives many at once, renews its claims."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from agentloop.driver import Driver
from agentloop.events import RunPaused
from agentloop.journal import Fenced, Journal, Overtaken, RunNotFound, RunRecord, Standing
from agentloop.presence import Presence
from agentloop.steps import IllegalMove
from storage.errors import StoreError

log = logging.getLogger("signalbox.runs")

_POLL_SECONDS = 1.0  # other processes create runs without waking this one
_GATHER_SECONDS = 0.05  # with many runs due, how long to wait for free slots, to claim several at once
_REMEMBERED = 1000  # most runs whose failures are remembered
_SHOWN_SECONDS = 2.0  # after this, drive runs even if other workers cannot see this one


@dataclass(frozen=True, slots=True)
class Pace:
    """How many runs a worker drives at once, and how many seconds a claim is valid unless renewed."""

    at_once: int = 256
    lease: float = 10.0


class Worker:
    """`run` is a background task beside the server; `wake` signals that a run may be due."""

    def __init__(
        self,
        name: str,
        journal: Journal,
        driver: Driver,
        presence: Presence | None = None,
        pace: Pace = Pace(),
    ) -> None:
        """Without `presence`, a dead worker's runs become due only when their leases end."""
        self._name = name
        self._journal = journal
        self._driver = driver
        self._presence = presence
        self._lease = pace.lease
        self._free = pace.at_once
        self._worthwhile = max(1, pace.at_once // 4)
        self._freed = asyncio.Event()
        self._due = asyncio.Event()
        self._leaving = False
        self._claiming = asyncio.Lock()
        self._stood: dict[str, str] = {}  # by run: how it failed last
        self._driving: dict[tuple[str, int], tuple[RunRecord, asyncio.Task[None]]] = {}

    def wake(self) -> None:
        """Check for due runs now."""
        self._due.set()

    async def run(self) -> None:
        """Work until cancelled; the runs it held go to whoever claims them next."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep())
            await self._show(tasks)
            room = 1
            while True:
                await self._room(room)
                asked = self._free
                taken = await self._claimed(asked)
                for held in taken:
                    self._free -= 1
                    self._driving[held.id, held.epoch] = held, tasks.create_task(self._drive(held))
                self._journal.expect(len(self._driving))
                room = self._worthwhile if len(taken) == asked else 1

    async def finish(self, seconds: float) -> None:
        """Claim nothing more, and wait up to this many seconds for calls in flight."""
        self._leaving = True
        self._driver.leave()
        try:
            async with asyncio.timeout(seconds):
                async with self._claiming:  # runs being claimed right now are driven, too
                    pass
                while self._driving:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            log.warning("%d runs are left in the middle of a call", len(self._driving))

    async def _show(self, tasks: asyncio.TaskGroup) -> None:
        """Become visible before claiming anything: a worker that others cannot see looks dead."""
        if self._presence is None:
            return
        shown = asyncio.Event()
        tasks.create_task(self._presence.watch(shown.set, self._bury))
        try:
            async with asyncio.timeout(_SHOWN_SECONDS):
                await shown.wait()
        except TimeoutError:
            log.warning("runs are driven although other workers may not see it")

    async def _bury(self, workers: Sequence[str]) -> None:
        if freed := await self._journal.bury(workers):
            log.warning("%d runs of the dead worker %s are due", freed, ", ".join(workers))
            self._due.set()

    async def _room(self, room: int) -> None:
        """Wait for a free slot, and briefly for `room` of them."""
        while not self._free:
            self._freed.clear()
            await self._freed.wait()
        try:
            async with asyncio.timeout(_GATHER_SECONDS):
                while self._free < room:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            return

    async def _claimed(self, most: int) -> list[RunRecord]:
        """Claims at least one run and at most `most`; waits until one is due."""
        while True:
            self._due.clear()
            try:
                async with self._claiming:
                    claim = self._journal.claim_some
                    found = [] if self._leaving else await claim(self._name, self._lease, most)
            except StoreError as error:
                log.warning("no run can be claimed: %s", error)
                found = []
            if found:
                return found
            try:
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def _drive(self, held: RunRecord) -> None:
        try:
            await self._driver.drive(held)
        except* (Fenced, StoreError) as failures:
            # Its claim expires, and some worker continues from the journal.
            log.warning("run %s was released: %s", held.id, failures.exceptions[0])
        except* IllegalMove as failures:
            await self._put_aside(held, f"{failures.exceptions[0]}")
        except* Exception as failures:  # noqa: BLE001 - an error in one run must not stop the others
            log.error("run %s failed unexpectedly", held.id, exc_info=failures)
            await self._put_aside(held, type(failures.exceptions[0]).__name__)
        finally:
            del self._driving[held.id, held.epoch]
            self._journal.expect(len(self._driving))
            self._free += 1
            self._freed.set()

    async def _put_aside(self, held: RunRecord, how: str) -> None:
        """Pause a run that fails twice in the same way, for an operator; else it is claimed for ever."""
        log.error("run %s cannot be driven: %s", held.id, how)
        if self._stood.pop(held.id, None) != how:
            if len(self._stood) >= _REMEMBERED:
                self._stood.clear()
            self._stood[held.id] = how
            return
        try:
            found = await self._journal.record(held.id)
            if found.epoch == held.epoch:
                paused = RunPaused("gateway", f"It stands still: {how}"[:200])
                await self._journal.append(found, [paused], Standing("paused", "stands_still"))
        except (StoreError, Fenced, Overtaken, RunNotFound) as error:
            log.warning("run %s could not be paused: %s", held.id, error)

    async def _keep(self) -> None:
        """Renew all claims with one statement, and cancel the runs that another worker holds now."""
        while True:
            await asyncio.sleep(self._lease / 3)
            driving = list(self._driving.values())
            try:
                lost = await self._journal.renew([held for held, _ in driving], self._lease)
            except StoreError as error:
                log.warning("the claims of %d runs are not renewed: %s", len(driving), error)
                continue
            for held in lost:
                log.warning("run %s was released: another worker has it", held.id)
                if (drive := self._driving.get((held.id, held.epoch))) is not None:
                    drive[1].cancel()
