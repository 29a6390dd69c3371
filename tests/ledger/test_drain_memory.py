"""Rows that go from memory into the database arrive once, whatever fails or fills up on their way."""

import asyncio
import resource
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import asyncpg

from ledger.drain import BATCH, Drain
from ledger.row import UsageRow
from ledger.segments import Lines, read_lines, segments
from ledger.spool import Spool, SpoolFull
from ledger.store import RowStore
from storage.engine import Database
from storage.errors import StoreSlow

# A database that nobody asks: the rows go to the fake table.
NOBODY = SimpleNamespace(engine=SimpleNamespace(dialect=asyncpg.dialect()))


def clock() -> float:
    return 1_790_000_000.0


@contextmanager
def full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Store:
    """A table that takes a row once, and fails as told: before it took a batch, or after."""

    def __init__(self) -> None:
        self.rows: dict[str, UsageRow] = {}
        self.fails: deque[str] = deque()
        self.meanwhile: Callable[[], None] = lambda: None

    async def ship(self, rows: list[UsageRow], refused: Callable[[UsageRow], None]) -> None:
        if not rows:
            return
        await asyncio.sleep(0)
        self.meanwhile()
        fails = self.fails.popleft() if self.fails else ""
        if fails != "before":
            self.rows.update((row.attempt_id, row) for row in rows)
        if fails:
            raise StoreSlow("away")


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


class Machine:
    """A spool and its drain, process after process, with every row that was appended."""

    def __init__(self, place: Path, make_row: Callable[..., UsageRow], size: int) -> None:
        self.place = place
        self.size = size
        self.make_row = make_row
        self.store = Store()
        self.appended: dict[str, UsageRow] = {}
        self.start()

    def start(self) -> None:
        self.spool = Spool(self.place, clock=clock, segment_bytes=self.size)
        self.drain = Drain(self.spool, cast(Database, NOBODY), clock=clock, sleep=at_once)
        self.drain._store = cast(RowStore, self.store)
        self.before = len(self.appended)  # rows of earlier processes

    def append(self, count: int) -> None:
        for _ in range(count):
            row = self.make_row(len(self.appended))
            self.appended[row.attempt_id] = row
            self.spool.append(row)

    def waiting(self) -> int:
        return len(self.appended.keys() - self.store.rows.keys())

    async def stop(self) -> None:
        assert await self.drain.finish(30)
        assert not self.spool.held

    async def turn(self) -> None:
        """One try; where it fails the next begins where this one did."""
        try:
            await self.drain._turn()
        except StoreSlow:
            pass


MOVE = st.one_of(
    st.tuples(st.just("append"), st.integers(1, 30)),
    st.tuples(st.just("burst"), st.integers(1, 3)),
    st.tuples(st.just("full disk"), st.integers(1, 30)),
    st.tuples(st.just("turn"), st.lists(st.sampled_from(["", "before", "after"]), max_size=3)),
    st.tuples(st.just("meanwhile"), st.integers(1, 30)),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("crash"), st.none()),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@example(moves=[("append", 1), ("turn", ["before"]), ("turn", ["before"]), ("append", 1)], size=2_000)
@given(moves=st.lists(MOVE, max_size=12), size=st.sampled_from([2_000, 10**6]))
async def test_any_interleaving_ships_each_row_once_and_knows_how_many_wait(
    moves: list[tuple[str, Any]], size: int, tmp_path_factory: pytest.TempPathFactory, make_row
) -> None:
    machine = Machine(tmp_path_factory.mktemp("spool"), make_row, size)
    for move, value in moves:
        await step(machine, move, value)
        assert set(machine.store.rows) <= set(machine.appended)
    machine.store.meanwhile = lambda: None
    machine.store.fails.clear()
    await machine.turn()
    await machine.turn()  # the first one may have had to read back what a failure left on the disk
    assert (machine.waiting(), machine.spool.depth) == (0, 0)
    await machine.stop()
    assert machine.store.rows == machine.appended
    assert not segments(machine.place)


async def step(machine: Machine, move: str, value: Any) -> None:
    if move == "append":
        machine.append(value)
    elif move == "burst":
        machine.append(value * BATCH - 1)
    elif move == "full disk":
        with full_disk():
            machine.append(value)
    elif move == "meanwhile":
        machine.store.meanwhile = lambda: machine.append(1) if len(machine.appended) % 3 else None
    elif move == "turn":
        machine.store.fails.extend(value)
        await machine.turn()
        if not machine.store.fails and machine.drain.state.failures == 0:
            assert machine.spool.depth >= machine.waiting()
    elif move == "restart":
        machine.store.fails.clear()
        machine.store.meanwhile = lambda: None
        await machine.stop()
        assert machine.waiting() == 0
        machine.start()
    elif move == "crash":
        machine.store.fails.clear()
        machine.store.meanwhile = lambda: None
        assert machine.spool.retry_held()
        machine.spool.release(remove=False)  # what a death leaves: whole segments, and no lock
        machine.start()
        await machine.drain.adopt()
        assert machine.waiting() == 0


async def test_a_failure_in_the_middle_of_many_batches_repeats_them_from_the_disk(
    tmp_path: Path, make_row
) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    machine.append(3 * BATCH)
    machine.store.fails.extend(["", "before"])
    await machine.turn()
    assert (len(machine.store.rows), machine.spool.depth) == (BATCH, 3 * BATCH)
    assert machine.spool.take() is None  # only the disk has them all
    machine.append(5)
    await machine.turn()
    assert machine.store.rows == machine.appended and machine.spool.depth == 0
    machine.append(2)
    assert machine.spool.take() == list(machine.appended.values())[-2:]
    machine.spool.untake()
    await machine.stop()


async def test_after_a_failure_only_what_was_written_until_then_is_read_back(
    tmp_path: Path, make_row, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    read = []

    def counted(*at: Any, **how: Any) -> Lines:
        found = read_lines(*at, **how)
        read.extend(found.records)
        return found

    monkeypatch.setattr("ledger.drain.read_lines", counted)
    machine.append(3)
    machine.store.fails.append("before")
    await machine.turn()
    machine.store.meanwhile = lambda: machine.append(1) if len(machine.appended) < 30 else None
    while machine.drain._behind:
        await machine.turn()  # calls go on while it reads
    assert machine.store.rows == machine.appended and len(machine.appended) == 30
    assert len(read) == 3
    await machine.stop()


async def test_a_segment_that_somebody_cut_stops_nothing(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    machine.append(3)
    machine.store.fails.append("before")
    await machine.turn()
    path = machine.spool.segment.path(machine.place)
    path.write_bytes(path.read_bytes()[:100] + bytes(10**6))
    machine.append(2)
    machine.spool.untake()
    await asyncio.wait_for(machine.turn(), 10)
    assert not machine.drain._behind
    machine.append(2)
    await machine.stop()
    assert list(machine.store.rows.values())[-2:] == list(machine.appended.values())[-2:]


async def test_a_fault_of_ours_is_told_as_long_as_rows_wait_for_it(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    machine.store.meanwhile = lambda: {}["nothing"]
    machine.append(3)
    with pytest.raises(KeyError):
        await machine.drain.run()
    state = machine.drain.state
    assert (state.failures, state.last_error) == (1, "KeyError; the log has the rest.")


async def test_more_rows_than_memory_is_given_are_read_from_the_disk(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 8 * 1024 * 1024)
    machine.append(20_000)
    assert len(machine.spool.take() or ()) == 20_000
    machine.append(20_001)
    assert machine.spool.take() is None
    machine.spool.untake()
    machine.drain._segment, machine.drain._offset = machine.spool.segment._replace(number=0), 0
    await machine.turn()
    assert machine.store.rows == machine.appended and machine.spool.depth == 0
    await machine.stop()


async def test_what_comes_while_a_batch_is_shipped_waits_for_the_next(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    machine.append(3)
    machine.store.meanwhile = lambda: machine.append(1)
    await machine.turn()
    assert (len(machine.store.rows), machine.waiting()) == (3, 1)  # not one transaction for each of them
    machine.store.meanwhile = lambda: None
    await machine.stop()


async def test_a_drain_that_is_cancelled_in_the_middle_loses_nothing(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 10**6)
    machine.append(10)
    task = asyncio.ensure_future(machine.drain._turn())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert machine.spool.depth == 10
    await machine.stop()
    assert machine.store.rows == machine.appended


async def test_rows_that_a_full_disk_left_in_memory_are_shipped_at_the_end(tmp_path: Path, make_row) -> None:
    machine = Machine(tmp_path, make_row, 2_000)
    with full_disk():
        while not machine.spool.held:
            machine.append(1)
        machine.append(5)
        await machine.stop()
    assert machine.store.rows == machine.appended
    assert machine.spool.depth == 0


def test_a_closed_spool_refuses_calls_and_holds_rows(tmp_path: Path, make_row, make_begun) -> None:
    spool = Spool(tmp_path, clock=clock)
    spool.close()
    with pytest.raises(SpoolFull, match="closed"):
        spool.append(make_begun(1))
    spool.append(make_row(1))
    assert spool.held == 1
    spool.release(remove=False)
