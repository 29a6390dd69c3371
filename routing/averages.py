"""A target's averages, as processes exchange them."""

import msgspec

MANY = 20  # calls, from which on the latest one counts for a fixed part
OFTEN = 0.05  # that part


class Averages(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Of one target, by one process; a time or a length of 0: it does not know."""

    outcomes: int  # calls that this process has seen end itself, since it began
    streamed: bool  # the first content is that of streams, not that of whole answers
    first_token_ms: float
    per_token_ms: float
    output_tokens: float
    cached_share: float
    success: float


def weight_of(fresh: int, known: int) -> float:
    """What so many calls of others count beside so many that the own averages are made of.

    As much as if they had been own ones, each of them as their average says.
    """
    known = min(known, MANY)
    return max(fresh / (fresh + known), 1.0 - (1.0 - OFTEN) ** fresh)
