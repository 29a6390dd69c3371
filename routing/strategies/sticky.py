"""Sticky: calls of one session go to one target, whose prompt cache is warm, as long as that is worth it."""

from collections.abc import Sequence
from hashlib import blake2b
from math import log

from config import units
from config.strategies import Option, StrategyKind
from routing.cost import dollars, effective_cost
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The session's targets in its own order; a home that costs more than `cap` times the cheapest is left.

    Rendezvous hashing by weight (Thaler and Ravishankar, 1998): when a target goes, only its sessions move,
    and every process and replica agrees without a word. A call without a session has one of its own.
    """
    session = facts.affinity or f"{facts.draw}"
    ranked = sorted(((_score(session, each), each) for each in candidates), key=_first, reverse=True)
    homes = [each for _, each in ranked]
    costs = [effective_cost(facts, each, health(each.name)) for each in homes]
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


def _first(ranked: tuple[float, Candidate]) -> float:
    return ranked[0]


def _score(session: str, candidate: Candidate) -> float:
    digest = blake2b(f"{session}\0{candidate.name}".encode(), digest_size=7).digest()
    point = (int.from_bytes(digest) + 1) / (2**56 + 1)
    return -candidate.weight / log(point)


STRATEGY = StrategyKind(
    order,
    options={"cap": Option(units.factor, default=2.0)},
    wants=frozenset(["size", "affinity"]),
)
