"""The expected cost of a call at a target, from its list price and measurements."""

from collections.abc import Sequence
from math import inf

from routing.facts import Candidate, Facts
from routing.health import HealthView, TargetHealth

# Used if nothing was measured at any target: the sizes of a typical chat call.
USUAL_OUTPUT = 400
USUAL_INPUT = 1000
_LEAST_SUCCESS = 0.01  # bounds the division by a success rate near 0


def output_tokens(facts: Facts, health: TargetHealth) -> float:
    """The expected output tokens of this target's answer, within the caller's bound."""
    usual = health.output_tokens or USUAL_OUTPUT
    return usual if facts.max_output is None or facts.max_output > usual else facts.max_output


def effective_cost(facts: Facts, candidate: Candidate, health: TargetHealth) -> float | None:
    """Expected nano-dollars until a call is answered, with cached input and repeated failures included.

    Price tiers for long prompts are ignored: the first tier counts. None if the price is unknown.
    """
    (cost,) = effective_costs(facts, (candidate,), lambda _: health)
    return None if cost == inf else cost


def effective_costs(facts: Facts, candidates: Sequence[Candidate], health: HealthView) -> list[float]:
    """The `effective_cost` of each candidate, in order; infinite if its price is unknown.

    On the hot path: some strategies need it for each call.
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
    """The smallest average of output tokens among these; 0 if nothing was measured.

    All answer the same calls, so a target with unknown or long answers may answer as briefly. If longer
    answers were assumed, a cheaper target might never be tried.
    """
    return min((known for each in candidates if (known := health(each.name).output_tokens)), default=0.0)


def expected_times(facts: Facts, candidates: Sequence[Candidate], health: HealthView) -> list[float]:
    """The `expected_ms` of each candidate, in order."""
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
    """Expected milliseconds to the end of an answer; 0 if nothing was measured."""
    return health.first_token_ms + health.per_token_ms * output_tokens(facts, health)


def dollars(nano: float) -> str:
    """Nano-dollars formatted for a reason, with more decimals for small amounts."""
    return f"${nano / 1e9:.7f}" if nano < 1e7 else f"${nano / 1e9:.4f}"


def least_cost(facts: Facts, candidate: Candidate, shortest: float) -> float:
    """Nano-dollars if all input were cached and the answer `shortest` tokens; infinite if unpriced."""
    tariff = candidate.tariff
    if tariff is None:
        return float("inf")
    output = min(facts.max_output or shortest, shortest)
    return (
        (facts.input_tokens or USUAL_INPUT) * tariff.cached_read + output * tariff.output
    ) / 1e6 + tariff.call
