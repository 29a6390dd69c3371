"""Every attempt is in the database exactly once, whatever crashes, and the hours agree with the rows."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from ledger.drain import Drain, Worth, backoff
from ledger.row import Begun, NanoDollars
from ledger.segments import segments
from ledger.spool import Spool
from ledger.statements import hourly_columns
from storage.engine import Database, open_database
from storage.errors import StoreSlow
from storage.schema import usage, usage_hourly


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


async def attempts(database: Database) -> dict[str, str]:
    rows = await database.fetch(select(usage.c.attempt_id, usage.c.status))
    return {row.attempt_id: row.status for row in rows}


async def assert_hours_agree(database: Database) -> None:
    columns = hourly_columns()
    keys = [columns[column.name] for column in usage_hourly.primary_key]
    truth = select(*(columns[column.name] for column in usage_hourly.c)).group_by(*keys)
    rolled = await database.fetch(select(usage_hourly))
    assert sorted(map(tuple, rolled)) == sorted(map(tuple, await database.fetch(truth)))


def die(spool: Spool) -> None:
    """What the kernel does when a process is killed: its files close, its lock goes, nothing else."""
    spool._tape._map.close()
    os.close(spool._tape._descriptor)
    spool.closed = True
    spool._ownership.release(remove=False)


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[Spool]:
    opened = Spool(tmp_path / "spool", clock=Clock())
    yield opened
    opened.release(remove=False)


async def test_rows_arrive_and_a_finished_spool_leaves_nothing(database, spool, make_row, make_begun) -> None:
    drain = Drain(spool, database, clock=Clock())
    for number in range(2500):
        spool.append(make_begun(number))
        spool.append(make_row(number))
    assert await drain.finish(20)
    assert len(await attempts(database)) == 2500
    assert (spool.depth, drain.state.shipped, drain.state.lost) == (0, 2500, 0)
    assert not list(spool.directory.iterdir())
    await assert_hours_agree(database)


async def test_drained_segments_are_deleted_while_the_process_lives(
    database, tmp_path, make_row, make_begun
) -> None:
    spool = Spool(tmp_path / "spool", clock=Clock(), segment_bytes=2000)
    drain = Drain(spool, database, clock=Clock())
    spool.append(make_begun("long"))
    for number in range(50):
        spool.append(make_row(number))
    assert len(segments(spool.directory)) > 3
    assert await drain.flush(5)
    assert segments(spool.directory) == [spool.segment]
    assert spool.bytes == spool.size
    die(spool)
    fresh = Spool(tmp_path / "spool", clock=Clock())
    await Drain(fresh, database, clock=Clock()).adopt()
    assert (await attempts(database))["req_long.1"] == "lost"
    fresh.release(remove=True)


async def test_while_it_is_still_nothing_more_is_shipped(database, spool, make_row) -> None:
    drain = Drain(spool, database, clock=Clock())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(drain.run())
        spool.append(make_row(1))
        async with drain.still(5) as done:
            assert done
            spool.append(make_row(2))
            await asyncio.sleep(0.4)  # longer than it rests
            assert list(await attempts(database)) == ["req_1.1"]
        assert await drain.flush(5)
        assert sorted(await attempts(database)) == ["req_1.1", "req_2.1"]
        running.cancel()


async def test_it_is_not_still_before_dead_processes_were_looked_for(database, spool) -> None:
    async with Drain(spool, database, clock=Clock()).still(0.01) as done:
        assert not done


async def test_an_attempt_its_process_never_ended_becomes_a_lost_row_at_its_worth(
    database, tmp_path, spool, make_row, make_begun
) -> None:
    dead = Spool(tmp_path / "spool", clock=Clock())
    lost = make_begun(2, tags='{"app":"x"}', most=900, units=2, unit="image")
    for record in (make_begun(1), make_row(1), lost, make_begun(3)):
        dead.append(record)
    die(dead)

    def worth(begun: Begun) -> Worth:
        return Worth(NanoDollars(begun.input_estimate * 7), priced=True)

    drain = Drain(spool, database, clock=Clock(), worth=worth)
    await drain.adopt()
    assert await attempts(database) == {"req_1.1": "ok", "req_2.1": "lost", "req_3.1": "lost"}
    (row,) = await database.fetch(select(usage).where(usage.c.attempt_id == "req_2.1"))
    assert (row.input_tokens, row.cost_nano, bool(row.estimated), row.tags) == (120, 840, True, '{"app":"x"}')
    assert (row.unsure_nano, row.units, row.unit) == (60, 2, "image"), "its budget held so much more"
    assert drain.state.lost == 2
    await assert_hours_agree(database)


async def test_the_open_attempts_of_a_living_process_are_left_alone(
    database, tmp_path, spool, make_begun
) -> None:
    alive = Spool(tmp_path / "spool", clock=Clock())
    alive.append(make_begun(1))
    await Drain(spool, database, clock=Clock()).adopt()
    assert await attempts(database) == {}
    alive.release(remove=False)


async def test_a_spool_closed_with_an_open_attempt_is_left_for_the_next_start(
    database, tmp_path, spool, make_begun
) -> None:
    leaving = Spool(tmp_path / "spool", clock=Clock())
    leaving.append(make_begun(1))
    assert await Drain(leaving, database, clock=Clock()).finish(5)
    await Drain(spool, database, clock=Clock()).adopt()
    assert await attempts(database) == {"req_1.1": "lost"}


async def test_a_torn_last_line_is_set_aside_and_its_attempt_is_lost(
    database, tmp_path, spool, make_row, make_begun
) -> None:
    dead = Spool(tmp_path / "spool", clock=Clock())
    dead.append(make_begun(1))
    dead.append(make_row(1))
    path = dead.segment.path(dead.directory)
    die(dead)
    path.write_bytes(path.read_bytes().rstrip(b"\0")[:-9] + bytes(9))
    drain = Drain(spool, database, clock=Clock())
    await drain.adopt()
    assert await attempts(database) == {"req_1.1": "lost"}
    assert drain.state.damaged == 1
    assert b"req_1.1" in (spool.directory / "damaged.txt").read_bytes()
    await drain.adopt()
    assert drain.state.damaged == 1


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 12)),
        st.tuples(st.just("end"), st.integers(0, 12)),
        st.tuples(st.just("drain"), st.just(0)),
        st.tuples(st.just("drain, then forget"), st.just(0)),
        st.tuples(st.just("crash"), st.integers(0, 300)),
    ),
    max_size=30,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(moves=MOVES, size=st.integers(300, 2500))
def test_any_interleaving_of_writes_crashes_and_drains_counts_each_attempt_once(
    moves: list[tuple[str, int]], size: int, tmp_path_factory: pytest.TempPathFactory, make_row, make_begun
) -> None:
    story = Story(tmp_path_factory.mktemp("story"), size)
    asyncio.run(story.tell(moves, make_row, make_begun))


class Story:
    """One machine's life: processes write, die with a torn line, and their successors clean up."""

    def __init__(self, place: Path, size: int) -> None:
        self.place = place
        self.size = size
        self.written: set[str] = set()
        self.torn: set[str] = set()
        self.begun: set[str] = set()

    def start(self) -> None:
        self.spool = Spool(self.place / "spool", clock=Clock(), segment_bytes=self.size)
        self.drain = Drain(self.spool, self.database, clock=Clock())

    async def tell(self, moves: list[tuple[str, int]], make_row: Callable, make_begun: Callable) -> None:
        self.database = open_database(f"sqlite:///{self.place}/x.db", deadline=5)
        async with self.database.engine.begin() as connection:
            await connection.run_sync(usage.metadata.create_all)
        self.start()
        for life, (move, value) in enumerate(moves):
            await self.step(move, value, life, make_row, make_begun)
        self.crash(0)
        self.start()
        await self.drain.adopt()
        assert await self.drain.finish(5)
        found = await attempts(self.database)
        lost = {attempt for attempt, status in found.items() if status == "lost"}
        assert set(found) - lost <= self.written
        assert self.written - self.torn <= set(found)
        assert self.begun - self.torn - self.written <= lost
        await assert_hours_agree(self.database)
        assert not segments(self.place / "spool")
        await self.database.close()

    async def step(self, move: str, value: int, life: int, make_row: Callable, make_begun: Callable) -> None:
        open_now = sorted(self.spool._open)
        if move == "begin":
            self.spool.append(make_begun(f"{life}x{value}"))
            self.begun.add(f"req_{life}x{value}.1")
        elif move == "end" and open_now:
            name = open_now[value % len(open_now)]
            self.spool.append(make_row(name.removeprefix("req_").removesuffix(".1")))
            self.written.add(name)
        elif move == "drain":
            assert await self.drain.flush(5)
        elif move == "drain, then forget":  # as if killed between the commit and remembering it
            held = self.drain._segment, self.drain._offset
            kept = {path: path.read_bytes() for path in self.spool.directory.glob("*.jsonl")}
            assert await self.drain.flush(5)
            for path, data in kept.items():
                path.write_bytes(data)
            self.drain._segment, self.drain._offset = held
        elif move == "crash":
            self.crash(value)
            self.start()
            await self.drain.adopt()

    def crash(self, torn_bytes: int) -> None:
        """Die within the last write: of the last line no more is left than the kill allowed."""
        path, size = self.spool.segment.path(self.spool.directory), self.spool.size
        confirmed = self.drain._offset if self.drain._segment == self.spool.segment else 0
        die(self.spool)
        data = path.read_bytes().rstrip(b"\0")
        last = data.rfind(b"\n", 0, -1) + 1
        keep = max(confirmed, last, size - torn_bytes)
        if keep < size:
            self.torn |= {name for name in self.begun | self.written if name.encode() in data[last:]}
        path.write_bytes(data[:keep] + bytes(4096))  # zeros, where the process would have gone on


class Enough(Exception):
    """Ends a run that would go on for ever."""


async def test_a_database_that_is_locked_is_waited_for_and_nothing_is_lost(
    tmp_path, database, spool, make_row
) -> None:
    hasty = open_database(f"sqlite:///{tmp_path}/ledger.db", deadline=0.1)
    blocker = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            assert (drain.state.failures, spool.depth) == (2, 10)
            assert drain.state.last_error
            blocker.close()
        if len(pauses) == 3:
            raise Enough

    drain = Drain(spool, hasty, clock=Clock(), sleep=sleep)
    for number in range(10):
        spool.append(make_row(number))
    with pytest.raises(Enough):
        await drain.run()
    assert pauses == [0.5, 1.0, 0.25]
    assert (drain.state.failures, spool.depth) == (0, 0)
    assert len(await attempts(database)) == 10
    await hasty.close()


async def test_a_flush_of_a_database_that_stays_away_ends_in_time(
    tmp_path, database, spool, make_row
) -> None:
    hasty = open_database(f"sqlite:///{tmp_path}/ledger.db", deadline=0.05)
    blocker = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    spool.append(make_row(1))
    assert not await Drain(spool, hasty, clock=Clock()).flush(0.3)
    blocker.close()
    assert await Drain(spool, hasty, clock=Clock()).flush(5)
    await hasty.close()


async def test_a_commit_whose_answer_was_lost_is_repeated_without_counting_twice(
    database, spool, make_row
) -> None:
    drain = Drain(spool, database, clock=Clock())
    for number in range(5):
        spool.append(make_row(number))
    ship = drain._store.ship

    async def ship_and_forget(rows, refused) -> None:
        await ship(rows, refused)
        raise StoreSlow("the answer to the commit never came")

    drain._store.ship = ship_and_forget  # type: ignore[method-assign]
    with pytest.raises(StoreSlow):
        await drain._ship_own()
    drain._store.ship = ship  # type: ignore[method-assign]
    assert await drain.flush(5)
    assert spool.depth == 0
    await assert_hours_agree(database)


async def test_hours_keep_what_rows_told_them_when_old_rows_are_removed(database, spool, make_row) -> None:
    drain = Drain(spool, database, clock=Clock())
    spool.append(make_row(1))
    assert await drain.flush(5)
    async with database.transaction() as transaction:
        await transaction.execute(delete(usage))
    spool.append(make_row(2))
    assert await drain.flush(5)
    (hour,) = await database.fetch(select(usage_hourly))
    assert hour.attempts == 2


async def test_a_row_the_table_refuses_is_set_aside_and_the_drain_goes_on(database, spool, make_row) -> None:
    drain = Drain(spool, database, clock=Clock())
    spool.append(make_row(1, cost=2**70))
    spool.append(make_row(2))
    assert await drain.flush(5)
    assert list(await attempts(database)) == ["req_2.1"]
    assert drain.state.refused == 1
    assert b"req_1.1" in (spool.directory / "damaged.txt").read_bytes()


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1.0), (5, 8.0), (6, 15.0), (10_000, 15.0)])
def test_pauses_grow_to_a_bound(failures: int, seconds: float) -> None:
    assert backoff(failures) == seconds


WRITER = """
import sys, time
from pathlib import Path
import msgspec
from ledger.row import Begun, UsageRow
from ledger.spool import Spool
begun, row = (msgspec.json.decode(text, type=Begun | UsageRow) for text in sys.argv[3:5])
spool = Spool(Path(sys.argv[1]), clock=time.time, segment_bytes=20_000)
number = 0
while True:
    name = f"req_{sys.argv[2]}x{number}.1"
    spool.append(msgspec.structs.replace(begun, attempt_id=name))
    spool.append(msgspec.structs.replace(row, attempt_id=name))
    number += 1
    if number % 50 == 0:
        print(number, flush=True)
"""


async def test_a_process_killed_in_the_midst_of_writing_loses_no_row_it_told_of(
    database, tmp_path, spool, make_row, make_begun
) -> None:
    plain = [msgspec.json.encode(record).decode() for record in (make_begun(0), make_row(0))]
    drain = Drain(spool, database, clock=Clock())
    dice = random.Random(7)
    for life in range(5):
        command = [sys.executable, "-c", WRITER, str(spool.directory), str(life), *plain]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(dice.randint(1, 20)):
            told = int(await process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await drain.adopt()
        found = await attempts(database)
        assert {f"req_{life}x{number}.1" for number in range(told)} <= set(found)
        assert sum(status == "lost" for name, status in found.items() if name.startswith(f"req_{life}x")) <= 1
    await assert_hours_agree(database)
    assert segments(spool.directory) == [spool.segment]
