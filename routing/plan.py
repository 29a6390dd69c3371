"""Who is asked, in which order, and why: values in, values out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What a strategy may know of a call: never its text."""

    model: str
    draw: float  # uniform in [0, 1), drawn by the caller


@dataclass(frozen=True, slots=True)
class Candidate:
    """One target that may serve the model."""

    name: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Tier:
    """Candidates of one model group: all of them come before any of the next tier."""

    group: str
    strategy: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A target with the reason for its place."""

    target: str
    reason: str


Plan = tuple[Choice, ...]
Strategy = Callable[[Facts, Sequence[Candidate]], Sequence[Choice]]


def plan(facts: Facts, tiers: Sequence[Tier], strategies: Mapping[str, Strategy]) -> Plan:
    """Every target once, tier by tier, each tier ordered by its strategy."""
    chosen: dict[str, Choice] = {}
    for tier in tiers:
        for choice in strategies[tier.strategy](facts, tier.candidates):
            chosen.setdefault(choice.target, choice)
    return tuple(chosen.values())


def settled(tiers: Sequence[Tier]) -> Plan | None:
    """The plan where there is nothing to decide: one candidate in each tier. It can be made at load."""
    if any(len(tier.candidates) != 1 for tier in tiers):
        return None
    chosen: dict[str, Choice] = {}
    for number, tier in enumerate(tiers):
        reason = "the only target" if number == 0 else f"fallback {tier.group}"
        chosen.setdefault(tier.candidates[0].name, Choice(tier.candidates[0].name, reason))
    return tuple(chosen.values())
