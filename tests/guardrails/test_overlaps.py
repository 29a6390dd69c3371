"""Of places that overlap each character is taken once, by the first that came."""

from hypothesis import given
from hypothesis import strategies as st

from guardrails.overlaps import Places

PLACES = st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(PLACES))
def test_what_is_free_is_taken_and_nothing_twice(wanted: list[tuple[int, int]]) -> None:
    places, taken = Places(), set[int]()
    for start, end in wanted:
        free = {at for first, last in places.take(start, end) for at in range(first, last)}
        assert free == set(range(start, end)) - taken
        taken |= free
