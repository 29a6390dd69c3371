"""Planning is measured on what a server plans with, and a plan costs less than a loop of 2,000 steps."""

import pytest

from bench import routing, steady


def test_each_strategy_orders_eight_targets_and_the_accounting_reaches_the_first() -> None:
    there = routing.deployment()
    for name in routing.STRATEGIES:
        assert len(there.route(name).lines) == 8  # type: ignore[union-attr]
        routing.planning(there, name)()
    assert sum(state.outcomes for state in there.health.targets) == len(routing.STRATEGIES)
    assert all(state.in_flight == 0 for state in there.health.targets)


def test_who_rests_is_left_for_last() -> None:
    there = routing.deployment()
    routing.rest(there, 2)
    assert sum(state.open for state in there.health.targets) == 2
    assert not there.health.calm


def test_planning_costs_less_than_a_loop_of_2000_steps() -> None:
    there = routing.deployment()
    found = steady.costs({name: routing.planning(there, name) for name in routing.STRATEGIES}, calls=200)
    assert {name: cost for name, cost in found.items() if cost.ratio > 1.0} == {}


def test_the_report_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    routing.say("planning", steady.Cost(19.0, 21.0, 0.25), 20)
    routing.say_scoring([1.0] * 99 + [700.0])
    planned, scored = capsys.readouterr().out.splitlines()
    assert "21.0 µs (best 19.0)" in planned and planned.endswith("within 20")
    assert "p99 700.0" in scored and scored.endswith("above 500")


def test_texts_to_score_are_of_2_kb_and_differ() -> None:
    texts = routing.texts(50)
    assert {len(text) for text in texts} == {2048} and len(set(texts)) == 50
