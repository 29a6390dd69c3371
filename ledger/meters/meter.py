"""One counter: used in its window, reserved for calls in flight, never above its limit.

Rules: `take` needs room, everything else is owed to a `take` before it. So at any moment
`spent + held <= limit`, but for what calls came to beyond what was held for them, and for a limit that was
lowered. A window that slides is cut into slots, and forgets one only when all of it is too old: of whatever
was admitted in any stretch of the window's width, no part is forgotten while the stretch lasts.
"""

from collections import deque
from collections.abc import Iterable

from config.limit import Limit
from ledger.meters.windows import NEVER, SLIDING_MS, bounds

SLOTS = 60  # of a window that slides: it forgets up to a sixtieth of its width late


class Meter:
    """Times are Unix milliseconds and may stand still, or jump back for a while; amounts are never negative.

    `turns` is when `roll` has something to do: whoever reads `spent` looks at it first.
    """

    __slots__ = (
        "_past",
        "_width",
        "current",
        "free",
        "hard",
        "held",
        "limit",
        "most",
        "slot",
        "spent",
        "starts",
        "told",
        "turns",
    )

    def __init__(self, limit: Limit, now: int) -> None:
        self.limit = limit
        self.hard = limit.hard
        self.most = limit.amount  # what may be used in one window
        self.free = 0  # what can be taken beyond that, as far as others have left it
        self.spent = 0  # in the window
        self.held = 0
        self.current = 0  # of `spent`, what belongs to the present slot
        self.starts = 0  # of a window of the calendar
        self.turns = 0
        self.told = 0  # the highest share of `alert_at` that is reached, in percent
        self._width = SLIDING_MS.get(limit.per, 0) // SLOTS
        self.slot = 0
        self._past: deque[tuple[int, int]] = deque()
        self.roll(now)

    def relimit(self, limit: Limit) -> None:
        """Go on under another limit for the same thing and window; what was used stays used."""
        self.limit = limit
        self.hard = limit.hard
        self.most = limit.amount

    def room(self, now: int) -> int:
        """What can still be taken; negative where more was used than was held for it."""
        if now >= self.turns:
            self.roll(now)
        return self.most - self.spent - self.held

    def take(self, amount: int, now: int) -> bool:
        """Hold so much, if there is room."""
        if amount > self.room(now):
            return False
        self.held += amount
        return True

    def settle(self, held: int, used: int, now: int, since: int) -> None:
        """Count as used what was held since then, or as much as it came to.

        A call belongs to the day, week or month in which it came, as its row in the ledger does.
        """
        if now >= self.turns:
            self.roll(now)
        self.held -= held
        if since < self.starts:
            return
        self.spent += used
        self.current += used

    @property
    def used(self) -> int:
        """What everybody has used in the window."""
        return self.spent

    def left(self, now: int) -> int:
        """What of the limit is neither used nor held by anybody, as far as is known here."""
        if now >= self.turns:
            self.roll(now)
        return self.most - self.spent - self.held + self.free

    def outlook(self, now: int) -> tuple[int, int]:
        """What is left, as `left` has it, and how many milliseconds later `resets_at` is."""
        if now >= self.turns:
            self.roll(now)
        left = self.most - self.spent - self.held + self.free
        if self.current and self._width:  # as almost always, and quicker than to ask
            return left, (self.slot + SLOTS + 1) * self._width - now
        return left, self.resets_at - now

    def reached(self) -> int:
        """The highest share of `alert_at` that was reached since this was asked last; 0: none."""
        found = 0
        for percent in self.limit.alert_at:
            if self.used * 100 >= self.limit.amount * percent:
                found = percent
        news = found if found > self.told else 0
        self.told = found
        return news

    def give_back(self, used: int, slot: int, now: int) -> None:
        """Undo what was counted in a slot: its call was never made."""
        if now >= self.turns:
            self.roll(now)
        if slot == self.slot:
            self.spent -= used
            self.current -= used
            return
        for place, (past, counted) in enumerate(self._past):
            if past == slot:
                self.spent -= used
                self._past[place] = (past, counted - used)

    def roll(self, now: int) -> None:
        """Forget what is too old."""
        if now < self.turns:
            return
        if self._width:
            self._slide(now // self._width)
        else:
            self.spent = self.current = self.told = 0
            self.starts, self.turns = bounds(self.limit.per, self.limit.zone, now)
            self.slot = self.starts

    def set_back(self, now: int) -> bool:
        """Whether, the clock having been set back to this, its window began in a time that is not yet.

        It would forget nothing, and count nothing of the calendar's, until that time comes: the ledger says
        what it should have.
        """
        return self.slot > now // self._width if self._width else self.starts > now

    def restore(self, used: Iterable[tuple[int, int]], now: int) -> None:
        """Count what an earlier process used: moments and amounts, in any order."""
        for at, amount in sorted(used):
            if not self._width:
                if at >= self.starts:
                    self.spent += amount
            elif (slot := min(at, now) // self._width) > self.slot - SLOTS - 1:
                self.spent += amount
                if slot >= self.slot:
                    self.current += amount
                else:
                    self._past.append((slot, amount))
        self._past = deque(sorted(self._past))
        self.reached()  # was told already

    def tally(self, now: int) -> int:
        """What of its window the ledger knows as well, once every call's row is in it."""
        if now >= self.turns:
            self.roll(now)
        return self.spent

    def frees_at(self, amount: int) -> int:
        """When so much will have become free by the window alone, if nothing more is used; NEVER: not so."""
        missing = amount + self.spent + self.held - self.most
        if not self._width:
            return self.turns if missing - self.held <= self.spent and self.turns < NEVER else NEVER
        for slot, counted in (*self._past, (self.slot, self.current)):
            missing -= counted
            if missing <= 0:
                return (slot + SLOTS + 1) * self._width
        return NEVER

    @property
    def resets_at(self) -> int:
        """When nothing is left in the window, if nothing more is used; NEVER for what has no window."""
        if not self._width:
            return self.turns
        last = self.slot if self.current else self._past[-1][0] if self._past else self.slot - SLOTS - 1
        return (last + SLOTS + 1) * self._width

    def _slide(self, slot: int) -> None:
        if self.current:
            self._past.append((self.slot, self.current))
            self.current = 0
        self.slot, self.turns = slot, (slot + 1) * self._width
        while self._past and self._past[0][0] < slot - SLOTS:
            self.spent -= self._past.popleft()[1]
