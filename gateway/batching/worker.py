"""Runs batches in the background: claims those without a worker, and deletes expired files."""

import asyncio
import logging
from contextlib import suppress

from gateway.batching.asking import Asker, face_of
from gateway.batching.gate import Gate
from gateway.batching.running import LEASE_SECONDS, Run, Tools
from gateway.deployment import Deployment
from gateway.endpoints.faces import Faces
from gateway.errors import GatewayError
from gateway.services import Services
from ledger.batches import Batch, Lease, LeaseLost
from storage.errors import StoreError

log = logging.getLogger("signalbox.batches")

_LOOK_SECONDS = 1.0  # between checks for batches that other processes created or left
_SWEEP_SECONDS = 300.0
_ORPHAN_SECONDS = 86_400.0  # age at which content without a file row counts as left behind
_MOST_RUNS = 8  # batches that one process runs at once


class Prices:
    """The current deployment at batch prices, built when first needed and after each reload."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._plain: Deployment | None = None
        self._batch: Deployment | None = None

    def deployment(self) -> Deployment:
        plain = self._services.deployment
        if self._batch is None or plain is not self._plain:
            self._plain, self._batch = plain, plain.for_batches()
        return self._batch


class Worker:
    """The batch worker; each process has one."""

    def __init__(self, services: Services, tools: Tools) -> None:
        self._services = services
        self._tools = tools
        self._faces = Faces()
        self._runs: dict[str, Run] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False

    @property
    def gate(self) -> Gate:
        """The gate that its lines pass through."""
        return self._tools.gate

    @property
    def waiting(self) -> int:
        """Unanswered lines of the batches that this process is running."""
        return sum(run.waiting for run in self._runs.values())

    def wake(self) -> None:
        """Check for batches at once, because one was created."""
        self._wake.set()

    async def notice(self, batch_id: str) -> None:
        """Act at once on the cancellation of this batch, instead of at its next check."""
        run = self._runs.get(batch_id)
        if run is None:
            self._wake.set()
            return
        try:
            await run.look()
        except (LeaseLost, StoreError):
            return  # the run's next check finds out anyway

    async def run(self) -> None:
        """Work until cancelled, as one task beside the server."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep_for_ever())
            while True:
                # Pause first: a process that has just started has other work.
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._wake.wait()
                self._wake.clear()
                await self._take(tasks)

    def halt(self) -> None:
        """Claim nothing more, send no more lines, and leave the rest to other processes."""
        self._stopping = True
        for run in self._runs.values():
            run.stop()

    async def finish(self, seconds: float) -> None:
        """Halt, and wait up to this many seconds for requests in flight."""
        self.halt()
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("%d batches go on from their last finished line at the next start", len(self._runs))

    async def _take(self, tasks: asyncio.TaskGroup) -> None:
        """Claim and start batches that no worker holds."""
        tools = self._tools
        while not self._stopping and len(self._runs) < _MOST_RUNS:
            try:
                found = await tools.batches.claim(LEASE_SECONDS, self._runs)
                if found is None:
                    return
                if not await self._at_hand(*found):
                    return
            except StoreError:
                return  # the next check is soon
            tasks.create_task(self._work(self._begun(*found)))

    async def _at_hand(self, batch: Batch, lease: Lease) -> bool:
        """Whether its input file is on this machine: processes may share a database but not a folder."""
        file = await self._tools.files.get(batch.input_file_id, None)
        if file is None or await self._tools.blobs.has(file.blob):
            return True
        log.warning("the content of %s of batch %s is not on this machine", file.id, batch.id)
        return False  # let the lease expire: until then no worker here claims it again

    def _begun(self, batch: Batch, lease: Lease) -> Run:
        found = face_of(self._faces, batch.endpoint)
        assert found is not None, batch.endpoint  # checked when the batch was created
        asker = Asker(batch, *found, self._services)
        run = self._runs[batch.id] = Run(batch, lease, asker, self._tools)
        self._idle.clear()
        return run

    async def _work(self, run: Run) -> None:
        try:
            await run.run()
        except* LeaseLost:
            log.warning("batch %s is now run by another process", run.batch.id)
        except* (StoreError, OSError, GatewayError) as group:
            log.warning("batch %s continues later: %s", run.batch.id, group.exceptions[0])
        except* Exception:  # an unexpected error in one batch must not stop the others; it is claimed again
            log.exception("batch %s failed and is resumed", run.batch.id)
        finally:
            del self._runs[run.batch.id]
            if not self._runs:
                self._idle.set()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self.sweep()
            except (StoreError, OSError) as error:
                log.warning("expired files could not be deleted: %s", error)

    async def sweep(self) -> None:
        """Delete expired files and batches, and contents without a file row."""
        files, blobs = self._tools.files, self._tools.blobs
        now = self._tools.clock.unix_seconds()
        while expired := await files.expired():
            for file in expired:
                await blobs.delete(file.blob)
            await files.forget(*(file.id for file in expired))
        more = True
        while more:
            more = await self._tools.batches.forget_lines()
        await self._tools.batches.forget_older(int((now - self._tools.settings().keep) * 1000))
        names = await blobs.older(now - _ORPHAN_SECONDS)
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            known = await files.known(some)
            for name in some:
                if name not in known:
                    await blobs.delete(name)
