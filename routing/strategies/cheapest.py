"""Cheapest: the lowest effective price first, based on measurements if there are any."""

from collections.abc import Sequence
from math import inf

from config import units
from config.strategies import Option, StrategyKind
from routing.cost import USUAL_OUTPUT, dollars, effective_costs, least_cost, shortest_output
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """By effective price; targets without a price come last. A share of calls explores others.

    Only targets that get calls are measured: `explore` of the calls go to a target that would be cheaper if
    its cache, its answer lengths and its success rate turned out well. The probability is in the reason.
    """
    costs = effective_costs(facts, candidates, health)
    priced = [(cost, place) for place, cost in enumerate(costs) if cost < inf]
    priced.sort()
    choices = [Choice(candidates[place].name, _next, (cost,)) for cost, place in priced]
    if priced:
        choices[0] = Choice(choices[0].target, _cheapest, (priced[0][0],))
    explore: float = options["explore"]
    if facts.draw < explore and len(priced) > 1:
        shortest = shortest_output(candidates, health) or USUAL_OUTPUT / 2
        able = [
            rank
            for rank, (_, place) in enumerate(priced)
            if rank and least_cost(facts, candidates[place], shortest) < priced[0][0]
        ]
        _try_one(facts, able, choices, explore)
    if len(priced) < len(costs):
        unpriced = [each for each, cost in zip(candidates, costs, strict=True) if cost == inf]
        choices += [Choice(each.name, "no known price") for each in unpriced]
    return choices


def _cheapest(cost: float) -> str:
    return f"cheapest, about {dollars(cost)}"


def _next(cost: float) -> str:
    return f"next, about {dollars(cost)}"


def _try_one(facts: Facts, able: Sequence[int], choices: list[Choice], explore: float) -> None:
    """Move one of the targets that could be cheaper than the best to the front."""
    if not able:
        return
    place = able[int(facts.draw / explore * len(able)) % len(able)]
    chance = explore / len(able)
    choices.insert(
        0, Choice(choices.pop(place).target, f"tried, with {chance:.2%} of calls: it may be cheaper")
    )


STRATEGY = StrategyKind(
    order, options={"explore": Option(units.share, default=0.01)}, wants=frozenset(["size"])
)
