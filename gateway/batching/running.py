"""Runs one batch from its input file to its output files: validated, sent line by line, recorded."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import msgspec

from config.catalog import BatchSettings
from gateway.batching.asking import Asker
from gateway.batching.blobs import Blobs
from gateway.batching.gate import Gate
from gateway.batching.lines import Line, Mistake, Wrong, answered, numbered, read_line, unanswered
from gateway.clock import Clock
from gateway.deployment import Deployment
from gateway.errors import Unauthenticated
from gateway.telemetry.metrics import Metrics
from ledger.batches import Batch, Batches, Lease, Recorded
from ledger.files import Files, KeptFile
from ledger.principal import Principal
from storage.errors import StoreDown

log = logging.getLogger("signalbox.batches")

# Prefixes of the ids of the gateway's own objects.
BATCH_ID = "batch_sb"
FILE_ID = "file-sb"

# Longer than a statement's deadline, so that a late renewal does not lose the lease.
LEASE_SECONDS = 5.0
RENEW_SECONDS = 1.0
_STORE_SECONDS = 1.0  # between attempts to write to an unreachable database
_MOST_MISTAKES = 100  # reported for one input file
_SMOOTH = 200  # lines read between yields to the event loop
_ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Tools:
    """Shared by all runs. `deployment` returns the current one, at batch prices."""

    batches: Batches
    files: Files
    blobs: Blobs
    gate: Gate
    clock: Clock
    metrics: Metrics
    deployment: Callable[[], Deployment]
    settings: Callable[[], BatchSettings]


class Run:
    """One process's work on one batch, until it is done, another process takes it, or this one stops."""

    def __init__(self, batch: Batch, lease: Lease, asker: Asker, tools: Tools) -> None:
        self.batch = batch
        self.waiting = 0  # lines without a recorded answer
        self._lease = lease
        self._asker = asker
        self._tools = tools
        self._ended = asyncio.Event()  # no more lines are to be sent
        self._stopped = False
        self._failure: Mistake | None = None
        self._unwritten: list[Recorded] = []
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        """Work to the end. Raises LeaseLost, StoreError and OSError; whoever claims it next resumes."""
        async with asyncio.TaskGroup() as tasks:
            holding = tasks.create_task(self._hold())
            await self._work()
            holding.cancel()

    def stop(self) -> None:
        """Send no more lines, and leave the rest to the next worker."""
        self._stopped = True
        self._ended.set()

    async def look(self) -> None:
        """Renew the lease, and notice a cancellation. Raises LeaseLost."""
        self.batch = await self._tools.batches.renew(self._lease, LEASE_SECONDS)
        if self.batch.status == "cancelling":
            self._ended.set()

    async def _hold(self) -> None:
        while True:
            try:
                await self.look()
            except StoreDown as error:
                log.warning("batch %s cannot be held at the moment: %s", self.batch.id, error)
            if self._late():
                self._ended.set()
            await asyncio.sleep(RENEW_SECONDS)

    async def _work(self) -> None:
        batches, lease = self._tools.batches, self._lease
        if self.batch.status == "validating":
            mistakes, total = await self._checked()
            if mistakes:
                errors = _ENCODE(mistakes).decode()
                await self._finished("failed", errors) or await self._finished("cancelled")
                return
            await batches.begin(lease, total)
        self.batch = await batches.renew(lease, LEASE_SECONDS)
        self.waiting = self.batch.total - self.batch.completed - self.batch.failed
        if self.batch.status == "in_progress":
            await self._ask_all()
            if self._stopped:
                await batches.release(lease)
                return
        await self._end()

    async def _end(self) -> None:
        if self._failure is not None:
            errors = _ENCODE([self._failure]).decode()
            await self._finished("failed", errors) or await self._finished("cancelled")
            return
        await self._tools.batches.finalize(self._lease)
        self.batch = batch = await self._tools.batches.renew(self._lease, LEASE_SECONDS)
        if batch.status == "cancelling":
            await self._finished("cancelled")
        elif batch.completed + batch.failed < batch.total:
            await self._finished("expired", unasked=True)
        else:
            await self._finished("completed")

    def _late(self) -> bool:
        return self._tools.clock.unix_ms() >= self.batch.expires_ms

    # Checking

    async def _checked(self) -> tuple[list[Mistake], int]:
        """The errors in the file, and its number of lines."""
        mistakes: list[Mistake] = []
        seen: set[str] = set()
        count = 0
        most = self._tools.settings().max_lines
        try:
            principal = await self._asker.holder.principal()
            async for number, data in self._input():
                count += 1
                if count > most:
                    said = f"The file has more than {most} lines; split it."
                    return [Mistake("too_many_lines", said, number)], 0
                try:
                    self._check(data, seen, principal)
                except Wrong as wrong:
                    mistakes.append(wrong.at(number))
                if len(mistakes) == _MOST_MISTAKES:
                    break
        except Wrong as wrong:
            mistakes.append(Mistake(wrong.code, wrong.message))
        except Unauthenticated as error:
            return [Mistake(error.code, error.message)], 0
        if not count and not mistakes:
            mistakes.append(Mistake("empty_file", "The input file has no lines."))
        return mistakes, count

    def _check(self, data: bytes, seen: set[str], principal: Principal) -> None:
        line = read_line(data, self.batch.endpoint)
        if line.custom_id in seen:
            said = f"The custom_id '{line.custom_id}' stands in more than one line."
            raise Wrong("duplicate_custom_id", said, "custom_id")
        seen.add(line.custom_id)
        self._asker.check(line, principal)

    async def _input(self) -> AsyncIterator[tuple[int, bytes]]:
        file = await self._tools.files.get(self.batch.input_file_id, None)
        if file is None:
            raise Wrong("input_file_gone", "The input file is not there any more.")
        count = 0
        async for number, data in numbered(self._tools.blobs.read(file.blob)):
            yield number, data
            count += 1
            if not count % _SMOOTH:
                await asyncio.sleep(0)

    # Asking

    async def _ask_all(self) -> None:
        done = await self._tools.batches.done(self.batch.id)
        gate = self._tools.gate
        try:
            async with asyncio.TaskGroup() as tasks:
                async for number, data in self._input():
                    if number in done:
                        continue
                    await gate.enter()
                    if self._ended.is_set() or self._late():
                        gate.leave()
                        break
                    tasks.create_task(self._one(number, read_line(data, self.batch.endpoint)))
        except Wrong as wrong:
            self._failure = Mistake(wrong.code, wrong.message)

    async def _one(self, number: int, line: Line) -> None:
        """Send one line, which already holds a slot of the gate, record its answer and release the slot."""
        try:
            found = await self._asker.ask(line, self._tools.deployment(), self._ended)
            if found is None:
                return
            ok = found.status == 200
            text = answered(self._line_id(number), line.custom_id, found.call_id, found.status, found.body)
            await self._keep(Recorded(number, ok, text))
            self.waiting -= 1
            self._tools.metrics.batched.add(("completed" if ok else "failed",))
        except Unauthenticated as error:
            self._failure = Mistake(
                error.code, f"The key that made the batch cannot be used: {error.message}"
            )
            self._ended.set()
        finally:
            self._tools.gate.leave()

    async def _keep(self, line: Recorded) -> None:
        """Returns once the line is written; lines that arrive during a write are written together.

        Retries while the database is unreachable: the answer has been paid for.
        """
        self._unwritten.append(line)
        async with self._writing:
            lines, self._unwritten = self._unwritten, []
            while lines:
                lines = await self._written(lines)

    async def _written(self, lines: list[Recorded]) -> list[Recorded]:
        """Those of these lines that are still to be written."""
        try:
            await self._tools.batches.record(self._lease, *lines)
        except StoreDown as error:
            log.warning("answers of batch %s wait for the database: %s", self.batch.id, error)
            await asyncio.sleep(_STORE_SECONDS)
            return lines
        return []

    # Output files

    async def _finished(self, status: str, errors: str = "", *, unasked: bool = False) -> bool:
        output = await self._made("output", self._texts(ok=True))
        texts = self._texts_with_unasked() if unasked else self._texts(ok=False)
        failed = await self._made("error", texts)
        moved = await self._tools.batches.finish(self._lease, status, errors, (output, failed))
        if moved:
            log.info("batch %s is %s", self.batch.id, status)
        return moved

    async def _made(self, what: str, texts: AsyncIterator[str]) -> KeptFile | None:
        """A file of these lines; None if there are none."""
        batch, now = self.batch, self._tools.clock.unix_ms()
        file_id = f"{FILE_ID}{batch.id.removeprefix(BATCH_ID)}-{what}"
        # Two processes that both believe they hold the lease must not overwrite each other's file.
        blob = f"{file_id}.{self._lease.fence}"
        size = await self._tools.blobs.write(blob, _encoded(texts))
        if not size:
            await self._tools.blobs.delete(blob)
            return None
        ends = now + int(self._tools.settings().keep * 1000)
        name = f"{batch.id}_{what}.jsonl"
        return KeptFile(file_id, batch.team, "batch_output", name, size, blob, now, ends, batch.key_id)

    async def _texts(self, *, ok: bool) -> AsyncIterator[str]:
        async for line in self._recorded():
            if line.ok is ok:
                yield line.text

    async def _texts_with_unasked(self) -> AsyncIterator[str]:
        done = await self._tools.batches.done(self.batch.id)
        async for text in self._texts(ok=False):
            yield text
        said = "This request could not be executed before the completion window expired."
        async for number, data in self._input():
            if number not in done:
                line = read_line(data, self.batch.endpoint)
                self._tools.metrics.batched.add(("expired",))
                yield unanswered(self._line_id(number), line.custom_id, "batch_expired", said)

    async def _recorded(self) -> AsyncIterator[Recorded]:
        last = 0
        while page := await self._tools.batches.recorded(self.batch.id, last):
            for line in page:
                yield line
            last = page[-1].line

    def _line_id(self, number: int) -> str:
        return f"batch_req_{self.batch.id.removeprefix(BATCH_ID)}_{number}"


async def _encoded(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for text in texts:
        yield text.encode() + b"\n"
