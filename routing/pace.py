"""The usual time to first content of a target, and which calls are too slow."""

from math import inf

SLOW_FACTOR = 5.0  # first content is too late after this multiple of the usual time
SLOW_FLOOR = 1.0  # seconds; never too late before
FLOOR_ALONE = 3.0  # the same without peers to compare with: the whole machine may be slow
KNOWN = 20  # samples from which the average counts as usual
_WEIGHT = 0.01  # of the latest sample, once there are many


class Pace:
    """Times to first content: one for a target's streams, one for its whole answers, timed to their end."""

    __slots__ = ("pending", "samples", "slow_after", "usual_ms")

    def __init__(self) -> None:
        self.pending: dict[int, float] = {}  # when each call without content began
        self.samples = 0
        self.usual_ms = 0.0
        self.slow_after = inf  # seconds to first content beyond which a call is too slow

    def took(self, ms: float) -> None:
        """First content came after `ms`, or has not come by then."""
        self.samples = count = self.samples + 1
        self.usual_ms += (ms - self.usual_ms) * (_WEIGHT if count > 100 else 1 / count)

    def judge(self, usual_ms: float, floor: float = SLOW_FLOOR) -> None:
        """Set `slow_after` from the usual time; 0: unknown."""
        self.slow_after = max(floor, SLOW_FACTOR * usual_ms / 1000) if usual_ms else inf

    def late(self, now: float) -> list[int]:
        """The calls with overdue content, in the order in which they began."""
        found = []
        for call, since in self.pending.items():
            if now - since <= self.slow_after:
                break
            found.append(call)
        return found
