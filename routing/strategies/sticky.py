"""Sticky: calls of one session go to one target, whose prompt cache is warm, as long as that is worth it."""

from collections.abc import Sequence
from math import log
from typing import Any
from zlib import crc32

from config import units
from config.strategies import Option, StrategyKind
from routing.cost import dollars, effective_costs
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options

_LEAST = 2.0**-40  # far below what a double's digits leave of a point: no point may be 0 or 1
_HOME, _NEXT, _DRAWN = "this session's", "the session's next", "no session: drawn"


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The session's targets in its own order; a home that costs more than `cap` times the cheapest is left.

    Rendezvous hashing by weight (Thaler and Ravishankar, 1998): when a target goes, only its sessions move,
    and every process and replica agrees without a word. A call without a session has one of its own.
    """
    session = 1.0 + crc32((facts.affinity or f"{facts.draw}").encode()) / 2**32
    # A point in (0, 1), for each target another one: lines of different slopes meet everywhere alike.
    points = [each.weight / log(session * each.slope % 1.0 + _LEAST) for each in candidates]
    ranked = sorted(range(len(points)), key=points.__getitem__)
    costs = effective_costs(facts, candidates, health)
    home = costs[ranked[0]]
    told: tuple[Any, ...] = (_HOME if facts.affinity else _DRAWN,)
    if home is not None:
        most = options["cap"] * min([cost for cost in costs if cost is not None])
        if home > most:
            told = (_moved, (candidates[ranked[0]].name, home, _bring_forward(ranked, costs, most)))
    choices = [Choice(candidates[ranked[0]].name, *told)]
    choices += [Choice(candidates[place].name, _NEXT) for place in ranked[1:]]
    return choices


def _bring_forward(ranked: list[int], costs: Sequence[float | None], most: float) -> float:
    """Put the first that costs no more than `most` before all others; what it costs."""
    for rank, place in enumerate(ranked):
        cost = costs[place]
        if cost is not None and cost <= most:
            ranked.insert(0, ranked.pop(rank))
            return cost
    raise AssertionError("the cheapest costs no more than its own multiple")


def _moved(home: str, dear: float, cost: float) -> str:
    return f"staying with {home} would cost {dollars(dear)}, here about {dollars(cost)}"


STRATEGY = StrategyKind(
    order,
    options={"cap": Option(units.factor, default=2.0)},
    wants=frozenset(["size", "affinity"]),
)
