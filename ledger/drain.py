"""Ships spooled rows to the database, and cleans up after processes that died."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec

from dialects.usage import Usage
from ledger.row import Begun, NanoDollars, UsageRow
from ledger.segments import Ownership, Segment, orphans, read_lines, segments, set_aside, torn_end
from ledger.spool import Spool
from ledger.store import RowStore
from storage.engine import Database
from storage.errors import StoreError

BATCH = 1000  # rows per transaction, approximately
_PAUSE = 0.25  # seconds between looks at the spool
_LONGEST_PAUSE = 15.0  # seconds between retries while the database is unavailable
_ADOPTION_EVERY = 30.0  # seconds between searches for dead processes' segments


class Worth(NamedTuple):
    """The assumed cost of a lost attempt."""

    cost: NanoDollars
    priced: bool


def worth_unknown(_begun: Begun) -> Worth:
    """The default `worth`: past attempts cannot be priced."""
    return Worth(NanoDollars(0), priced=False)


@dataclass(slots=True)
class DrainState:
    """Counters for metrics and health checks."""

    shipped: int = 0  # rows written to the database, including those of dead processes
    lost: int = 0  # attempts of dead processes that never ended
    refused: int = 0  # rows the table rejected, set aside
    damaged: int = 0  # unreadable lines, set aside
    failures: int = 0  # consecutive; 0: the last attempt succeeded
    last_error: str = ""


def lost_row(begun: Begun, worth: Worth) -> UsageRow:
    """The row of an attempt that died with its process: the estimated input, no output."""
    return UsageRow(
        attempt_id=begun.attempt_id,
        at_ms=begun.at_ms,
        key_id=begun.key_id,
        user=begun.user,
        team=begun.team,
        organisation=begun.organisation,
        endpoint=begun.endpoint,
        model_asked=begun.model_asked,
        vendor=begun.vendor,
        model_served=begun.model_served,
        status="lost",
        http_status=0,
        error_code="lost",
        usage=Usage(input=begun.input_estimate),
        cost=worth.cost,
        price_version=begun.price_version,
        priced=worth.priced,
        estimated=True,
        stream=False,
        queue_ms=0.0,
        first_ms=0.0,
        total_ms=0.0,
        tags=begun.tags,
        units=begun.units,
        unit=begun.unit,
        unsure=NanoDollars(max(0, begun.most - worth.cost)),
    )


def backoff(failures: int) -> float:
    """Seconds to wait after so many consecutive failures: doubled each time, up to 15 s."""
    return min(_LONGEST_PAUSE, _PAUSE * float(1 << min(failures, 10)))


def _whole(rows: Sequence[UsageRow]) -> Sequence[UsageRow]:
    return rows


class Drain:
    """Moves the rows of one spool to the database. Run `run` in a task; call `finish` at the end.

    `worth` prices an attempt that a dead process never finished. `trimmed` removes from rows what must
    not be stored.
    """

    def __init__(
        self,
        spool: Spool,
        database: Database,
        *,
        clock: Callable[[], float],
        worth: Callable[[Begun], Worth] = worth_unknown,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.state = DrainState()
        self._spool = spool
        self._store = RowStore(database, token_hex(8))
        self._clock = clock
        self._worth = worth
        self.trimmed: Callable[[Sequence[UsageRow]], Sequence[UsageRow]] = _whole
        self._sleep = sleep
        self._segment = spool.segment._replace(number=0)
        self._offset = 0
        self._on_disk: tuple[Segment, int] | None = None  # up to here rows are read from disk
        self._adopted_at: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._adopted = asyncio.Event()  # set once dead processes' segments were searched for

    async def run(self) -> None:
        """Ship until cancelled. While the database is unavailable, retries with growing pauses."""
        while True:
            try:
                await self._turn()
            except (StoreError, OSError) as error:
                self.state.failures += 1
                self.state.last_error = str(error)
                await self._sleep(backoff(self.state.failures))
            except Exception as error:  # a bug of ours: the caller logs it and restarts, and rows wait
                self.state.failures += 1
                self.state.last_error = f"{type(error).__name__}; the log has the rest."
                raise
            else:
                self.state.failures = 0
                await self._sleep(_PAUSE)

    async def flush(self, seconds: float) -> bool:
        """Ship everything spooled so far; False if that took longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while self._behind:
                    try:
                        await self._ship_own()
                    except (StoreError, OSError) as error:
                        self.state.last_error = str(error)
                        await self._sleep(_PAUSE)
                if self._spool.closed and self._spool.held:
                    await self._ship_held()
        except (TimeoutError, StoreError):
            return False
        return True

    async def catch_up(self, seconds: float) -> bool:
        """Ship everything in this spool directory, dead processes' rows too; False if it took too long."""
        try:
            async with asyncio.timeout(seconds):
                await self._adopted.wait()
        except TimeoutError:
            return False
        return await self.flush(seconds)

    @asynccontextmanager
    async def still(self, seconds: float) -> AsyncIterator[bool]:
        """Ships everything as `catch_up` does, then nothing until the block ends; False: not in time."""
        while await self.catch_up(seconds):
            async with self._one_at_a_time:
                if not self._behind:
                    yield True
                    return
        yield False

    async def finish(self, seconds: float) -> bool:
        """Close the spool, ship the rest, remove the segments; False: the rest is left to the next start."""
        self._spool.close()
        done = await self.flush(seconds)
        # An attempt that is still open never ends: its segment stays, and the next start records it as lost.
        remove = done and not self._spool.open_attempts
        if remove:
            self._segment.path(self._spool.directory).unlink()
        self._spool.release(remove=remove)
        return done

    async def adopt(self) -> None:
        """Ship what dead processes left, plus a row for each attempt that never ended; delete their files."""
        for ownership in orphans(self._spool.directory):
            done = False
            try:
                await self._adopt(ownership)
                done = True
            finally:
                ownership.release(remove=done)

    @property
    def _behind(self) -> bool:
        return (self._segment, self._offset) != (self._spool.segment, self._spool.size)

    async def _turn(self) -> None:
        now = self._clock()
        if self._adopted_at is None or now - self._adopted_at >= _ADOPTION_EVERY:
            await self.adopt()
            self._adopted_at = now
            self._adopted.set()
        self._spool.retry_held()
        if self._behind:
            await self._ship_own()  # later rows form the next batch: few large batches cost least
        while self._on_disk is not None:
            await self._ship_own()

    async def _ship_own(self) -> None:
        """Ship the rows since the last call, then delete the segments that are fully shipped."""
        async with self._one_at_a_time:
            end = self._spool.segment, self._spool.size
            if self._on_disk is None:
                rows = self._spool.take()
                if rows is not None:
                    await self._ship_taken(rows, end)
                    return
                self._on_disk = end
                self._spool.remember()
            await self._ship_from_disk(*self._on_disk)

    async def _ship_taken(self, rows: Sequence[UsageRow], end: tuple[Segment, int]) -> None:
        try:
            for start in range(0, len(rows), BATCH):
                await self._ship(rows[start : start + BATCH], [])
        except BaseException:
            self._spool.untake()
            raise
        self._spool.drained += len(rows)
        self._advance(*end)

    async def _ship_held(self) -> None:
        rows = self._spool.take_held()
        await self._ship(rows, [])
        self._spool.drained += len(rows)

    async def _ship_from_disk(self, last: Segment, size: int) -> None:
        """Ship one batch of the rows up to offset `size` of the segment `last`."""
        rows: list[UsageRow] = []
        damaged: list[bytes] = []
        segment, offset = self._segment, self._offset
        while len(rows) < BATCH and (segment, offset) != (last, size):
            path = segment.path(self._spool.directory)
            lines = read_lines(path, offset, size if segment == last else None, rows_only=True)
            rows += [record for record in lines.records if type(record) is UsageRow]
            damaged += lines.damaged
            if lines.offset > offset:
                offset = lines.offset
            elif segment == last:
                offset = size  # the file was truncated from outside: its content is gone
            else:
                segment, offset = segment._replace(number=segment.number + 1), 0
            await asyncio.sleep(0)  # a read blocks the loop for a millisecond; let other tasks run
        await self._ship(rows, damaged)
        self._spool.drained += len(rows)
        self._advance(segment, offset)
        if (segment, offset) == (last, size):
            self._on_disk = None

    def _advance(self, segment: Segment, offset: int) -> None:
        for number in range(self._segment.number, segment.number):
            path = segment._replace(number=number).path(self._spool.directory)
            self._spool.deleted(path.stat().st_size)
            path.unlink()
        self._segment, self._offset = segment, offset

    async def _adopt(self, ownership: Ownership) -> None:
        paths = [
            segment.path(self._spool.directory)
            for segment in segments(self._spool.directory, ownership.owner)
        ]
        still_open: dict[str, Begun] = {}
        for path in paths:
            await self._replay(path, still_open)
        lost = [lost_row(begun, self._worth(begun)) for begun in still_open.values()]
        await self._ship(lost, [])
        self.state.lost += len(lost)
        for path in paths:
            path.unlink()

    async def _replay(self, path: Path, still_open: dict[str, Begun]) -> None:
        offset = 0
        while (lines := read_lines(path, offset)).offset > offset:
            offset = lines.offset
            rows: list[UsageRow] = []
            for record in lines.records:
                if isinstance(record, UsageRow):
                    still_open.pop(record.attempt_id, None)
                    rows.append(record)
                else:
                    still_open[record.attempt_id] = record
            await self._ship(rows, lines.damaged)
        torn = torn_end(path, offset)
        await self._ship([], [torn] if torn else [])

    async def _ship(self, rows: Sequence[UsageRow], damaged: Sequence[bytes]) -> None:
        await self._store.ship(self.trimmed(rows), self._refused)
        self.state.shipped += len(rows)
        if damaged:
            set_aside(self._spool.directory, damaged)
            self.state.damaged += len(damaged)

    def _refused(self, row: UsageRow) -> None:
        set_aside(self._spool.directory, [msgspec.json.encode(row)])
        self.state.refused += 1
