"""What planning may know about a target's recent health."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class TargetHealth(Protocol):
    """A target's current health. Every field is an attribute that costs nothing to read.

    Averages are exponential: what happened lately counts most. A target of which nothing is known yet reads
    as `UNKNOWN`, which is neither good nor bad: rules that divide by a time must ask whether it is 0.
    """

    @property
    def share(self) -> float:
        """How much of the traffic that is its own it should get: 1 in health, between while it warms up,
        0 while it is open."""

    @property
    def open(self) -> bool:
        """Whether it is to be skipped: its breaker is open, or its vendor said to come back later."""

    @property
    def limited(self) -> bool:
        """Whether its vendor said to come back later: then it is open, and not even a last resort."""

    @property
    def reason(self) -> str:
        """Why its share is below 1, as the trail says it; "" in health."""

    @property
    def success(self) -> float:
        """The share of attempts that did not fail by the target's fault, 0 to 1; 1 when unknown."""

    @property
    def first_token_ms(self) -> float:
        """Milliseconds from asking to the first content, of a whole answer to its end; 0 when unknown."""

    @property
    def per_token_ms(self) -> float:
        """Milliseconds per output token after the first content; 0 when unknown."""

    @property
    def in_flight(self) -> int:
        """How many attempts of this process are under way."""

    @property
    def output_tokens(self) -> float:
        """Output tokens of an answer; 0 when unknown."""

    @property
    def cached_share(self) -> float:
        """The share of input tokens that the vendor read from its prompt cache, 0 to 1; 0 when unknown."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A TargetHealth that is only values."""

    share: float = 1.0
    open: bool = False
    limited: bool = False
    reason: str = ""
    success: float = 1.0
    first_token_ms: float = 0.0
    per_token_ms: float = 0.0
    in_flight: int = 0
    output_tokens: float = 0.0
    cached_share: float = 0.0


UNKNOWN: TargetHealth = Standing()

# By the target's name, such as "openai/gpt-4o-mini". Total: a target nobody has asked yet is UNKNOWN.
HealthView = Callable[[str], TargetHealth]


def nothing_known(target: str) -> TargetHealth:
    """The view of a process that has asked nobody yet."""
    return UNKNOWN
