"""A caller's own mark is never overlooked; a longer beginning has another digest than a shorter one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.breakpoints import Chain, says

SAID = [
    (b'{"system":[{"cache_control":{}}]}', True),
    (b'{"system":[{"cache\\u005fcontrol":{}}]}', True),
    (b'{"system":"\\u00e4"}', False),
    (b'{"system":"plain"}', False),
    (b'{"broken \\u', True),  # who knows
]


@pytest.mark.parametrize(("body", "said"), SAID)
def test_a_mark_is_found_however_it_is_written(body: bytes, said: bool) -> None:
    assert says(body, b"cache_control") is said


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=6), st.lists(st.binary(max_size=6), max_size=6))
def test_two_different_beginnings_have_different_digests(one: list[bytes], other: list[bytes]) -> None:
    ends = []
    for pieces in (one, other):
        chain = Chain(b"first")
        ends.append([chain.add(piece).digest for piece in pieces])
    alike = sum(1 for mine, theirs in zip(one, other, strict=False) if mine == theirs)
    shared = set(ends[0]) & set(ends[1])
    first_difference = next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    assert len(shared) == first_difference <= alike
