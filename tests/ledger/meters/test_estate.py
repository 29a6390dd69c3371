"""What a process owes outlives it, and belongs to whoever finds it first."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from ledger.meters import estate
from ledger.meters.estate import Estate, Left, heirless


def owe(folder: str) -> None:
    """A process that is killed with two meters open."""
    mine = Estate(Path(folder), "p1")
    one = mine.open("{acme}:a", 0, 7, 3)
    two = mine.open("{acme}:b", 60_000, 0, 0)
    assert one is not None and two is not None
    one.add(100, 7)
    one.tells(4, 60)
    two.add(5, 0)
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_owed_is_read_by_another(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=owe, args=(str(tmp_path),))
    child.start()
    child.join()
    [found] = heirless(tmp_path)
    assert found.process == "p1"
    assert found.left == [Left("{acme}:a", 0, 7, 4, 60, 103), Left("{acme}:b", 60_000, 0, 0, 0, 5)]
    assert list(heirless(tmp_path)) == [], "somebody is at it"
    found.release(done=False)
    [again] = heirless(tmp_path)
    again.release(done=True)
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_is_left_alone(tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    debt = mine.open("{acme}:a", 0, 0, 5)
    assert list(heirless(tmp_path)) == []
    assert debt is not None and debt.owed == 5
    mine.close()
    [found] = heirless(tmp_path)
    found.release(done=True)


def test_who_owes_nothing_leaves_nothing(tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    debt = mine.open("{acme}:a", 0, 0, 5)
    assert debt is not None
    debt.tells(1, 5)
    debt.told(5)
    mine.close()
    debt.add(1, 0)  # a call that settles late
    assert list(tmp_path.iterdir()) == []


def test_a_window_that_begins_owes_nothing_of_the_one_before(tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    debt = mine.open("{acme}:a", 0, 0, 5)
    assert debt is not None
    debt.begin(9)
    debt.told(5)  # a report of the old one is answered
    debt.add(7, 8)  # a call of the old one ends
    assert debt.owed == 0
    mine.close()


def test_a_line_that_was_not_written_in_full_is_no_meter(tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    mine.open("{acme}:a", 0, 0, 5)
    mine.close()
    with (tmp_path / "p1.names").open("ab") as file:
        file.write(b'["{acme}:b')
    [found] = heirless(tmp_path)
    assert [each.key for each in found.left] == ["{acme}:a"]
    found.release(done=True)


@pytest.mark.parametrize("damage", [b'["\xff",0]', b"[" * 5000, b"\x00"], ids=["no text", "deep", "no JSON"])
def test_damage_takes_one_meter_and_no_other(damage: bytes, tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    for name in "abc":
        mine.open(f"{{acme}}:{name}", 0, 0, 5)
    mine.close()
    names, owed = tmp_path / "p1.names", tmp_path / "p1.owed"
    first, _, third = names.read_bytes().splitlines()
    names.write_bytes(b"\n".join((first, damage, third, b"")))
    owed.write_bytes(owed.read_bytes()[: 3 * 32 + 5])
    [found] = heirless(tmp_path)
    assert [(each.key, each.owed) for each in found.left] == [("{acme}:a", 5), ("{acme}:c", 5)]
    found.release(done=True)


def test_more_meters_than_there_is_room_for_are_not_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estate, "MOST", 1)
    mine = Estate(tmp_path, "p1")
    assert mine.open("{acme}:a", 0, 0, 0) is not None
    assert mine.open("{acme}:b", 0, 0, 0) is None
    mine.close()


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    mine = Estate(tmp_path, "p1")
    with pytest.raises(FileExistsError):
        Estate(tmp_path, "p1")
    mine.close()
