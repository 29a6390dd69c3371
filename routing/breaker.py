"""A target's circuit breaker: its legal transitions are a table, and time is an argument."""

from enum import Enum

FAILURES_IN_A_ROW = 5
FEWEST_SAMPLES = 10  # before the share of good outcomes counts
WORST_SHARE = 0.5  # of good outcomes; below it the breaker opens
OPEN_SECONDS = 2.0  # the first time; doubled each time a probe fails
LONGEST_OPEN = 10.0  # a recovered target must be noticed soon
WARM_SECONDS = 5.0  # from the first good probe to its full share
FIRST_SHARE = 0.1  # of its traffic, when it begins to warm up
_MEMORY = 0.1  # the weight of the latest outcome


class Circuit(Enum):
    """closed: in use; open: skipped; probing: one test call; warming: a growing share of calls."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"
    WARMING = "warming"


class Event(Enum):
    """What changes a breaker's state."""

    TRIPPED = "tripped"
    COOLED = "cooled"
    PASSED = "passed"
    WARM = "warm"


NEXT = {
    (Circuit.CLOSED, Event.TRIPPED): Circuit.OPEN,
    (Circuit.OPEN, Event.COOLED): Circuit.PROBING,
    (Circuit.PROBING, Event.TRIPPED): Circuit.OPEN,
    (Circuit.PROBING, Event.PASSED): Circuit.WARMING,
    (Circuit.WARMING, Event.TRIPPED): Circuit.OPEN,
    (Circuit.WARMING, Event.WARM): Circuit.CLOSED,
}


class Breaker:
    """One target's breaker; an event without an entry in the table changes nothing.

    Outcomes of calls that began before the last probing phase are ignored as outdated.
    """

    __slots__ = ("_epoch", "_failed", "_good", "_samples", "_since", "_tries", "circuit", "due")

    def __init__(self) -> None:
        self.circuit = Circuit.CLOSED
        self.due = 0.0  # monotonic seconds when an open breaker starts probing
        self._tries = 0  # openings since it was last closed
        self._failed, self._samples, self._good = 0, 0, 1.0  # failures in a row, outcomes, average success
        self._since = 0.0  # when warming began
        self._epoch = 0.0  # when probing began

    def good(self, began: float, now: float) -> bool:
        """A call succeeded. True if that changed the state."""
        if began < self._epoch:
            return False
        self._samples += 1
        if self._good == 1.0 and self.circuit is Circuit.CLOSED:
            return False  # the usual case: no recent failures
        self._failed = 0
        self._good += _MEMORY * (1.0 - self._good)
        return self.circuit is Circuit.PROBING and self._move(Event.PASSED, now)

    def bad(self, began: float, now: float) -> bool:
        """A call failed by the target's fault, or took far too long. True if that changed the state."""
        if began < self._epoch:
            return False
        self._failed += 1
        self._samples += 1
        self._good -= _MEMORY * self._good
        if self.circuit is Circuit.CLOSED and not self._enough():
            return False
        return self._move(Event.TRIPPED, now)

    def trip(self, now: float) -> bool:
        """Open it regardless of its counts. True if that changed the state."""
        return self._move(Event.TRIPPED, now)

    @property
    def failing(self) -> bool:
        """Whether the last outcome was a failure."""
        return self._failed > 0

    def look(self, now: float) -> bool:
        """Apply the passing of time. True if that changed the state."""
        if self.circuit is Circuit.OPEN and now >= self.due:
            return self._move(Event.COOLED, now)
        if self.circuit is Circuit.WARMING and now - self._since >= WARM_SECONDS:
            return self._move(Event.WARM, now)
        return False

    def share(self, now: float) -> float:
        """The share of its traffic that it should get, 0 to 1; while probing, its owner admits one call."""
        if self.circuit is Circuit.OPEN:
            return 0.0
        if self.circuit is not Circuit.WARMING:
            return 1.0
        return min(1.0, FIRST_SHARE + (1.0 - FIRST_SHARE) * max(0.0, now - self._since) / WARM_SECONDS)

    def _enough(self) -> bool:
        few = self._samples < FEWEST_SAMPLES
        return self._failed >= FAILURES_IN_A_ROW or (not few and self._good < WORST_SHARE)

    def _move(self, event: Event, now: float) -> bool:
        reached = NEXT.get((self.circuit, event))
        if reached is None:
            return False
        self.circuit = reached
        if reached is Circuit.OPEN:
            self.due = now + min(LONGEST_OPEN, OPEN_SECONDS * 2**self._tries)
            self._tries = min(self._tries + 1, 8)
        elif reached is Circuit.PROBING:
            self._epoch = now
        elif reached is Circuit.WARMING:
            self._since = now
        elif reached is Circuit.CLOSED:
            self._tries = 0
        if reached is not Circuit.WARMING:
            self._forget()
        return True

    def _forget(self) -> None:
        self._failed, self._samples, self._good = 0, 0, 1.0
