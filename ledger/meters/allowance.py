"""All that one caller may use with one model: its meters, taken from together or not at all."""

from collections.abc import Sequence
from typing import NamedTuple

from config.limit import Amounts, LimitKind
from ledger.meters.meter import Meter


class Part(NamedTuple):
    """One meter on a caller's way. `owner` says whose it is: `team support`."""

    meter: Meter
    kind: LimitKind
    owner: str
    spare: int = 0  # what this caller has to leave to others


class Lack(NamedTuple):
    """What stood in the way: the first meter without room, and how much it was asked for."""

    part: Part
    asked: int


class Taken:
    """What was taken for one call. Settled once: whatever is said afterwards changes nothing."""

    __slots__ = ("_at", "_held", "_started", "open")

    def __init__(self, held: list[tuple[Part, int]], started: list[tuple[Meter, int]], at: int) -> None:
        self._at = at
        self._held = held
        self._started = started
        self.open = True

    def settle(self, used: Amounts, now: int, feared: Amounts | None = None) -> list[Part]:
        """Count what the call came to, and let go of what was held; the parts whose spending changed.

        `feared` is what it may have come to at most, where nobody knows: hard meters count that.
        """
        if not self.open:
            return []
        self.open = False
        changed = []
        at = self._at
        for part, held in self._held:
            meter, kind, _, _ = part
            if kind.when == "end":
                came_to = used if feared is None or not meter.limit.hard else feared
                meter.settle(held, kind.of(came_to), now, at)
                changed.append(part)
            else:
                meter.held -= held
        return changed

    def give_back(self, now: int) -> None:
        """Undo all of it: the call was never made."""
        if not self.open:
            return
        self.open = False
        for part, held in self._held:
            part.meter.held -= held
        for meter, slot in self._started:
            meter.give_back(1, slot, now)

    def more(self, extra: Amounts, hard: bool, now: int) -> Lack | None:
        """Hold so much more in the meters that are hard, or in the others: all of them or none."""
        wanted = [
            (place, part, part.kind.of(extra))
            for place, (part, _) in enumerate(self._held)
            if part.kind.when == "end" and part.meter.limit.hard == hard
        ]
        for _, part, amount in wanted:
            if amount + part.spare > part.meter.room(now):
                return Lack(part, amount)
        for place, part, amount in wanted:
            part.meter.held += amount
            self._held[place] = (part, self._held[place][1] + amount)
        return None

    def held_of(self, kind: LimitKind) -> int:
        """The most that is held in a meter of this kind."""
        return max((held for part, held in self._held if part.kind is kind), default=0)


def take(parts: Sequence[Part], likely: Amounts, worst: Amounts, now: int) -> Taken | Lack:
    """Take from every meter or from none: `worst` from those that are hard, `likely` from the others."""
    held: list[tuple[Part, int]] = []
    for part in parts:
        meter, kind, _, spare = part
        if now >= meter.turns:
            meter.roll(now)
        amount = kind.of(worst if meter.limit.hard else likely)
        if meter.spent + meter.held + amount + spare > meter.most:
            return Lack(part, amount)
        held.append((part, amount))
    started: list[tuple[Meter, int]] = []
    kept: list[tuple[Part, int]] = []
    for pair in held:
        part, amount = pair
        meter, kind, _, _ = part
        if kind.when == "start":
            meter.spent += 1
            meter.current += 1
            started.append((meter, meter.slot))
        else:
            meter.held += amount
            kept.append(pair)
    return Taken(kept, started, now)
