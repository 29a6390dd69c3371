"""Segments say whose they are, and what is in them is read back whatever happened to the end."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.segments import (
    Ownership,
    Segment,
    orphans,
    read_lines,
    segment_of,
    segments,
    set_aside,
    torn_end,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("0001-77-00000003.jsonl", Segment("0001-77", 3)),
        ("0001-77.lock", None),
        ("damaged.txt", None),
        ("0001-77-x.jsonl", None),
        (".jsonl", None),
    ],
)
def test_only_names_of_segments_are_segments(name: str, expected: Segment | None) -> None:
    assert segment_of(Path(name)) == expected


def test_segments_are_listed_from_the_oldest(tmp_path: Path) -> None:
    made = [Segment("2-1", 0), Segment("1-9", 10), Segment("1-9", 2)]
    for segment in made:
        segment.path(tmp_path).touch()
    assert segments(tmp_path) == [Segment("1-9", 2), Segment("1-9", 10), Segment("2-1", 0)]
    assert segments(tmp_path, "2-1") == [Segment("2-1", 0)]


def test_an_owner_is_locked_once_and_free_after_release(tmp_path: Path) -> None:
    first = Ownership.take(tmp_path, "1-1")
    assert first is not None
    assert Ownership.take(tmp_path, "1-1") is None
    first.release(remove=False)
    second = Ownership.take(tmp_path, "1-1")
    assert second is not None
    second.release(remove=True)
    second.release(remove=True)
    assert not list(tmp_path.iterdir())


def test_only_what_the_dead_left_is_orphaned(tmp_path: Path) -> None:
    alive = Ownership.take(tmp_path, "1-1")
    Segment("1-1", 0).path(tmp_path).touch()
    Segment("2-2", 0).path(tmp_path).touch()
    (tmp_path / "3-3.lock").touch()
    found = list(orphans(tmp_path))
    assert [ownership.owner for ownership in found] == ["2-2", "3-3"]
    for ownership in [*found, alive]:
        assert ownership is not None
        ownership.release(remove=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(0, 3000), zeros=st.sampled_from([0, 1, 4095, 4096, 200_000]))
def test_a_file_cut_anywhere_gives_its_whole_lines_and_keeps_the_torn_one(
    cut: int, zeros: int, tmp_path: Path, make_row
) -> None:
    rows = [make_row(number) for number in range(5)]
    lines = [msgspec.json.encode(row) + b"\n" for row in rows]
    whole = b"".join(lines)
    path = tmp_path / "s"
    path.write_bytes(whole[:cut] + bytes(zeros))  # the process had not written so far
    read = read_lines(path, 0)
    kept = whole[:cut].count(b"\n")
    assert list(read.records) == rows[:kept]
    assert read.offset == sum(map(len, lines[:kept]))
    assert torn_end(path, read.offset) == whole[:cut][read.offset :]
    assert not read.damaged


@pytest.mark.parametrize("hole", [1, 4096, 128 * 1024, 128 * 1024 + 1, 700_000])
@pytest.mark.parametrize("half", [0, 100], ids=["between lines", "amid a line"])
def test_a_hole_of_zeros_of_any_size_takes_what_it_hit_and_no_line_behind_it(
    half: int, hole: int, tmp_path: Path, make_row
) -> None:
    rows = [make_row(number) for number in range(4)]
    lines = [msgspec.json.encode(row) + b"\n" for row in rows]
    path = tmp_path / "s"
    path.write_bytes(lines[0] + bytes(hole) + lines[1][half:] + lines[2] + lines[3] + bytes(200_000))
    found, damaged, offset = [], [], 0
    while (read := read_lines(path, offset)).offset > offset:
        found += read.records
        damaged += read.damaged
        offset = read.offset
    assert found == rows[:1] + rows[1 + bool(half) :]
    assert damaged == [lines[1][half:-1]] * bool(half)
    assert not torn_end(path, offset)


def test_reading_goes_on_where_it_ended_and_no_read_is_large(tmp_path: Path, make_row) -> None:
    rows = [make_row(number) for number in range(2000)]
    path = tmp_path / "s"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    found, offset = [], 0
    while (lines := read_lines(path, offset)).records:
        assert lines.offset - offset <= 128 * 1024
        found += lines.records
        offset = lines.offset
    assert found == rows


def test_a_line_longer_than_a_read_is_read(tmp_path: Path, make_row) -> None:
    row = make_row(1, trail="x" * 400_000)
    path = tmp_path / "s"
    path.write_bytes(msgspec.json.encode(row) + b"\n")
    assert read_lines(path, 0).records == (row,)


def test_a_damaged_line_is_given_back_and_does_not_stop_the_next(tmp_path: Path, make_row) -> None:
    good = msgspec.json.encode(make_row(1))
    path = tmp_path / "s"
    no_text = msgspec.json.encode(make_row(1, user="ann")).replace(b"ann", b"a\xffn")
    deep = b"[" * 5000
    broken = (b"\x00\x00{broken", b"[1,2]", no_text, deep)
    path.write_bytes(b"\n".join((good, *broken, good, b"")))
    lines = read_lines(path, 0)
    assert lines.records == (make_row(1), make_row(1))
    assert lines.damaged == (b"{broken", *broken[1:])
    assert lines.offset == path.stat().st_size


def test_a_nul_in_a_text_that_postgresql_would_refuse_is_replaced(tmp_path: Path, make_row) -> None:
    path = tmp_path / "s"
    path.write_bytes(msgspec.json.encode(make_row(1, user="a\x00b")) + b"\n")
    assert read_lines(path, 0).records == (make_row(1, user="a\ufffdb"),)


def test_lines_set_aside_are_kept_for_a_person_who_is_told(tmp_path: Path, caplog) -> None:
    set_aside(tmp_path, [b"one"])
    set_aside(tmp_path, [b"two"])
    assert (tmp_path / "damaged.txt").read_bytes() == b"one\ntwo\n"
    assert [record.getMessage().startswith("1 lines of the ledger") for record in caplog.records] == [
        True
    ] * 2
    assert str(tmp_path / "damaged.txt") in caplog.text and "two" not in caplog.text
