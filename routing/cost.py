"""The expected cost of a call at a target, from its list price and measurements."""

from collections.abc import Sequence
from math import inf

from routing.facts import Candidate, Facts
from routing.health import HealthView, TargetHealth

# Where nothing was measured at any target and the caller set no bound: a usual answer of a chat.
USUAL_OUTPUT = 400
USUAL_INPUT = 1000
_LEAST_SUCCESS = 0.01  # below it a price would say nothing any more


def output_tokens(facts: Facts, health: TargetHealth) -> float:
    """Tokens that an answer of this target is likely to have, within the caller's bound."""
    usual = health.output_tokens or USUAL_OUTPUT
    return usual if facts.max_output is None or facts.max_output > usual else facts.max_output


def effective_cost(facts: Facts, candidate: Candidate, health: TargetHealth) -> float | None:
    """Nano-dollars until a call has an answer: what is cached is cheaper, what fails is asked again.

    Tiers of long prompts are left out: the price is that of the first one. None where there is no price.
    """
    (cost,) = effective_costs(facts, (candidate,), lambda _: health)
    return None if cost == inf else cost


def effective_costs(facts: Facts, candidates: Sequence[Candidate], health: HealthView) -> list[float]:
    """`effective_cost` of each of them, in their order; infinite where there is no price.

    Each call of some groups asks for it.
    """
    tokens = facts.input_tokens or USUAL_INPUT
    bound = inf if facts.max_output is None else facts.max_output
    usual = 0.0
    found: list[float] = []
    for candidate in candidates:
        name, rate, saved, output_rate, call = candidate.bill
        known = health(name)
        output = known.output_tokens
        if not output:
            output = usual = usual or shortest_output(candidates, health) or USUAL_OUTPUT
        if output > bound:
            output = bound
        cost = tokens * rate + output * output_rate + call
        if cached := known.cached_share:
            cost -= tokens * cached * saved
        success = known.success
        if success < 1.0:
            cost /= success if success > _LEAST_SUCCESS else _LEAST_SUCCESS
        found.append(cost)
    return found


def shortest_output(candidates: Sequence[Candidate], health: HealthView) -> float:
    """Tokens of the shortest usual answer among these; 0 where nothing was measured.

    They answer the same calls: whose answers are unknown, or were long, may answer as shortly. Expecting
    more of it, one that would be cheaper might never be asked.
    """
    return min((known for each in candidates if (known := health(each.name).output_tokens)), default=0.0)


def expected_times(facts: Facts, candidates: Sequence[Candidate], health: HealthView) -> list[float]:
    """`expected_ms` of each of them, in their order."""
    bound = inf if facts.max_output is None else facts.max_output
    found: list[float] = []
    for candidate in candidates:
        known = health(candidate.name)
        ms = known.first_token_ms
        if each := known.per_token_ms:
            output = known.output_tokens or USUAL_OUTPUT
            ms += each * (bound if output > bound else output)
        found.append(ms)
    return found


def expected_ms(facts: Facts, health: TargetHealth) -> float:
    """Milliseconds to the end of an answer; 0 where nothing was measured."""
    return health.first_token_ms + health.per_token_ms * output_tokens(facts, health)


def dollars(nano: float) -> str:
    """An amount for a reason: calls cost little, and no figure of it may be lost."""
    return f"${nano / 1e9:.7f}" if nano < 1e7 else f"${nano / 1e9:.4f}"


def least_cost(facts: Facts, candidate: Candidate, shortest: float) -> float:
    """Nano-dollars if all input were cached and the answer as short as this; infinite without a price."""
    tariff = candidate.tariff
    if tariff is None:
        return float("inf")
    output = min(facts.max_output or shortest, shortest)
    return (
        (facts.input_tokens or USUAL_INPUT) * tariff.cached_read + output * tariff.output
    ) / 1e6 + tariff.call
