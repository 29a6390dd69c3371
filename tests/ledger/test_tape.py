"""A segment holds exactly what was written to it, also for who reads while it is written."""

import os
import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.tape import Tape


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.binary(min_size=1, max_size=300)), room=st.integers(1, 4000), fsync=st.booleans())
def test_what_was_written_is_read_and_nothing_else(
    lines: list[bytes], room: int, fsync: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tape") / "segment"
    tape = Tape(path, room, fsync=fsync)
    written = b""
    for line in lines:
        fits = len(written) + len(line) <= room
        assert tape.write(line) is fits
        written += line if fits else b""
        assert path.read_bytes() == written + bytes(room - len(written))
    tape.close()
    assert path.read_bytes() == written


def test_a_disk_without_room_is_an_error_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            Tape(tmp_path / "segment", 2000, fsync=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


def test_nothing_stays_open_of_a_closed_one(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    Tape(tmp_path / "segment", 100, fsync=False).close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "segment", 100, fsync=False)
    assert (tmp_path / "segment").stat().st_mode & 0o077 == 0
    tape.close()


def test_what_was_written_long_ago_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    tape = Tape(path, 8_000_000, fsync=False)
    line = bytes(range(1, 251))
    for _ in range(20_000):
        assert tape.write(line)
    assert mapped(path) < 1_100_000
    assert path.read_bytes()[:5_000_000] == line * 20_000
    tape.close()
    assert path.read_bytes() == line * 20_000


def mapped(path: Path) -> int:
    """Bytes of a file that count as this process's memory."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        if line.endswith(str(path)):
            kilobytes = next(int(each.split()[1]) for each in lines if each.startswith("Rss:"))
            return kilobytes * 1024
    raise AssertionError("it is not mapped")
