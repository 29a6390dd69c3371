"""Upper bounds on how many answers were wrong, from a sample of checks."""

from math import exp, inf, lgamma, log, log1p

# (λ, weight): each λ suits some share of wrong answers; the mixture works without knowing that share.
_MIXTURE = ((0.4, 0.1), (1.0, 0.2), (2.0, 0.3), (6.0, 0.4))


def wrong_given(given: int, found: int, share: float, risk: float) -> int:
    """At most how many of `given` answers were wrong; holds at all times with probability `1 - risk`.

    Each answer was checked with probability `share`, by an independent draw, and `found` of the checked were
    wrong. Nothing is assumed about the traffic, which may change at any time and in any way. Each wrong
    answer multiplies `exp(-λ · found) · (1 - share · (1 - e^-λ))^-wrong` by a factor of mean one, so this
    product stays below `1 / risk` forever with probability `1 - risk` (Ville's inequality).
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
    """The binomial probability of at most this many successes."""
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
