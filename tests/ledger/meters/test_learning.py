"""What calls come to is learned: most stay below the estimate, and a dearer text is believed at once."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.meters.learning import FIRST_OUTPUT, Learned


def test_before_anything_is_known_the_guess_is_generous() -> None:
    assert Learned().output == FIRST_OUTPUT
    assert Learned().ratio == 0.5


@given(st.lists(st.integers(0, 100_000), min_size=8, max_size=300))
def test_most_calls_stay_below_what_is_expected(outputs: list[int]) -> None:
    learned = Learned()
    for tokens in outputs * 8:
        learned.see(100, 25, tokens)
    above = sum(tokens > learned.output for tokens in outputs)
    assert above <= len(outputs) * 0.2


def test_short_answers_make_the_estimate_short() -> None:
    learned = Learned()
    for _ in range(20):
        learned.see(400, 100, 12)
    assert 12 <= learned.output <= 24


def test_chinese_is_believed_at_once_and_english_by_and_by() -> None:
    learned = Learned()
    for _ in range(100):
        learned.see(400, 100, 12)
    assert 0.25 <= learned.ratio < 0.26
    learned.see(400, 390, 12)
    assert learned.ratio == 390 / 400


def test_an_empty_body_teaches_nothing_about_ratios() -> None:
    learned = Learned()
    learned.see(0, 5, 5)
    assert learned.ratio == 0.5
