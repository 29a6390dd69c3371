"""Request ids sort by time and differ by chance."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import request_id

TIMES = st.integers(0, 16**11 - 1)
CHANCE = st.integers(0, 2**52 - 1)


@given(TIMES, CHANCE)
def test_an_id_has_one_form(unix_ms: int, bits: int) -> None:
    assert re.fullmatch(r"req_[0-9a-f]{24}", request_id(unix_ms, lambda width: bits))


@given(st.tuples(TIMES, CHANCE), st.tuples(TIMES, CHANCE))
def test_ids_sort_by_time_then_chance(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = (request_id(unix_ms, lambda width, bits=bits: bits) for unix_ms, bits in (one, other))
    assert (first < second) == (one < other)


def test_the_chance_is_asked_for_as_many_bits_as_are_written() -> None:
    asked: list[int] = []
    request_id(0, lambda width: asked.append(width) or 0)
    assert asked == [52]


def test_a_thousand_ids_of_one_millisecond_differ() -> None:
    chance = random.Random(7)
    assert len({request_id(1_800_000_000_000, chance.getrandbits) for _ in range(1000)}) == 1000
