"""Which targets a call may go to, and why not to the others: before any strategy."""

from collections.abc import Callable, Iterable
from math import inf
from typing import NamedTuple

from routing.cost import dollars, effective_cost
from routing.facts import NO_NEEDS, Candidate, Facts
from routing.health import TargetHealth
from routing.regions import within

# Tokens are estimated from bytes, and some texts need fewer: only calls that cannot fit are excluded.
_CERTAIN = 0.75

# A rule returns why a target is excluded, or "". The first reason counts, in the order of RULES.
Rule = Callable[[Facts, Candidate, TargetHealth], str]


def _refused(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    return candidate.refused


def _capability(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    if facts.needs.isdisjoint(candidate.lacks):
        return ""
    return f"cannot do {', '.join(sorted(facts.needs & candidate.lacks))}"


def _window(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    if candidate.context is None or facts.input_tokens * _CERTAIN <= candidate.context:
        return ""
    return f"about {facts.input_tokens} tokens do not fit its window of {candidate.context}"


def _vendor(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    if facts.vendors is None or candidate.vendor in facts.vendors:
        return ""
    return f"the caller wants only {', '.join(sorted(facts.vendors))}"


def _region(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    if facts.regions is None or within(candidate.region, facts.regions):
        return ""
    place = f"is in {candidate.region}" if candidate.region else "has no region"
    return f"its vendor {place}, allowed is {', '.join(sorted(facts.regions)) or 'none'}"


def _price(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    if facts.max_price is None:
        return ""
    cost = effective_cost(facts, candidate, health)
    if cost is None:
        return f"its price is unknown, and the call is capped at {dollars(facts.max_price)}"
    if cost <= facts.max_price:
        return ""
    return f"about {dollars(cost)} is above the call's {dollars(facts.max_price)}"


RULES: tuple[Rule, ...] = (_refused, _capability, _window, _vendor, _region, _price)


def why_not(facts: Facts, candidate: Candidate, health: TargetHealth) -> str:
    """Why this call cannot go there, regardless of health; "" if it can."""
    for rule in RULES:
        if said := rule(facts, candidate, health):
            return said
    return ""


class Envelope(NamedTuple):
    """What several targets have in common, computed at load, so that most calls need only one check."""

    refused: bool  # some of them accept no call at all
    lacks: frozenset[str]  # capabilities that any of them lacks
    context: float  # the smallest context window; infinite if none is known


ANYTHING = Envelope(False, NO_NEEDS, inf)


def envelope_of(candidates: Iterable[Candidate]) -> Envelope:
    """The envelope of these candidates."""
    refused, lacks, context = False, set[str](), inf
    for each in candidates:
        refused = refused or bool(each.refused)
        lacks |= each.lacks
        if each.context is not None:
            context = min(context, each.context)
    return Envelope(refused, frozenset(lacks), context)


def all_fit(facts: Facts, envelope: Envelope) -> bool:
    """Whether no rule can exclude any of them. If False, each has to be checked."""
    return (
        facts.vendors is None
        and facts.regions is None
        and facts.max_price is None
        and not envelope.refused
        and facts.input_tokens * _CERTAIN <= envelope.context
        and facts.needs.isdisjoint(envelope.lacks)
    )
