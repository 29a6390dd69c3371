"""An answer shows where it is wrong: sums that do not check, an end that is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.difficulty.checks import _sums, checked


@pytest.mark.parametrize(
    ("text", "wrong", "found"),
    [
        pytest.param("16 - 3 = 13, then 9*2=$18", 0, 2, id="all right"),
        pytest.param("5 + 5 = 11", 1, 1, id="wrong"),
        pytest.param("1,000 / 3 = 333.33", 0, 1, id="to cents"),
        pytest.param("2 x 8 = <<2*8=16>>16", 0, 1, id="with notes"),
        pytest.param("4 / 0 = 1", 0, 0, id="no sum at all"),
        pytest.param("nothing here", 0, 0, id="no numbers"),
    ],
)
def test_sums_are_checked(text: str, wrong: int, found: int) -> None:
    assert _sums(text) == (wrong, found)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_answer_has_the_same_number_of_figures(question: str, answer: str) -> None:
    assert len(checked(question, answer).figures) == len(checked("", "").figures)


def test_an_end_that_is_missing_shows() -> None:
    whole, cut = checked("How many?", "It is 4 + 4 = 8.\n#### 8"), checked("How many?", "It is 4 + 4 =")
    assert whole.figures != cut.figures
