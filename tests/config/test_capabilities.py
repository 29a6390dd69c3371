"""Facts about models: the most special word counts, and what nobody says stays unknown."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.capabilities import UNKNOWN, Capabilities, CapabilityOverride, declared
from config.schema import CapabilitiesEntry

LIMIT = st.none() | st.integers(1, 10**8)
ABILITY = st.none() | st.booleans()
FACTS = st.builds(Capabilities, LIMIT, LIMIT, *[ABILITY] * 9)
LINES = (
    CapabilityOverride("acme/big", Capabilities(output=7)),
    CapabilityOverride("acme/*", Capabilities(context=1, output=1, tools=False, vision=False)),
    CapabilityOverride("acme/big*", Capabilities(context=5, output=5, tools=True)),
)


@pytest.mark.parametrize(
    ("target", "facts"),
    [
        pytest.param("acme/big", Capabilities(5, 7, tools=True, vision=False), id="the exact line first"),
        pytest.param("acme/big-2", Capabilities(5, 5, tools=True, vision=False), id="the longest pattern"),
        pytest.param("acme/other", Capabilities(1, 1, tools=False, vision=False), id="the shorter one"),
        pytest.param("rival/big", UNKNOWN, id="nobody says anything"),
    ],
)
def test_each_fact_comes_from_the_most_special_line_that_has_it(target: str, facts: Capabilities) -> None:
    assert declared(LINES, target) == facts
    assert declared(reversed(LINES), target) == facts


def test_an_exact_line_wins_over_the_pattern_that_is_as_long() -> None:
    exact = CapabilityOverride("acme/big", Capabilities(tools=True))
    pattern = CapabilityOverride("acme/big*", Capabilities(tools=False))
    assert declared([exact, pattern], "acme/big").tools is True
    assert declared([pattern, exact], "acme/big").tools is True


@given(FACTS, FACTS)
def test_a_known_fact_is_never_replaced_and_an_unknown_one_always(
    mine: Capabilities, other: Capabilities
) -> None:
    both = mine.over(other)
    for fact in fields(Capabilities):
        own = getattr(mine, fact.name)
        assert getattr(both, fact.name) == (getattr(other, fact.name) if own is None else own)


@given(FACTS, FACTS, FACTS)
def test_it_does_not_matter_in_which_order_facts_are_laid_over_each_other(
    a: Capabilities, b: Capabilities, c: Capabilities
) -> None:
    assert a.over(b).over(c) == a.over(b.over(c))
    assert UNKNOWN.over(a) == a.over(UNKNOWN) == a


def test_the_file_can_say_everything_that_can_be_known() -> None:
    assert list(CapabilitiesEntry.model_fields) == [fact.name for fact in fields(Capabilities)]
