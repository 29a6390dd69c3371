"""The spool keeps every record, says when it cannot, and never leaves half a line before another."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.row import Begun, UsageRow
from ledger.segments import read_lines, segments
from ledger.spool import Spool, SpoolFull


def clock() -> float:
    return 1_790_000_000.0


def recorded(spool: Spool) -> list[Begun | UsageRow]:
    found: list[Begun | UsageRow] = []
    for segment in segments(spool.directory, spool.segment.owner):
        lines = read_lines(segment.path(spool.directory), 0)
        assert not lines.damaged
        found += lines.records
    return found


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """A disk on which no file of this process grows beyond `size` bytes: writes are cut, then fail."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool", clock=clock)
    yield opened
    opened.release(remove=False)


def test_what_is_appended_is_on_disk_when_append_returns(spool: Spool, make_row, make_begun) -> None:
    spool.append(make_begun(1))
    spool.append(make_row(1))
    assert recorded(spool) == [make_begun(1), make_row(1)]
    assert (spool.depth, spool.open_attempts) == (1, 0)
    assert spool.bytes == spool.size
    spool.close()
    assert spool.size == spool.segment.path(spool.directory).stat().st_size


def test_only_the_owner_can_read_the_files(spool: Spool) -> None:
    for path in [spool.directory, *spool.directory.iterdir()]:
        assert path.stat().st_mode & 0o077 == 0


def test_two_spools_of_one_moment_do_not_share_segments(spool: Spool) -> None:
    other = Spool(spool.directory, clock=clock)
    assert other.segment.owner != spool.segment.owner
    other.release(remove=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=60), size=st.integers(100, 3000))
def test_the_newest_segment_always_knows_every_open_attempt(
    moves: list[tuple[bool, int]], size: int, tmp_path: Path, make_row, make_begun
) -> None:
    spool = Spool(tmp_path / "spool", clock=clock, segment_bytes=size)
    open_now: set[str] = set()
    for begins, number in moves:
        record = make_begun(number) if begins else make_row(number)
        spool.append(record)
        (open_now.add if begins else open_now.discard)(record.attempt_id)
        told: set[str] = set()
        for known in read_lines(spool.segment.path(spool.directory), 0).records:
            (told.add if isinstance(known, Begun) else told.discard)(known.attempt_id)
        assert told == open_now
    spool.close()
    assert spool.bytes == sum(
        s.path(spool.directory).stat().st_size for s in segments(spool.directory, spool.segment.owner)
    )
    spool.release(remove=False)


def fill(spool: Spool, make_row) -> int:
    """Append rows until the disk takes none any more; how many it took."""
    count = 0
    while not spool.held:
        spool.append(make_row(f"filler{count}"))
        count += 1
    return count - 1


def test_a_full_disk_refuses_calls_and_keeps_the_rows_of_those_made(
    tmp_path: Path, make_row, make_begun
) -> None:
    spool = Spool(tmp_path, clock=clock, segment_bytes=1000)
    spool.append(make_begun(1))
    with disk_of(0):
        taken = fill(spool, make_row)
        spool.append(make_row(1))
        with pytest.raises(SpoolFull, match="refused until"):
            spool.append(make_begun(2))
        assert (spool.held, spool.depth) == (2, taken + 2)
        assert not spool.retry_held()
    spool.append(make_begun(3))
    assert spool.held == 0
    assert recorded(spool)[-3:] == [make_row(f"filler{taken}"), make_row(1), make_begun(3)]
    spool.release(remove=False)


def test_a_disk_that_is_full_at_the_start_refuses_the_start(tmp_path: Path) -> None:
    with disk_of(0), pytest.raises(SpoolFull, match="cannot write under"):
        Spool(tmp_path, clock=clock)
    assert not segments(tmp_path)


def test_rows_beyond_what_memory_may_hold_are_refused_loudly(
    tmp_path: Path, make_row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.spool._MOST_HELD", 300)
    spool = Spool(tmp_path, clock=clock, segment_bytes=1000)
    with disk_of(0):
        taken = fill(spool, make_row)
        for number in range(299):
            spool.append(make_row(number))
        with pytest.raises(SpoolFull, match="one was dropped"):
            spool.append(make_row("one too many"))
    assert (spool.held, spool.dropped) == (300, 1)
    assert spool.retry_held()
    assert spool.appended == taken + 300
    spool.release(remove=False)


def test_a_disk_too_full_for_a_new_segment_keeps_the_old_one(tmp_path: Path, make_row, make_begun) -> None:
    spool = Spool(tmp_path, clock=clock, segment_bytes=400)
    for number in range(3):
        spool.append(make_begun(number))
    first = spool.segment
    held_open = [tmp_path / f"{first.owner}-{first.number + 1:08d}.jsonl"]
    held_open[0].mkdir()  # what stands in the way of the next segment
    spool.append(make_row(0))
    assert spool.segment == first
    held_open[0].rmdir()
    spool.append(make_row(1))
    assert spool.segment.number == first.number + 1
    spool.release(remove=False)


def test_with_fsync_a_record_is_on_the_disk_itself(tmp_path: Path, make_row) -> None:
    spool = Spool(tmp_path, clock=clock, fsync=True)
    spool.append(make_row(1))
    assert recorded(spool) == [make_row(1)]
    spool.release(remove=False)


def test_a_closed_spool_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    spool = Spool(tmp_path, clock=clock)
    spool.release(remove=False)
    assert spool.closed
    assert len(os.listdir("/proc/self/fd")) == before


def test_whoever_waits_for_an_attempts_end_is_told_of_its_row_once(tmp_path, make_row, make_begun) -> None:
    spool = Spool(tmp_path / "spool", clock=lambda: 1.0)
    told: list[UsageRow] = []
    for number in (1, 2):
        spool.append(make_begun(number))
    assert [each.attempt_id for each in spool.begun] == ["req_1.1", "req_2.1"]
    spool.await_end(spool.begun[0], told.append)
    spool.append(make_row(2))
    assert told == []
    for _ in range(2):
        spool.append(make_row(1))
    assert told == [make_row(1)]
    spool.release(remove=True)
