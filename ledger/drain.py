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

BATCH = 1000  # rows in one transaction, about
_PAUSE = 0.25  # seconds between looks at the spool
_LONGEST_PAUSE = 15.0  # seconds between tries while the database is away
_ADOPTION_EVERY = 30.0  # seconds between looks for other processes that died


class Worth(NamedTuple):
    """The assumed cost of a lost attempt."""

    cost: NanoDollars
    priced: bool


def worth_unknown(_begun: Begun) -> Worth:
    """For when past attempts cannot be priced."""
    return Worth(NanoDollars(0), priced=False)


@dataclass(slots=True)
class DrainState:
    """What metrics and health checks read."""

    shipped: int = 0  # rows given to the database, those of dead processes too
    lost: int = 0  # attempts of dead processes that never ended
    refused: int = 0  # rows the table did not take, set aside
    damaged: int = 0  # lines nobody could read, set aside
    failures: int = 0  # in a row; 0: the last try succeeded
    last_error: str = ""


def lost_row(begun: Begun, worth: Worth) -> UsageRow:
    """The row of an attempt whose process died: what it asked for, as estimated, its output unknown."""
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
    """Seconds to wait after so many failures in a row: twice as long each time, up to a bound."""
    return min(_LONGEST_PAUSE, _PAUSE * float(1 << min(failures, 10)))


def _whole(rows: Sequence[UsageRow]) -> Sequence[UsageRow]:
    return rows


class Drain:
    """Moves the rows of one spool. `run` it in a task; at the end `finish`.

    `worth` prices an attempt that a dead process never finished; what is not kept of rows is taken
    out by `trimmed`.
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
        self._on_disk: tuple[Segment, int] | None = None  # up to there rows are read back, not taken
        self._adopted_at: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._adopted = asyncio.Event()  # once what dead processes left was looked through

    async def run(self) -> None:
        """Ship until cancelled. Waits for an unavailable database, with growing pauses."""
        while True:
            try:
                await self._turn()
            except (StoreError, OSError) as error:
                self.state.failures += 1
                self.state.last_error = str(error)
                await self._sleep(backoff(self.state.failures))
            except Exception as error:  # ours: who runs this logs it and begins again, and rows wait
                self.state.failures += 1
                self.state.last_error = f"{type(error).__name__}; the log has the rest."
                raise
            else:
                self.state.failures = 0
                await self._sleep(_PAUSE)

    async def flush(self, seconds: float) -> bool:
        """Ship everything spooled so far; False when that was not done in time."""
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
        """Ship all that this machine knows of, dead processes' rows too; False when that took too long."""
        try:
            async with asyncio.timeout(seconds):
                await self._adopted.wait()
        except TimeoutError:
            return False
        return await self.flush(seconds)

    @asynccontextmanager
    async def still(self, seconds: float) -> AsyncIterator[bool]:
        """Ships everything as `catch_up` does, and nothing more while this lasts; False: not in time."""
        while await self.catch_up(seconds):
            async with self._one_at_a_time:
                if not self._behind:
                    yield True
                    return
        yield False

    async def finish(self, seconds: float) -> bool:
        """Close the spool, ship the rest and remove the segments; False: the next start does the rest."""
        self._spool.close()
        done = await self.flush(seconds)
        # An attempt still open now never ends: its segment is left, and the next start counts it as lost.
        remove = done and not self._spool.open_attempts
        if remove:
            self._segment.path(self._spool.directory).unlink()
        self._spool.release(remove=remove)
        return done

    async def adopt(self) -> None:
        """Ship what dead processes left, with a row for each attempt that never ended; delete the files."""
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
            await self._ship_own()  # what comes meanwhile makes the next batch: few and large cost least
        while self._on_disk is not None:
            await self._ship_own()

    async def _ship_own(self) -> None:
        """Ship what came since the last time, then delete the segments that are done with."""
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
        """Ship a batch of what was written before the segment `last` had that size."""
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
                offset = size  # somebody cut the file: what it held is gone
            else:
                segment, offset = segment._replace(number=segment.number + 1), 0
            await asyncio.sleep(0)  # a read holds the loop for a millisecond; let others in between
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
