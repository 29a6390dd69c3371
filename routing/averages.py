"""A target's averages, as processes exchange them."""

import msgspec

MANY = 20  # calls; beyond it each new one has the fixed weight OFTEN
OFTEN = 0.05


class Averages(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One process's averages of one target; times and lengths of 0 are unknown."""

    outcomes: int  # the process's own calls that have ended, since its start
    streamed: bool  # `first_token_ms` is that of streams, not of whole answers
    first_token_ms: float
    per_token_ms: float
    output_tokens: float
    cached_share: float
    success: float


def weight_of(fresh: int, known: int) -> float:
    """The weight of `fresh` calls of another process beside `known` calls in the own averages.

    It is what own calls would weigh, if each had been like the other process's average.
    """
    known = min(known, MANY)
    return max(fresh / (fresh + known), 1.0 - (1.0 - OFTEN) ** fresh)
