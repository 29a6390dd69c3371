"""What planning may know about a target's recent health."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class TargetHealth(Protocol):
    """A target's current health. Every field is an attribute that is cheap to read.

    Averages are exponential: recent outcomes count most. A target without measurements reads as `UNKNOWN`,
    which is neither good nor bad: rules that divide by a time must check for 0.
    """

    @property
    def share(self) -> float:
        """The share of its traffic that it should get: 1 if healthy, less while it warms up, 0 while it
        is open."""

    @property
    def open(self) -> bool:
        """Whether to skip it: its breaker is open, or its vendor asked to wait."""

    @property
    def limited(self) -> bool:
        """Whether its vendor asked to wait: then it is open, and not even a last resort."""

    @property
    def reason(self) -> str:
        """Why its share is below 1, for the trail; "" if healthy."""

    @property
    def success(self) -> float:
        """The share of attempts that did not fail by the target's fault, 0 to 1; 1 if unknown."""

    @property
    def first_token_ms(self) -> float:
        """Milliseconds to first content, or to the end of a whole answer; 0 if unknown."""

    @property
    def per_token_ms(self) -> float:
        """Milliseconds per output token after the first content; 0 if unknown."""

    @property
    def in_flight(self) -> int:
        """This process's attempts in flight."""

    @property
    def output_tokens(self) -> float:
        """Average output tokens of an answer; 0 if unknown."""

    @property
    def cached_share(self) -> float:
        """The share of input tokens that the vendor read from its prompt cache, 0 to 1; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A TargetHealth of plain values."""

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

# By the target's name, such as "openai/gpt-4o-mini". Defined for any name: an unused target is UNKNOWN.
HealthView = Callable[[str], TargetHealth]


def nothing_known(target: str) -> TargetHealth:
    """The view of a process that has made no calls yet."""
    return UNKNOWN
