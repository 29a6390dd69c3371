"""Sticky: calls of one session go to one target, whose prompt cache is warm, as long as that is worth it."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log

from config import units
from config.strategies import Option, StrategyKind
from routing.cost import dollars, effective_costs
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options

_LEAST = 2.0**-40  # far below what a double's digits leave of a point: no point may be 0 or 1


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The session's targets in its own order; a home that costs more than `cap` times the cheapest is left.

    Rendezvous hashing by weight (Thaler and Ravishankar, 1998): when a target goes, only its sessions move,
    and every process and replica agrees without a word. A call without a session has one of its own.
    """
    session = 1.0 + _share(facts.affinity or f"{facts.draw}")
    # A point in (0, 1), for each target another one: lines of different slopes meet everywhere alike.
    ranked = [
        (-each.weight / log(session * _slope(each.name) % 1.0 + _LEAST), place)
        for place, each in enumerate(candidates)
    ]
    ranked.sort(reverse=True)
    homes = [candidates[place] for _, place in ranked]
    costs = effective_costs(facts, homes, health)
    known = [cost for cost in costs if cost is not None]
    if known and costs[0] is not None and costs[0] > options["cap"] * min(known):
        return _moved(homes, costs, min(known), options["cap"])
    told = "this session's" if facts.affinity else "no session: drawn"
    return [
        Choice(each.name, told if not place else "the session's next") for place, each in enumerate(homes)
    ]


def _moved(
    homes: Sequence[Candidate], costs: Sequence[float | None], least: float, cap: float
) -> list[Choice]:
    """The first in the session's order that is not too dear, then the others."""
    place = next(n for n, cost in enumerate(costs) if cost is not None and cost <= cap * least)
    stays = f"staying with {homes[0].name} would cost {dollars(costs[0] or 0.0)}"
    others = [Choice(each.name, "the session's next") for n, each in enumerate(homes) if n != place]
    return [Choice(homes[place].name, f"{stays}, here about {dollars(costs[place] or 0.0)}"), *others]


@lru_cache(maxsize=4096)  # names under a pattern come from callers
def _slope(name: str) -> float:
    return 2.0**20 + _share(name) * 2.0**24


def _share(text: str) -> float:
    """From 0 up to 1: the same on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest()) / 2**48


STRATEGY = StrategyKind(
    order,
    options={"cap": Option(units.factor, default=2.0)},
    wants=frozenset(["size", "affinity"]),
)
