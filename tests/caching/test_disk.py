"""What is kept in a file is there after a restart, within its bound; a file that fails is a miss in time."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from caching.disk import Disk
from caching.purging import doomed, order
from caching.sealing import Sealing
from tests.caching.test_kept import KEPT
from tests.patience import patient, within

PRINT, OTHER = b"\1" * 32, b"\2" * 32
NOW = 1000.0
FRESH = msgspec.structs.replace(KEPT, body=b"x" * 100, at=NOW, fresh_until=NOW + 60, gone_at=NOW + 60)


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def disk(folder: Path, clock: Clock | None = None, size: int = 10_000_000, **more: bool) -> Disk:
    found = Disk(folder / "answers.sqlite", size, Sealing(), clock or Clock(), **more)
    found.deadline = 10.0
    return found


def size_of(folder: Path) -> int:
    return (folder / "answers.sqlite").stat().st_size


def number(place: int) -> bytes:
    return place.to_bytes(32, "big")


async def test_an_answer_outlives_its_process(tmp_path: Path) -> None:
    one = disk(tmp_path)
    await one.put(PRINT, "call", FRESH, NOW)
    await one.close()
    other = disk(tmp_path)
    assert await other.get(PRINT) == FRESH
    assert await other.ask(PRINT, "call", NOW) == FRESH
    assert await other.get(OTHER) is False
    assert other.failures == 0
    await other.close()


async def test_an_answer_is_gone_when_its_time_is_over(tmp_path: Path) -> None:
    clock = Clock()
    here = disk(tmp_path, clock)
    await here.put(PRINT, "call", FRESH, NOW)
    assert await here.ask(PRINT, "call", NOW + 60) is True
    clock.now = NOW + 61
    assert await here.get(PRINT) is False
    await here.close()


async def test_of_several_processes_one_has_the_turn(tmp_path: Path) -> None:
    clock = Clock()
    one, other = disk(tmp_path, clock, several=True), disk(tmp_path, clock, several=True)
    assert await one.ask(PRINT, "first", NOW) is True
    assert await one.ask(PRINT, "first", NOW) is True
    assert await other.ask(PRINT, "second", NOW) is False
    clock.now += 9
    await one.renew(PRINT, "first")
    clock.now += 9
    assert await other.ask(PRINT, "second", NOW) is False
    clock.now += 2  # whoever had the turn has died
    assert await other.ask(PRINT, "second", NOW) is True
    assert await one.ask(PRINT, "first", NOW) is False
    await other.put(PRINT, "second", FRESH, NOW)
    assert await one.ask(PRINT, "first", NOW) == FRESH
    await one.drop(PRINT)
    assert await one.ask(PRINT, "first", NOW) is True
    await one.give_back(PRINT, "first")
    assert await other.ask(PRINT, "second", NOW) is True
    await other.put(PRINT, "second", None, clock.now)
    assert await one.ask(PRINT, "first", NOW) is True  # there is nothing to wait for
    await one.close()
    await other.close()


async def test_alone_nobody_is_waited_for(tmp_path: Path) -> None:
    here = disk(tmp_path)
    assert await here.ask(PRINT, "first", NOW) is True
    assert await here.ask(PRINT, "second", NOW) is True
    await here.close()


async def test_the_least_used_go_when_the_bound_is_met(tmp_path: Path) -> None:
    clock = Clock()
    here = disk(tmp_path, clock, size=100_000)
    body = bytes(place * 7 % 251 for place in range(2000)) * 2  # which does not shrink to nothing
    for place in range(200):
        clock.now += 0.01
        await here.put(number(place), "call", msgspec.structs.replace(FRESH, body=body + number(place)), NOW)
    kept = [place for place in range(200) if await here.get(number(place))]
    assert 0 < len(kept) < 200
    assert kept == list(range(200 - len(kept), 200))
    await here.close()
    assert size_of(tmp_path) < 300_000


async def test_what_is_meant_is_purged(tmp_path: Path) -> None:
    here = disk(tmp_path)
    for place in range(500):
        team = "support" if place % 2 else "sales"
        await here.put(number(place), "call", msgspec.structs.replace(FRESH, team=team), NOW)
    assert await here.purge(lambda fingerprint, kept: kept.team == "sales") == 250
    assert await here.get(number(2)) is False
    assert await here.get(number(3)) is not None
    await here.close()


async def test_what_no_key_reads_any_more_goes_with_all(tmp_path: Path) -> None:
    there, here = disk(tmp_path), disk(tmp_path)
    there._sealing = Sealing(["another key of thirty-two letters"])
    await there.put(PRINT, "call", FRESH, NOW)
    assert await here.get(PRINT) is False
    for each, gone in ((order("team", FRESH.team), 0), (order("all"), 1)):
        meant = doomed([each])
        assert meant is not None
        assert await here.purge(meant) == gone
    await there.close()
    await here.close()


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


async def test_of_what_was_purged_no_byte_is_left(tmp_path: Path) -> None:
    here = disk(tmp_path)
    here.deadline = 0.5  # by which what the reader below keeps from it is given up
    said = b"the owls sleep in the tower"
    await here.put(PRINT, "call", msgspec.structs.replace(FRESH, body=said), NOW)
    assert said in bytes_of(tmp_path)
    reading = sqlite3.connect(tmp_path / "answers.sqlite", isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM answer").fetchall()
    assert await here.purge(lambda fingerprint, kept: True) is None  # the log cannot be emptied meanwhile
    reading.close()
    assert await here.purge(lambda fingerprint, kept: True) == 0
    assert said not in bytes_of(tmp_path)
    await here.close()


async def test_what_nobody_may_have_any_more_goes_when_others_come(tmp_path: Path) -> None:
    clock = Clock()
    here = disk(tmp_path, clock)
    await here.put(PRINT, "call", FRESH, NOW)
    clock.now = FRESH.gone_at + 1
    later = msgspec.structs.replace(FRESH, gone_at=clock.now + 60)
    await here.put(OTHER, "call", later, clock.now)
    await here.close()
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as reading:
        assert reading.execute("SELECT print FROM answer").fetchall() == [(OTHER,)]


async def test_it_remembers_up_to_which_order_it_has_followed(tmp_path: Path) -> None:
    here = disk(tmp_path)
    assert await here.obeyed() == 0
    await here.obey(7)
    await here.obey(9)
    await here.close()
    again = disk(tmp_path)
    assert await again.obeyed() == 9
    await again.close()


async def test_a_locked_file_is_a_miss_in_time(tmp_path: Path) -> None:
    here = disk(tmp_path, several=True)
    here.deadline = 0.1
    await here.put(PRINT, "call", FRESH, NOW)
    locking = sqlite3.connect(tmp_path / "answers.sqlite", isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    assert await here.ask(OTHER, "call", NOW) is True  # it would take a lease, which it cannot
    await here.put(OTHER, "call", FRESH, NOW)
    assert time.monotonic() - began < 30
    assert here.failures >= 2
    locking.execute("ROLLBACK")
    locking.close()
    here.deadline = 10.0
    assert await here.get(PRINT) == FRESH
    await here.close()


async def test_a_file_that_fails_is_left_alone_for_a_while(tmp_path: Path) -> None:
    clock = Clock()
    (tmp_path / "answers.sqlite").mkdir()  # nothing can be opened there
    here = disk(tmp_path, clock)
    for _ in range(10):
        assert await here.get(PRINT) is None
        assert await here.ask(PRINT, "call", NOW) is True
    assert here.failures == 3
    (tmp_path / "answers.sqlite").rmdir()
    clock.now -= 3600
    await here.put(PRINT, "call", FRESH, NOW)
    assert await here.get(PRINT) == FRESH
    await here.close()


async def test_what_comes_while_the_file_is_left_alone_is_kept_after_that(tmp_path: Path) -> None:
    began = time.monotonic()
    (tmp_path / "answers.sqlite").mkdir()
    here = Disk(tmp_path / "answers.sqlite", 10_000_000, Sealing(), lambda: NOW + time.monotonic() - began)
    here.deadline = 10.0
    for _ in range(3):
        assert await here.get(PRINT) is None
    (tmp_path / "answers.sqlite").rmdir()
    await asyncio.gather(here.put(PRINT, "call", FRESH, NOW), here.note(b"topic", PRINT))
    assert await here.get(PRINT) == FRESH
    assert [item for _, item in await here.notes(b"topic", b"")] == [PRINT]
    await here.close()


@pytest.mark.parametrize("where", [0, 5000], ids=["its head", "its pages"])
async def test_a_broken_file_is_put_aside(tmp_path: Path, where: int) -> None:
    one = disk(tmp_path)
    for place in range(100):
        await one.put(number(place), "call", msgspec.structs.replace(FRESH, body=b"x%d" % place * 50), NOW)
    await one.close()
    file = tmp_path / "answers.sqlite"
    data = bytearray(file.read_bytes())
    data[where:] = b"\xa5" * (len(data) - where)
    file.write_bytes(data)
    other = disk(tmp_path)
    for place in range(100):
        assert not await other.get(number(place))
        await other.put(number(place), "call", FRESH, NOW)
    assert await other.get(number(99)) == FRESH
    assert (tmp_path / "answers.broken").exists()
    await other.close()


@pytest.mark.parametrize(
    "tables",
    ["CREATE TABLE answer (print BLOB, data BLOB)", "PRAGMA user_version = 9; CREATE TABLE x (y)"],
    ids=["an old one", "a new one"],
)
async def test_a_file_of_another_version_is_put_aside(tmp_path: Path, tables: str) -> None:
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as database:
        database.executescript(tables)
    here = disk(tmp_path)
    await here.get(PRINT)
    await here.put(PRINT, "call", FRESH, NOW)
    assert await here.get(PRINT) == FRESH
    await here.close()


@contextmanager
def no_room(limit: int) -> Iterator[None]:
    """Files of this process cannot grow beyond that, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_a_store_that_keeps_nothing_more(tmp_path: Path) -> None:
    clock = Clock()
    here = disk(tmp_path, clock)
    await here.put(PRINT, "call", FRESH, NOW)
    large = msgspec.structs.replace(FRESH, body=bytes(range(256)) * 100)
    sealed = [msgspec.structs.replace(large, model=f"m{each}") for each in range(100)]
    here.patience = 0
    with no_room(100_000):
        for place, each in enumerate(sealed):
            await here.put(number(place + 3), "call", each, NOW)
            clock.now += 0.01
    assert here.failures > 0
    clock.now += 1.1
    assert await here.get(PRINT) == FRESH
    await here.put(OTHER, "call", FRESH, NOW)
    assert await here.get(OTHER) == FRESH
    await here.close()


@patient
async def test_work_that_takes_too_long_is_not_waited_for(tmp_path: Path) -> None:
    here = disk(tmp_path)
    await here.put(PRINT, "call", FRESH, NOW)
    here.deadline = 0.05
    slow = asyncio.ensure_future(here._run(lambda database: time.sleep(0.5)))
    await asyncio.sleep(0)
    with within(0.4):
        assert await here.get(PRINT) is None
        assert await slow is None
    here.deadline = 10.0
    assert await here.get(PRINT) == FRESH
    await here.close()


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    disk(tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_notes_come_in_their_order_and_outlive_their_process(tmp_path: Path) -> None:
    one = disk(tmp_path)
    assert await one.notes(b"topic", b"") == []
    for item in (b"one", b"two\0"):
        await one.note(b"topic", item)
    await one.note(b"other", b"three")
    await one.close()
    other = disk(tmp_path)
    found = await other.notes(b"topic", b"")
    assert [item for _, item in found] == [b"one", b"two\0"]
    assert await other.notes(b"topic", found[0][0]) == found[1:]
    assert await other.notes(b"topic", found[1][0]) == []
    await other.close()


async def test_of_notes_the_latest_stay(tmp_path: Path) -> None:
    here = disk(tmp_path)
    for place in range(300):
        await here.note(b"topic", b"%d" % place, 10)
        await here.note(b"other", b"%d" % place)
    found = [item for _, item in await here.notes(b"topic", b"")]
    assert found[-10:] == [b"%d" % place for place in range(290, 300)]
    assert len(found) < 10 + 64
    assert len(await here.notes(b"other", b"")) == 300
    await here.close()


async def test_several_answers_come_in_one_go(tmp_path: Path) -> None:
    here = disk(tmp_path)
    await here.put(PRINT, "call", FRESH, NOW)
    assert await here.get_all([OTHER, PRINT]) == [None, FRESH]
    await here.close()


async def test_all_processes_together_keep_to_the_bound(tmp_path: Path) -> None:
    clock = Clock()
    workers = [disk(tmp_path, clock, size=100_000, several=True) for _ in range(3)]
    body = bytes(place * 7 % 251 for place in range(2000)) * 2
    for place in range(120):
        clock.now += 0.01
        answer = msgspec.structs.replace(FRESH, body=body + number(place))
        await workers[place % 3].put(number(place), "call", answer, NOW)
        await workers[0].put(number(0), "call", answer, NOW)  # in place of itself
        with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as file:
            ((held, known),) = file.execute("SELECT sum(size), (SELECT bytes FROM taken) FROM answer")
        assert held == known <= 100_000
    for each in workers:
        await each.close()


async def test_an_old_answer_is_renewed_by_one_process(tmp_path: Path) -> None:
    clock = Clock()
    one, other = (disk(tmp_path, clock, several=True) for _ in range(2))
    await one.put(PRINT, "call", msgspec.structs.replace(FRESH, gone_at=NOW + 120), NOW)
    clock.now += 90
    assert [await one.ask(PRINT, "one", clock.now), await other.ask(PRINT, "other", clock.now)] == [
        True,
        False,
    ]
    for each in (one, other):
        await each.close()


async def test_what_is_kept_after_the_file_was_deleted_lies_in_a_new_one(tmp_path: Path) -> None:
    clock = Clock()
    one, other = (disk(tmp_path, clock, several=True) for _ in range(2))
    for each in (one, other):
        await each.put(PRINT, "call", FRESH, NOW)
    for place in range(5):
        await one.note(b"topic", b"%d" % place)
    mark = (await other.notes(b"topic", b"") or [])[-1][0]
    (tmp_path / "answers.sqlite").unlink()
    clock.now += 1
    await one.put(OTHER, "call", FRESH, NOW)
    await one.note(b"topic", b"late")
    assert (await other.get(PRINT), await other.get(OTHER)) == (False, FRESH)
    assert [item for _, item in await other.notes(b"topic", mark) or ()] == [b"late"]
    for each in (one, other):
        await each.close()
    again = disk(tmp_path)
    assert await again.get(OTHER) == FRESH
    await again.close()
