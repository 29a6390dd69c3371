"""A plan asks every target once, tier after tier."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.strategies import StrategyKind, found_strategies
from routing.eligible import why_not
from routing.health import HealthView, Standing
from routing.plan import (
    Branching,
    Candidate,
    Choice,
    Divisions,
    Facts,
    Note,
    Options,
    Tariff,
    Tier,
    plan,
    settled,
)
from tests.routing.values import facts, health, priced, told

NAMES = st.sampled_from("abcde")
TIERS = st.lists(
    st.builds(
        lambda group, names: tier(group, *names),
        st.sampled_from(["fast", "smart", "last"]),
        st.lists(NAMES, max_size=4, unique=True),
    ),
    max_size=4,
)


def tier(group: str, *names: str, strategy: str = "as declared") -> Tier:
    return Tier(group, strategy, tuple(Candidate(name) for name in names))


def blind(name: str) -> Tier:
    return Tier("fast", "as declared", (Candidate(name, lacks=frozenset(["vision"])),))


def as_declared(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    return [Choice(candidate.name, f"declared for {facts.model}") for candidate in candidates]


def backwards(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    return [Choice(candidate.name, "backwards") for candidate in reversed(candidates)]


STRATEGIES = {"as declared": StrategyKind(as_declared), "backwards": StrategyKind(backwards)}
FACTS = Facts("m", 0.5)


def targets(choices: tuple[Choice, ...] | None) -> list[str]:
    return [choice.target for choice in choices or ()]


@given(TIERS)
def test_every_target_comes_once_and_no_tier_before_an_earlier_one(tiers: list[Tier]) -> None:
    every = [candidate.name for each in tiers for candidate in each.candidates]
    assert targets(plan(FACTS, tiers, STRATEGIES).choices) == list(dict.fromkeys(every))


@given(TIERS, st.booleans())
def test_a_plan_in_calm_is_that_of_who_looks_at_everybody(tiers: list[Tier], needy: bool) -> None:
    call = facts(needs=frozenset(["vision"]) if needy else frozenset())
    blind = tuple(
        Tier(each.group, each.strategy, (*each.candidates, Candidate("f", lacks=frozenset(["vision"]))))
        for each in tiers
    )
    assert plan(call, blind, STRATEGIES, troubled=()) == plan(call, blind, STRATEGIES)


def test_a_reason_is_made_when_it_is_read() -> None:
    read: list[int] = []

    def said(number: int) -> str:
        read.append(number)
        return f"number {number}"

    choice = Choice("a", said, (3,))
    assert not read
    assert (choice.reason, read) == ("number 3", [3])


def test_each_tier_is_ordered_by_its_own_strategy() -> None:
    tiers = [tier("fast", "a", "b"), tier("smart", "c", "d", strategy="backwards")]
    assert targets(plan(FACTS, tiers, STRATEGIES).choices) == ["a", "b", "d", "c"]


def test_a_target_of_two_tiers_keeps_its_first_place_and_reason() -> None:
    tiers = [tier("fast", "a"), tier("smart", "b", "a", strategy="backwards")]
    assert plan(FACTS, tiers, STRATEGIES).choices == (Choice("a", "declared for m"), Choice("b", "backwards"))


@given(TIERS)
def test_what_can_be_settled_at_load_is_the_plan_of_every_call(tiers: list[Tier]) -> None:
    found = settled(tiers)
    if found is None:
        assert any(len(each.candidates) != 1 for each in tiers)
    else:
        assert targets(found) == targets(plan(FACTS, tiers, STRATEGIES).choices)


@pytest.mark.parametrize(
    ("tiers", "found"),
    [
        pytest.param([tier("fast", "a")], [("a", "the only target")], id="one target"),
        pytest.param(
            [tier("fast", "a"), tier("smart", "b")],
            [("a", "the only target"), ("b", "fallback smart")],
            id="one each",
        ),
        pytest.param(
            [tier("fast", "a"), tier("smart", "a")], [("a", "the only target")], id="the same twice"
        ),
        pytest.param(
            [blind("a"), blind("b")], [("a", "the only target"), ("b", "fallback fast")], id="none can see"
        ),
        pytest.param([blind("a"), tier("smart", "b")], None, id="the second can see"),
        pytest.param(
            [Tier("fast", "x", (Candidate("a", refused="no price"),)), tier("smart", "b")],
            None,
            id="no call may go to the first",
        ),
        pytest.param([Tier("fast", "x", (Candidate("a"),), max_price=7)], None, id="a price cap"),
        pytest.param([tier("fast", "a", "b")], None, id="two to choose from"),
        pytest.param([tier("fast", "a"), tier("smart")], None, id="a tier of nobody"),
        pytest.param([], [], id="no tier"),
    ],
)
def test_only_a_plan_without_a_choice_is_settled(
    tiers: list[Tier], found: list[tuple[str, str]] | None
) -> None:
    expected = None if found is None else tuple(Choice(*each) for each in found)
    assert settled(tiers) == expected


def test_who_is_open_is_the_last_resort() -> None:
    view = health(a=Standing(share=0.0, open=True, reason="its breaker is open"), b=Standing())
    planned = plan(FACTS, [tier("fast", "a", "b")], STRATEGIES, view)
    assert targets(planned.choices) == ["b", "a"]
    assert told(planned.choices[1:]) == [("a", "the last resort: its breaker is open")]
    assert planned.left_out == ()


def test_who_is_at_its_vendors_limit_is_left_out() -> None:
    limited = Standing(share=0.0, open=True, limited=True, reason="its vendor asks to wait")
    planned = plan(FACTS, [tier("fast", "a", "b")], STRATEGIES, health(a=limited, b=Standing()))
    assert targets(planned.choices) == ["b"]
    assert planned.left_out == (Choice("a", "its vendor asks to wait"),)
    alone = plan(FACTS, [tier("fast", "a")], STRATEGIES, health(a=limited))
    assert alone.choices == (Choice("a", "nobody else is left: its vendor asks to wait"),)


def test_where_all_are_open_the_least_bad_is_asked_first() -> None:
    tiers = [tier("fast", "a", "b")]
    failed = Standing(0.0, True, reason="it failed", success=0.2)
    view = health(a=failed, b=Standing(0.0, True, success=0.4))
    planned = plan(FACTS, tiers, STRATEGIES, view)
    assert told(planned.choices) == [("b", "the last resort: resting"), ("a", "the last resort: it failed")]
    assert planned.left_out == ()


def test_who_is_left_out_in_one_tier_may_serve_in_another() -> None:
    dear = (priced("a", 9.0, 9.0),)
    tiers = [Tier("fast", "as declared", dear, max_price=1), Tier("smart", "as declared", dear)]
    planned = plan(FACTS, tiers, STRATEGIES)
    assert (targets(planned.choices), planned.left_out) == (["a"], ())


def test_the_lower_of_two_price_caps_counts() -> None:
    tiers = [Tier("fast", "as declared", (priced("a", 1.0, 1.0),), max_price=10**9)]
    assert plan(facts(), tiers, STRATEGIES).choices
    assert not plan(facts(max_price=1), tiers, STRATEGIES).choices


def test_a_target_that_warms_up_gets_its_share_of_first_places_and_is_behind_the_others_else() -> None:
    view = health(a=Standing(share=0.25, reason="warming up, 25% of its share"))
    tiers = [tier("fast", "a", "b")]
    plans = [plan(facts((n + 0.5) / 4000), tiers, STRATEGIES, view).choices for n in range(4000)]
    assert 0.22 < sum(found[0].target == "a" for found in plans) / 4000 < 0.28
    assert {targets(found)[1] for found in plans if found[0].target == "b"} == {"a"}
    behind = next(found[1] for found in plans if found[0].target == "b")
    assert behind.reason == "after the others: warming up, 25% of its share"


def test_who_alone_warms_up_is_asked() -> None:
    view = health(a=Standing(share=0.01))
    assert targets(plan(FACTS, [tier("fast", "a")], STRATEGIES, view).choices) == ["a"]


def strong_first(facts: Facts, options: Options) -> Branching:
    return Branching(("strong", "cheap"), Note("strong", "it looks hard", {"score": 1.0}))


def test_a_strategy_may_choose_between_groups() -> None:
    inner = {"cheap": (tier("fast", "a", "b"),), "strong": (tier("smart", "c"), tier("last", "d"))}
    strategies = {**STRATEGIES, "by branch": StrategyKind(as_declared, strong_first)}
    planned = plan(FACTS, [Tier("auto", "by branch", (), {}, inner), tier("end", "e")], strategies)
    assert targets(planned.choices) == ["c", "d", "a", "b", "e"]
    assert planned.notes == (Note("strong", "it looks hard", {"score": 1.0}),)


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        NAMES,
        st.integers(1, 9),
        st.sampled_from(["v", "w"]),
        st.sampled_from([None, "eu", "us"]),
        st.frozensets(st.sampled_from(["tools", "vision"])),
        st.sampled_from([None, 10, 1000]),
        st.sampled_from([None, Tariff(1, 1, 1), Tariff(10**12, 10**12, 10**12)]),
        st.sampled_from(["", "", "closed"]),
    ),
    max_size=5,
    unique_by=lambda each: each.name,
)
CALLS = st.builds(
    Facts,
    st.just("m"),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([0, 500, 5000]),
    st.sampled_from([None, 10]),
    st.frozensets(st.sampled_from(["tools", "vision", "audio"])),
    st.sampled_from([None, frozenset(["eu"]), frozenset[str]()]),
    st.sampled_from([None, 10**6]),
    st.sampled_from([None, frozenset(["v"])]),
    st.text(max_size=3),
    st.text(max_size=3),
    st.integers(0, 99),
)
STANDINGS = st.fixed_dictionaries(
    {
        name: st.builds(
            Standing,
            st.floats(0, 1),
            st.booleans(),
            st.booleans(),
            success=st.floats(0, 1),
            first_token_ms=st.floats(0, 9e4),
            per_token_ms=st.floats(0, 9e2),
            in_flight=st.integers(0, 99),
            output_tokens=st.floats(0, 1e5),
            cached_share=st.floats(0, 1),
        )
        for name in "abcde"
    }
)
ORDERING = {name: kind for name, kind in found_strategies().items() if kind.branch is None}


@pytest.mark.parametrize("strategy", ORDERING)
@given(candidates=CANDIDATES, call=CALLS, standings=STANDINGS)
def test_a_plan_never_holds_who_is_not_eligible_and_never_loses_who_is(
    strategy: str, candidates: list[Candidate], call: Facts, standings: dict[str, Standing]
) -> None:
    options = {key: option.default for key, option in ORDERING[strategy].options.items()} | {"target": "a"}
    if strategy == "shadow":  # who only gets copies is taken out before anybody plans
        candidates = [each for each in candidates if each.name != "a"]
    tiers = [Tier("g", strategy, tuple(candidates), options)]
    view = health(**standings)
    planned = plan(call, tiers, ORDERING, view)
    able = [each.name for each in candidates if not why_not(call, each, view(each.name))]
    allowed = [name for name in able if not (view(name).open and view(name).limited)] or able
    assert sorted(targets(planned.choices)) == sorted(allowed)
    opened = [view(name).open for name in targets(planned.choices)]
    assert opened == sorted(opened), "who is open comes last"
    assert sorted(targets(planned.left_out)) == sorted({each.name for each in candidates} - set(allowed))
    assert all(choice.reason for choice in (*planned.choices, *planned.left_out))
    assert plan(call, tiers, ORDERING, view) == planned


@pytest.mark.parametrize("strategy", ORDERING)
@given(candidates=CANDIDATES, calls=st.lists(CALLS, min_size=2, max_size=3), standings=STANDINGS)
def test_plans_by_a_kept_division_are_those_of_who_looks_at_everybody(
    strategy: str, candidates: list[Candidate], calls: list[Facts], standings: dict[str, Standing]
) -> None:
    options = {key: option.default for key, option in ORDERING[strategy].options.items()} | {"target": "z"}
    tiers = [Tier("g", strategy, tuple(replace(each, refused="") for each in candidates), options)]
    view = health(**standings)
    troubled = {name for name, each in standings.items() if each.open or each.share < 1.0}
    kept: Divisions = {}
    for call in calls:
        found = plan(call, tiers, ORDERING, view, troubled=troubled, divisions=kept)
        assert found == plan(call, tiers, ORDERING, view)


def cascade(group: str, cheap: tuple[Tier, ...], strong: tuple[Tier, ...]) -> Tier:
    return Tier(group, "cascade", (), {"verify": ("state",)}, {"cheap": cheap, "strong": strong})


WITH_CASCADES = {**STRATEGIES, "cascade": found_strategies()["cascade"]}


@pytest.mark.parametrize(
    ("tiers", "spans"),
    [
        pytest.param([tier("fast", "a", "b")], [], id="none"),
        pytest.param(
            [cascade("own", (tier("c", "a", "b"),), (tier("s", "c"),))], [("own", "a", "b")], id="its own"
        ),
        pytest.param(
            [tier("fast", "a"), cascade("later", (tier("c", "b"),), (tier("s", "c"),))],
            [("later", "b")],
            id="a fallback",
        ),
        pytest.param(
            [cascade("outer", (cascade("inner", (tier("x", "a"),), (tier("y", "b"),)),), (tier("s", "c"),))],
            [("outer", "a", "b"), ("inner", "a")],
            id="one in the cheap side of another",
        ),
        pytest.param(
            [cascade("outer", (tier("x", "a"),), (cascade("inner", (tier("y", "b"),), (tier("s", "c"),)),))],
            [("outer", "a"), ("inner", "b")],
            id="one in the strong side of another",
        ),
        pytest.param(
            [tier("fast", "a"), cascade("later", (tier("c", "a"),), (tier("s", "c"),))],
            [],
            id="whose cheap side was asked before",
        ),
    ],
)
def test_a_plan_tells_whose_answers_are_looked_at_by_whom(
    tiers: list[Tier], spans: list[tuple[str, ...]]
) -> None:
    for troubled in (None, ()):
        planned = plan(FACTS, tiers, WITH_CASCADES, troubled=troubled)
        found = [(span.group, *targets(planned.choices[span.begin : span.end])) for span in planned.spans]
        assert found == spans
