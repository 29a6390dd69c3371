"""The usual time to first content of a target, and which calls are too slow."""

from math import inf

SLOW_FACTOR = 5.0  # times what is usual, from which a first content is too late
SLOW_FLOOR = 1.0  # seconds that are never too late
FLOOR_ALONE = 3.0  # the same where there is nobody to compare with: the whole machine may be slow
KNOWN = 20  # values from which an average is taken for usual
_WEIGHT = 0.01  # of the latest value, once there are many


class Pace:
    """Streams and whole answers have one each: the first content of a whole answer is its last."""

    __slots__ = ("pending", "samples", "slow_after", "usual_ms")

    def __init__(self) -> None:
        self.pending: dict[int, float] = {}  # calls without content yet, and since when
        self.samples = 0
        self.usual_ms = 0.0
        self.slow_after = inf  # seconds to the first content that are too long

    def took(self, ms: float) -> None:
        """A first content came, or will not have come before this."""
        self.samples = count = self.samples + 1
        self.usual_ms += (ms - self.usual_ms) * (_WEIGHT if count > 100 else 1 / count)

    def judge(self, usual_ms: float, floor: float = SLOW_FLOOR) -> None:
        """Set what is too slow by what is usual; 0: that is not known."""
        self.slow_after = max(floor, SLOW_FACTOR * usual_ms / 1000) if usual_ms else inf

    def late(self, now: float) -> list[int]:
        """Calls whose content is too late. They are in the order in which they began."""
        found = []
        for call, since in self.pending.items():
            if now - since <= self.slow_after:
                break
            found.append(call)
        return found
