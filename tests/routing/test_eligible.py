"""A target to which a call may not go says why, and each rule says it alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.eligible import RULES, all_fit, envelope_of, why_not
from routing.facts import Candidate, Facts
from routing.health import UNKNOWN
from tests.routing.values import facts, priced

ANY = Candidate("v/m", vendor="v", region="us-east-1", lacks=frozenset(["vision", "tools"]), context=1000)


@pytest.mark.parametrize(
    ("call", "candidate", "said"),
    [
        pytest.param(facts(), ANY, "", id="nothing asked"),
        pytest.param(facts(), Candidate("v/m", refused="it is closed"), "it is closed", id="refused"),
        pytest.param(facts(needs=frozenset(["vision"])), ANY, "cannot do vision", id="capability"),
        pytest.param(
            facts(needs=frozenset(["vision", "tools"])), ANY, "cannot do tools, vision", id="two capabilities"
        ),
        pytest.param(facts(needs=frozenset(["audio"])), ANY, "", id="what is unknown refuses nothing"),
        pytest.param(
            facts(input_tokens=1400), ANY, "about 1400 tokens do not fit its window of 1000", id="window"
        ),
        pytest.param(facts(input_tokens=1300), ANY, "", id="estimates that may be too high are let through"),
        pytest.param(facts(input_tokens=10**9), Candidate("v/m"), "", id="an unknown window"),
        pytest.param(
            facts(vendors=frozenset(["b", "a"])), ANY, "the caller wants only a, b", id="another vendor"
        ),
        pytest.param(facts(vendors=frozenset(["v"])), ANY, "", id="the vendor"),
        pytest.param(
            facts(regions=frozenset(["eu"])), ANY, "its vendor is in us-east-1, allowed is eu", id="region"
        ),
        pytest.param(
            facts(regions=frozenset(["eu", "uk"])),
            Candidate("v/m"),
            "its vendor has no region, allowed is eu, uk",
            id="no region",
        ),
        pytest.param(
            facts(regions=frozenset()),
            ANY,
            "its vendor is in us-east-1, allowed is none",
            id="nowhere at all",
        ),
        pytest.param(
            facts(input_tokens=10**6, max_output=1, max_price=10**9),
            priced("v/m", 2.0, 2.0),
            "about $2.0000 is above the call's $1.0000",
            id="price",
        ),
        pytest.param(facts(max_price=10**9), priced("v/m", 2.0, 2.0), "", id="within the price"),
        pytest.param(
            facts(max_price=10**9),
            ANY,
            "its price is unknown, and the call is capped at $1.0000",
            id="no price, and a bound",
        ),
    ],
)
def test_a_target_says_why_not(call: Facts, candidate: Candidate, said: str) -> None:
    assert why_not(call, candidate, UNKNOWN) == said


def test_the_first_rule_that_says_something_is_the_reason() -> None:
    call = facts(needs=frozenset(["vision"]), regions=frozenset(["eu"]), vendors=frozenset(["x"]))
    assert why_not(call, ANY, UNKNOWN) == "cannot do vision"
    assert sum(bool(rule(call, ANY, UNKNOWN)) for rule in RULES) == 3


NEEDS = st.frozensets(st.sampled_from(["vision", "tools", "audio"]))
CANDIDATES = st.builds(
    Candidate,
    st.sampled_from("abc"),
    vendor=st.sampled_from("vw"),
    lacks=NEEDS,
    context=st.sampled_from([None, 1000, 2000]),
    refused=st.sampled_from(["", "", "", "it is closed"]),
)
CALLS = st.builds(
    facts,
    input_tokens=st.sampled_from([0, 900, 1400, 2600, 10**6]),
    needs=NEEDS,
    regions=st.none() | st.just(frozenset(["eu"])),
    vendors=st.none() | st.just(frozenset(["v"])),
    max_price=st.none() | st.just(1),
)


@given(CALLS, st.lists(CANDIDATES, max_size=4))
def test_where_all_fit_no_rule_says_anything(call: Facts, candidates: list[Candidate]) -> None:
    if all_fit(call, envelope_of(candidates)):
        assert [why_not(call, each, UNKNOWN) for each in candidates] == [""] * len(candidates)


def test_all_fit_a_call_that_asks_for_nothing() -> None:
    assert all_fit(facts(), envelope_of([ANY]))
    assert not all_fit(facts(input_tokens=1400), envelope_of([ANY, Candidate("w/m")]))
    assert not all_fit(facts(), envelope_of([ANY, Candidate("w/m", refused="it is closed")]))
