"""What planning knows of a call is nothing unless somebody asked for it, and never its text."""

from math import inf

import msgspec
import pytest

from routing.facts import Candidate, Facts, Tariff


def test_facts_that_nobody_asked_for_keep_no_target_away() -> None:
    facts = Facts("m", 0.5)
    assert (facts.needs, facts.regions, facts.vendors, facts.max_price) == (frozenset(), None, None, None)
    assert (facts.input_tokens, facts.affinity, facts.score) == (0, "", None)


def test_facts_are_values() -> None:
    assert Facts("m", 0.5) == Facts("m", 0.5)
    with pytest.raises(AttributeError):
        Facts("m", 0.5).draw = 0.1  # type: ignore[misc]


def test_no_field_of_the_facts_is_for_a_text_of_the_call() -> None:
    names = {each.name for each in msgspec.structs.fields(Facts)}
    assert names.isdisjoint({"body", "prompt", "text", "messages"})


def test_of_a_target_that_says_nothing_nothing_is_assumed() -> None:
    candidate = Candidate("a/m")
    assert (candidate.lacks, candidate.context, candidate.tariff, candidate.region) == (
        frozenset(),
        None,
        None,
        None,
    )
    assert Tariff(1, 2, 3).call == 0


def test_what_is_reckoned_from_a_name_is_the_same_everywhere_and_a_price_is_one_per_token() -> None:
    candidate = Candidate("a/m", tariff=Tariff(150_000_000, 75_000_000, 600_000_000, 7))
    assert candidate.slope == Candidate("a/m", 9).slope == pytest.approx(2.0**20 + 2.0**24 * 0.034986943670)
    assert candidate.bill == ("a/m", 150.0, 75.0, 600.0, 7)
    assert Candidate("a/m").bill == ("a/m", 0.0, 0.0, 0.0, inf)
