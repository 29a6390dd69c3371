"""Sticky: a session stays on one target, where its prompt cache is warm, while that pays off."""

from collections.abc import Sequence
from math import inf
from zlib import crc32

from config import units
from config.strategies import Option, StrategyKind
from routing.cost import dollars, effective_costs
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options

_HOME, _DRAWN = "this session's", "no session: drawn"


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The session's targets in its own order; a first one above `cap` times the cheapest price is skipped.

    Weighted rendezvous hashing (Thaler and Ravishankar, 1998): when a target is removed, only its sessions
    move, and all processes agree without communicating. A call without a session is a session of its own.
    """
    if len(candidates) == 1:
        return [Choice(candidates[0].name, "the only one left")]
    session = 1.0 + crc32((facts.affinity or f"{facts.draw}").encode()) / 2**32
    # A point in [0, 1) per target, independent because the slopes differ. Taken to the power of 1/weight,
    # the largest wins in proportion to its weight (Efraimidis and Spirakis, 2006), without a logarithm.
    points = [(session * each.slope % 1.0) ** each.root for each in candidates]
    ranked = sorted(range(len(points)), key=points.__getitem__, reverse=True)
    costs = effective_costs(facts, candidates, health)
    home = costs[ranked[0]]
    most = options["cap"] * min(costs)
    if most < home < inf:
        for place in ranked:
            if costs[place] <= most:
                break
        first = Choice(candidates[place].name, _moved, (candidates[ranked[0]].name, home, costs[place]))
        ranked.remove(place)
        return [first, *[candidates[place].behind for place in ranked]]
    choices = [candidates[place].behind for place in ranked]
    choices[0] = Choice(choices[0].target, _HOME if facts.affinity else _DRAWN)
    return choices


def _moved(home: str, dear: float, cost: float) -> str:
    return f"staying with {home} would cost {dollars(dear)}, here about {dollars(cost)}"


STRATEGY = StrategyKind(
    order,
    options={"cap": Option(units.factor, default=2.0)},
    wants=frozenset(["size", "affinity"]),
)
