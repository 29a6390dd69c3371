"""Upper bounds on how many answers were wrong, from a sample of checks."""

from math import exp, inf, lgamma, log, log1p

# Each weighs as if one knew how many of the checked are wrong; together they need not know it. (λ, weight)
_MIXTURE = ((0.4, 0.1), (1.0, 0.2), (2.0, 0.3), (6.0, 0.4))


def wrong_given(given: int, found: int, share: float, risk: float) -> int:
    """How many of `given` answers were wrong at most, except with probability `risk`, now and ever before.

    Each answer was checked with probability `share`, by a draw of its own, and `found` of the checked were
    wrong. Nothing is assumed of the traffic: it may change at any moment, in any way. Each wrong answer
    multiplies `exp(-λ · found) · (1 - share · (1 - e^-λ))^-wrong` by a factor whose mean is one, so that
    this product stays below `1 / risk` for ever with probability `1 - risk` (Ville's inequality).
    """
    if share >= 1:
        return found
    if share <= 0:
        return given
    low, high = min(found, given), given
    while low < high:
        middle = (low + high + 1) // 2
        if _log_product(middle, found, share) < -log(risk):
            low = middle
        else:
            high = middle - 1
    return low


def _log_product(wrong: int, found: int, share: float) -> float:
    logs = [log(weight) - rate * found - wrong * log1p(share * (exp(-rate) - 1)) for rate, weight in _MIXTURE]
    most = max(logs)
    return most + log(sum(exp(each - most) for each in logs))


def at_most(successes: int, tries: int, chance: float) -> float:
    """The probability of so many successes or fewer."""
    if chance <= 0:
        return 1.0
    if chance >= 1:
        return float(successes >= tries)
    logs = [_log_binomial(number, tries, chance) for number in range(successes + 1)]
    most = max(logs, default=-inf)
    return min(1.0, exp(most) * sum(exp(each - most) for each in logs)) if logs else 0.0


def _log_binomial(number: int, tries: int, chance: float) -> float:
    ways = lgamma(tries + 1) - lgamma(number + 1) - lgamma(tries - number + 1)
    return ways + number * log(chance) + (tries - number) * log1p(-chance)
