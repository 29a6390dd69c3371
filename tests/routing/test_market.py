"""A simulated market: the effective price spends what somebody who knew everything would have spent."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from routing.cost import effective_cost
from routing.facts import Candidate, Facts
from routing.health import UNKNOWN, Standing
from routing.strategies.cheapest import order
from tests.journeys.program import show
from tests.routing.values import priced

CALLS = 8_000
_NEW = 0.05  # of a measurement in its average


@dataclass
class Seller:
    """A target as it is, which nobody is told, and as it was measured."""

    candidate: Candidate
    cached: float  # the share of input that its cache has
    tokens: float  # of an answer
    success: float
    told: Standing = field(default_factory=Standing)
    asked: int = 0

    def true_cost(self, tokens: int) -> float:
        """Nano-dollars until there is an answer; a failed call is billed for its input."""
        tariff = self.candidate.tariff
        assert tariff is not None
        paid = tokens * ((1 - self.cached) * tariff.input + self.cached * tariff.cached_read)
        return (paid / self.success + self.tokens * tariff.output) / 1e6

    def serve(self, tokens: int, dice: random.Random) -> tuple[bool, float]:
        """Whether it answered, and what it billed; what is measured goes into its averages."""
        tariff = self.candidate.tariff
        assert tariff is not None
        cached = min(1.0, max(0.0, dice.gauss(self.cached, 0.1)))
        ok = dice.random() < self.success
        output = self.tokens * dice.lognormvariate(-0.08, 0.4) if ok else 0.0
        before, self.asked = self.told, self.asked + 1
        part = max(_NEW, 1 / self.asked)
        self.told = Standing(
            success=before.success + part * (ok - before.success) if self.asked > 5 else before.success,
            cached_share=before.cached_share + part * (cached - before.cached_share)
            if ok
            else before.cached_share,
            output_tokens=(before.output_tokens or output) * (1 - part) + part * output
            if ok
            else before.output_tokens,
        )
        billed = tokens * ((1 - cached) * tariff.input + cached * tariff.cached_read) + output * tariff.output
        return ok, billed / 1e6


def market() -> list[Seller]:
    """Four at about the same list price, which are far from the same."""
    return [
        Seller(priced("cheapest by list", 0.9, 3.6), cached=0.0, tokens=700, success=0.97),
        Seller(priced("caches", 1.0, 4.0, cached=0.1), cached=0.8, tokens=400, success=0.99),
        Seller(priced("fails", 0.95, 3.8, cached=0.1), cached=0.5, tokens=400, success=0.6),
        Seller(priced("talks", 1.0, 3.7, cached=0.5), cached=0.3, tokens=1500, success=0.99),
    ]


Rule = Callable[[Facts, Sequence[Seller]], Sequence[str]]


def by_effective_price(facts: Facts, sellers: Sequence[Seller]) -> list[str]:
    told = {seller.candidate.name: seller.told for seller in sellers}
    found = order(facts, [seller.candidate for seller in sellers], {"explore": 0.01}, told.__getitem__)
    return [choice.target for choice in found]


def by_list_price(facts: Facts, sellers: Sequence[Seller]) -> list[str]:
    ranked = sorted(sellers, key=lambda seller: effective_cost(facts, seller.candidate, UNKNOWN) or 0.0)
    return [seller.candidate.name for seller in ranked]


def knowing_all(facts: Facts, sellers: Sequence[Seller]) -> list[str]:
    ranked = sorted(sellers, key=lambda seller: seller.true_cost(facts.input_tokens))
    return [seller.candidate.name for seller in ranked]


def spent(
    rule: Rule, seed: int, change: Callable[[int, list[Seller]], None] = lambda call, sellers: None
) -> float:
    """Nano-dollars for all calls; a call that failed asks the next of its plan."""
    dice, sellers, total = random.Random(seed), market(), 0.0
    named = {seller.candidate.name: seller for seller in sellers}
    for call in range(CALLS):
        change(call, sellers)
        tokens = int(dice.lognormvariate(7, 0.8))
        plan = rule(Facts("m", dice.random(), tokens), sellers)
        for place in range(12):
            ok, cost = named[plan[place % len(plan)]].serve(tokens, dice)
            total += cost
            if ok:
                break
    return total


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in range(2, 10))])
def test_spending_is_within_three_percent_of_somebody_who_knows_all(seed: int) -> None:
    best, ours, listed = (spent(rule, seed) for rule in (knowing_all, by_effective_price, by_list_price))
    show(
        f"seed {seed}: knowing all 100.0 %, effective price {ours / best:.1%}, list price {listed / best:.1%}"
    )
    assert ours <= 1.03 * best
    assert listed >= 1.2 * best


def test_a_market_that_turns_over_is_followed() -> None:
    def change(call: int, sellers: list[Seller]) -> None:
        if call == CALLS // 2:  # the cache goes away, and who failed is mended
            sellers[1].cached, sellers[2].success, sellers[2].cached = 0.0, 0.99, 0.9

    best, ours = spent(knowing_all, 3, change), spent(by_effective_price, 3, change)
    show(f"turned over: effective price {ours / best:.1%} of what knowing all spends")
    assert ours <= 1.06 * best  # what it took to notice
