"""What is kept outside comes back as it was, or not at all; with keys nobody can read or move it."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caching.kept import Kept
from caching.sealing import Sealing
from tests.caching.test_kept import KEPT

PRINT, OTHER = b"\1" * 32, b"\2" * 32
NEW, OLD = "n" * 32, "o" * 32
LONG = msgspec.structs.replace(KEPT, body=b"the same again " * 1000)


@pytest.mark.parametrize("keys", [(), (NEW,)], ids=["open", "encrypted"])
@pytest.mark.parametrize("kept", [KEPT, LONG], ids=["short", "long"])
def test_an_answer_comes_back_as_it_was(keys: tuple[str, ...], kept: Kept) -> None:
    sealing = Sealing(keys)
    data = sealing.write(PRINT, kept)
    assert sealing.read(PRINT, data) == kept
    assert len(data) < len(kept.body) + 400
    assert (kept.body in data) is (not keys and kept is KEPT)


def test_a_long_answer_is_compressed() -> None:
    assert len(Sealing().write(PRINT, LONG)) < len(LONG.body) / 10


def test_who_changes_keys_still_reads_what_was_written_by_the_old_one() -> None:
    before, during, after = Sealing([OLD]), Sealing([NEW, OLD]), Sealing([NEW])
    data = before.write(PRINT, KEPT)
    assert during.read(PRINT, data) == KEPT
    assert after.read(PRINT, data) is None
    assert after.read(PRINT, during.write(PRINT, KEPT)) == KEPT


def test_nothing_is_written_twice_alike() -> None:
    sealing = Sealing([NEW])
    assert sealing.write(PRINT, KEPT) != sealing.write(PRINT, KEPT)


def test_an_answer_that_was_moved_changed_or_cut_is_as_none() -> None:
    sealing = Sealing([NEW])
    data = sealing.write(PRINT, KEPT)
    assert sealing.read(OTHER, data) is None
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        assert sealing.read(PRINT, bytes(changed)) is None
        assert sealing.read(PRINT, data[:place]) is None


def test_who_encrypts_reads_nothing_that_is_open() -> None:
    assert Sealing([NEW]).read(PRINT, Sealing().write(PRINT, KEPT)) is None
    assert Sealing().read(PRINT, Sealing([NEW]).write(PRINT, KEPT)) is None


@pytest.mark.parametrize("data", [None, b"", b"0", b"1", b"1junk", b"0junk", b"9x", b"-"])
def test_what_is_no_answer_is_none(data: bytes | None) -> None:
    assert Sealing().read(PRINT, data) is None


@given(st.integers(0, 2000), st.integers(0, 255))
@example(Sealing().write(PRINT, KEPT).index(b"fast"), 255)
def test_a_changed_byte_is_never_an_error(place: int, byte: int) -> None:
    changed = bytearray(Sealing().write(PRINT, KEPT))
    changed[place % len(changed)] = byte
    assert isinstance(Sealing().read(PRINT, bytes(changed)), Kept | None)
