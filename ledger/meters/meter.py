"""One counter: usage in its window plus reservations for calls in flight, never above its limit.

`take` requires room, and everything else follows a `take`. So `spent + held <= limit` always holds, unless
calls use more than was held for them, or the limit is lowered. A sliding window is divided into slots, each
forgotten only when all of it is too old: in any period of the window's width, nothing admitted in that period
is forgotten.
"""

from collections import deque
from collections.abc import Iterable

from config.limit import Limit
from ledger.meters.windows import NEVER, SLIDING_MS, bounds

SLOTS = 60  # of a sliding window: it forgets up to a sixtieth of its width late


class Meter:
    """Times are Unix milliseconds and may stand still or jump back for a while; amounts are never negative.

    `turns` is when `roll` next has work to do: check it before reading `spent`.
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
        self.most = limit.amount  # allowed per window
        self.free = 0  # additionally available because others have not leased it
        self.spent = 0  # in the window
        self.held = 0
        self.current = 0  # the part of `spent` in the current slot
        self.starts = 0  # of a calendar window
        self.turns = 0
        self.told = 0  # the highest percentage of `alert_at` that was reached
        self._width = SLIDING_MS.get(limit.per, 0) // SLOTS
        self.slot = 0
        self._past: deque[tuple[int, int]] = deque()
        self.roll(now)

    def relimit(self, limit: Limit) -> None:
        """Switch to another limit of the same kind and window; usage is kept."""
        self.limit = limit
        self.hard = limit.hard
        self.most = limit.amount

    def room(self, now: int) -> int:
        """What can still be taken; negative if calls used more than was held for them."""
        if now >= self.turns:
            self.roll(now)
        return self.most - self.spent - self.held

    def take(self, amount: int, now: int) -> bool:
        """Reserve `amount` if there is room."""
        if amount > self.room(now):
            return False
        self.held += amount
        return True

    def settle(self, held: int, used: int, now: int, since: int) -> None:
        """Release `held`, reserved at `since`, and count `used`.

        A call belongs to the day, week or month in which it arrived, as its ledger row does.
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
        """The usage of all processes in the window."""
        return self.spent

    def left(self, now: int) -> int:
        """The part of the limit that no process has used or held, as far as known here."""
        if now >= self.turns:
            self.roll(now)
        return self.most - self.spent - self.held + self.free

    def outlook(self, now: int) -> tuple[int, int]:
        """`left`, and the milliseconds until `resets_at`."""
        if now >= self.turns:
            self.roll(now)
        left = self.most - self.spent - self.held + self.free
        if self.current and self._width:  # the usual case, and faster than the property
            return left, (self.slot + SLOTS + 1) * self._width - now
        return left, self.resets_at - now

    def reached(self) -> int:
        """The highest percentage of `alert_at` newly reached since the last call; 0: none."""
        found = 0
        for percent in self.limit.alert_at:
            if self.used * 100 >= self.limit.amount * percent:
                found = percent
        news = found if found > self.told else 0
        self.told = found
        return news

    def give_back(self, used: int, slot: int, now: int) -> None:
        """Undo what was counted in a slot: the call was never made."""
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
        """Drop usage that has left the window."""
        if now < self.turns:
            return
        if self._width:
            self._slide(now // self._width)
        else:
            self.spent = self.current = self.told = 0
            self.starts, self.turns = bounds(self.limit.per, self.limit.zone, now)
            self.slot = self.starts

    def set_back(self, now: int) -> bool:
        """Whether its window began in the future, now that the clock was set back to `now`.

        Until then it would forget nothing, and in a calendar window count nothing: its usage should be read
        anew from the ledger.
        """
        return self.slot > now // self._width if self._width else self.starts > now

    def restore(self, used: Iterable[tuple[int, int]], now: int) -> None:
        """Count usage by earlier processes: times and amounts, in any order."""
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
        self.reached()  # these alerts were sent already

    def tally(self, now: int) -> int:
        """Its window's usage that the ledger also has, once every call's row is shipped."""
        if now >= self.turns:
            self.roll(now)
        return self.spent

    def frees_at(self, amount: int) -> int:
        """When `amount` will be free, if nothing more is used; NEVER if the window alone will not free it."""
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
        """When its usage is back to zero, if nothing more is used; NEVER without a window."""
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
