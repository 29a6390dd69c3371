"""A process's share of the runs: claims what is due, drives several at once, keeps its claims."""

import asyncio
import logging

from agentloop.driver import Driver
from agentloop.journal import Fenced, Journal, RunRecord
from agentloop.steps import IllegalMove
from storage.errors import StoreError

log = logging.getLogger("signalbox.runs")

LEASE_SECONDS = 10.0
_POLL_SECONDS = 1.0  # other processes make runs without waking this one


class Worker:
    """`run` is a duty beside the server; `wake` tells it that a run is due."""

    def __init__(self, name: str, journal: Journal, driver: Driver, *, at_once: int = 64) -> None:
        self._name = name
        self._journal = journal
        self._driver = driver
        self._free = at_once
        self._room = asyncio.Event()
        self._room.set()
        self._due = asyncio.Event()

    def wake(self) -> None:
        """A run may be due."""
        self._due.set()

    async def run(self) -> None:
        """Until cancelled; what it drove then goes to whoever claims it next."""
        async with asyncio.TaskGroup() as runs:
            while True:
                await self._room.wait()
                for held in await self._claimed():
                    self._free -= 1
                    runs.create_task(self._drive(held))
                if not self._free:
                    self._room.clear()

    async def _claimed(self) -> list[RunRecord]:
        """As many as there is room for, at least one."""
        while True:
            self._due.clear()
            try:
                found = await self._journal.claim_some(self._name, LEASE_SECONDS, self._free)
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
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self._keep(held))
                await self._driver.drive(held)
                keeping.cancel()
        except* (Fenced, StoreError) as failures:
            # Its claim ends by itself, and then another, or this one, goes on from the journal.
            log.warning("run %s was let go: %s", held.id, failures.exceptions[0])
        except* IllegalMove as failures:
            log.error("run %s stands still: %s", held.id, failures.exceptions[0])
        finally:
            self._free += 1
            self._room.set()

    async def _keep(self, held: RunRecord) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            await self._journal.renew(held, LEASE_SECONDS)
