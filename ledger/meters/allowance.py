"""Reserves from all meters that apply to a call, or from none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from config.limit import Amounts, LimitKind
from ledger.meters.meter import Meter


@dataclass(frozen=True, slots=True)
class Part:
    """One meter that applies to a caller. `owner` is the limit's owner as text, such as `team support`."""

    meter: Meter
    kind: LimitKind
    owner: str
    spare: int = 0  # room that this caller must leave for others
    of: Callable[[Amounts], int] = field(init=False)  # the amount of a call that it counts
    starts: bool = field(init=False)  # whether it counts a call as 1 when it starts
    ends: bool = field(init=False)  # whether it counts a call's actual usage when it ends

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", self.kind.of)
        object.__setattr__(self, "starts", self.kind.when == "start")
        object.__setattr__(self, "ends", self.kind.when == "end")


class Lack(NamedTuple):
    """Why a reservation failed: the first meter without room, and the amount requested."""

    part: Part
    asked: int


class Taken:
    """The reservation of one call. It is settled or given back once; further attempts do nothing."""

    __slots__ = ("_marks", "_parts", "at", "open")

    def __init__(self, parts: Sequence[Part], marks: list[int], at: int) -> None:
        """`marks`: for each part the amount held, or the slot in which the call was counted."""
        self.at = at  # Unix ms; determines the windows it was taken from
        self._parts = parts
        self._marks = marks
        self.open = True

    def settle(self, used: Amounts, now: int, feared: Amounts | None = None) -> bool:
        """Count the actual usage and release the reservation; False if that was done before.

        `feared` is the most it may have used, if that is unknown: hard meters count that instead.
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
        """Undo the reservation: the call was never made."""
        if self.open:
            self.open = False
            _undo(self._parts, self._marks, now)

    def more(self, extra: Amounts, hard: bool, now: int) -> Lack | None:
        """Reserve `extra` in all hard meters, or in all others (`hard` False); in all of them or none."""
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
    """Reserve from every meter or from none: `worst` from hard meters, `likely` from the others.

    It does not await, so a partial reservation is never visible to others.
    """
    marks: list[int] = []
    for part in parts:
        meter = part.meter
        if now >= meter.turns:
            meter.roll(now)
        if part.starts:
            amount = 1
        else:
            of = part.of  # a field, because a method would be looked up on the class first
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
