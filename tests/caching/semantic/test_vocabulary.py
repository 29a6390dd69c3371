"""The lists do not contradict one another."""

from caching.semantic.vocabulary import (
    DATES,
    FILLERS,
    MOMENTS,
    NEGATIONS,
    NUMERALS,
    OPPOSITES,
    QUESTIONS,
    UNITS,
)


def test_what_decides_is_no_filling_word_unless_it_is_looked_at_by_itself() -> None:
    assert FILLERS.isdisjoint(NEGATIONS | MOMENTS | set(NUMERALS) | set(UNITS) | set(DATES))
    assert set(QUESTIONS) <= FILLERS | {"whose"}


def test_opposites_are_mutual() -> None:
    for word, others in OPPOSITES.items():
        assert word not in others
        assert all(word in OPPOSITES[other] for other in others)


def test_units_and_dates_have_one_name_each() -> None:
    assert UNITS["kilometres"] == UNITS["km"]
    assert DATES["jan"] == "january"
    assert "may" not in DATES  # mostly a verb
