"""All meters of one caller and model: reserved from together or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from config.limit import Amounts, LimitKind
from ledger.meters.meter import Meter


@dataclass(frozen=True, slots=True)
class Part:
    """One meter that applies to a caller. `owner` says whose it is: `team support`."""

    meter: Meter
    kind: LimitKind
    owner: str
    spare: int = 0  # what this caller has to leave to others
    of: Callable[[Amounts], int] = field(init=False)  # what of a call it counts
    starts: bool = field(init=False)  # whether a call is counted as it begins, and as one
    ends: bool = field(init=False)  # whether it is counted as what it came to

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", self.kind.of)
        object.__setattr__(self, "starts", self.kind.when == "start")
        object.__setattr__(self, "ends", self.kind.when == "end")


class Lack(NamedTuple):
    """Why a reservation failed: the first meter without room, and how much was requested."""

    part: Part
    asked: int


class Taken:
    """What was reserved for one call. Settled once: later calls change nothing."""

    __slots__ = ("_marks", "_parts", "at", "open")

    def __init__(self, parts: Sequence[Part], marks: list[int], at: int) -> None:
        """`marks` has for each part what it holds, or the slot in which the call was counted."""
        self.at = at  # Unix ms: the windows that it was taken from are those of then
        self._parts = parts
        self._marks = marks
        self.open = True

    def settle(self, used: Amounts, now: int, feared: Amounts | None = None) -> bool:
        """Count what the call came to, and let go of what was held; whether it was not settled before.

        `feared` is what it may have come to at most, where nobody knows: hard meters count that.
        """
        if not self.open:
            return False
        self.open = False
        at, marks = self.at, self._marks
        for place, part in enumerate(self._parts):
            if part.ends:
                meter, of = part.meter, part.of
                came_to = of(used) if feared is None or not meter.hard else of(feared)
                meter.settle(marks[place], came_to, now, at)
            elif not part.starts:
                part.meter.held -= marks[place]
        return True

    def give_back(self, now: int) -> None:
        """Undo all of it: the call was never made."""
        if self.open:
            self.open = False
            _undo(self._parts, self._marks, now)

    def more(self, extra: Amounts, hard: bool, now: int) -> Lack | None:
        """Hold so much more in the meters that are hard, or in the others: all of them or none."""
        wanted = [
            (place, part, part.kind.of(extra))
            for place, part in enumerate(self._parts)
            if part.ends and part.meter.hard == hard
        ]
        for _, part, amount in wanted:
            if amount + part.spare > part.meter.room(now):
                return Lack(part, amount)
        for place, part, amount in wanted:
            part.meter.held += amount
            self._marks[place] += amount
        return None


def take(parts: Sequence[Part], likely: Amounts, worst: Amounts, now: int) -> Taken | Lack:
    """Take from every meter or from none: `worst` from those that are hard, `likely` from the others.

    Nothing waits in here, so nobody sees what is taken before a meter turns out to have no room.
    """
    marks: list[int] = []
    for part in parts:
        meter = part.meter
        if now >= meter.turns:
            meter.roll(now)
        if part.starts:
            amount = 1
        else:
            of = part.of  # as a method it would be looked up on the class first
            amount = of(worst if meter.hard else likely)
        if meter.spent + meter.held + amount + part.spare > meter.most:
            _undo(parts, marks, now)
            return Lack(part, amount)
        if part.starts:
            meter.spent += 1
            meter.current += 1
            marks.append(meter.slot)
        else:
            meter.held += amount
            marks.append(amount)
    return Taken(parts, marks, now)


def _undo(parts: Sequence[Part], marks: list[int], now: int) -> None:
    for place, mark in enumerate(marks):
        part = parts[place]
        if part.starts:
            part.meter.give_back(1, mark, now)
        else:
            part.meter.held -= mark
