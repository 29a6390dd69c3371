"""A meter of which this process leases a slice: spent alone, reported on renewal.

Here `most` is the slice, `spent` what of it was used and not reported yet, `held` what is under way. The
slice shrinks only to what was asked to be kept, so whatever happens while a report is on its way stays
within it.
"""

from typing import NamedTuple

from config.limit import Limit
from ledger.meters.estate import Debt
from ledger.meters.meter import SLOTS, Meter
from ledger.meters.windows import NEVER, SLIDING_MS, bounds

LIFE_MS = 10_000  # of a lease that is not renewed
MARGIN_MS = 1_000  # before its end from which it is not trusted any more
_MOST_SEEN = 1 << 52  # more than a meter is ever settled: to it, whatever Redis has is an older state
_RETURNED_MS = 2_000  # until others, of whom each renews once a second, have returned what somebody lacks
SLICES = 20  # a process likes to hold one of so many parts of a limit in advance


class Report(NamedTuple):
    """What is reported for one meter, and what is requested.

    `base` is the ledger's word; -1: not known. `seen` is how often the meter had been settled when its
    process heard of it: where that is less now, Redis has come back with an older state.
    """

    limit: int
    width: int
    starts: int
    used: int
    must: int
    want: int
    once: int
    number: int
    base: int
    seen: int


class Leased(Meter):
    """See the module. `place` names the hash slot that it shares with the others of its organisation."""

    __slots__ = (
        "_asked",
        "_frees",
        "_lease_ends",
        "_number",
        "_reported",
        "_seen",
        "_shares",
        "_window_ends",
        "debt",
        "everyone",
        "holders",
        "idle",
        "place",
        "short",
    )

    def __init__(self, limit: Limit, now: int) -> None:
        self._window_ends = self._lease_ends = 0
        self.debt: Debt | None = None  # where it is noted what may have to be paid and was not reported
        self._shares = False  # what it has it was not given: Redis is away
        super().__init__(limit, now)
        self.most = 0
        self.place = ""
        self.everyone = 0  # what all processes have used, when this was heard last
        self.free = -(
            -limit.amount // SLICES
        )  # what nobody had leased then; a guess until something is heard
        self.holders = 1
        self.short = False  # somebody lacks what others hold in advance
        self.idle = 0  # renewals in a row without any use
        self._number = 0
        self._seen = 0
        self._reported = 0  # of `spent`, what is being reported
        self._asked = False
        self._frees = now + SLIDING_MS.get(limit.per, 0)  # when the first of what was used is forgotten

    @property
    def used(self) -> int:
        return self.everyone + self.spent

    @property
    def resets_at(self) -> int:
        """About: when others used something is not known here."""
        width = SLIDING_MS.get(self.limit.per)
        return self._lease_ends + width if width else self._window_ends

    def tally(self, now: int) -> int:
        """Nothing: the report says what was used here, and says all of it: its rows are in the ledger."""
        if now >= self.turns:
            self.roll(now)
        if self._asked:  # of an earlier moment, and Redis knows nothing of it
            self._reported = self.spent
        return 0

    def outlook(self, now: int) -> tuple[int, int]:
        if now >= self.turns:
            self.roll(now)
        ends = self._lease_ends + self._width * SLOTS if self._width else self._window_ends
        return self.most - self.spent - self.held + self.free, ends - now

    def frees_at(self, amount: int) -> int:
        """About: what others hold in advance comes back with their next renewals, else not before this."""
        if self.used + self.held + amount <= self.limit.amount:
            return self._lease_ends - LIFE_MS + MARGIN_MS + _RETURNED_MS
        return self._frees if self._width else self._window_ends

    def relimit(self, limit: Limit) -> None:
        """The slice stays what it is; the next report tells the new limit."""
        self.limit = limit
        self.hard = limit.hard

    @property
    def heard(self) -> bool:
        """Whether Redis knew it before, or calls were made of which it was not told."""
        return self._seen > 0

    def doubt(self) -> None:
        """Have the ledger asked before anything is leased: calls were made of which Redis was not told."""
        self._seen = _MOST_SEEN

    def roll(self, now: int) -> None:
        """A slice ends with its window, and when it was not renewed: then nothing more can be taken.

        A local share of what does not slide ends with its window, or when Redis answers.
        """
        if now >= self._window_ends:
            self.starts, self._window_ends = bounds(self.limit.per, self.limit.zone, now)
            self.spent = self._reported = self.everyone = 0
            self.free = self.limit.amount
            self.told = 0
            self.most = self.held
            if self.debt is not None:
                self.debt.begin(self.starts)
        if now >= self._lease_ends and (self._width or not self._shares):
            self.most = self.spent + self.held
        self.turns = min(self._window_ends, self._lease_ends if self._lease_ends > now else NEVER)

    def report(self, extra: int, now: int, base: int = -1) -> Report:
        """Ask for so much more than is held. What was not answered yet is told again, unchanged."""
        if now >= self.turns:
            self.roll(now)
        if not self._asked:
            self._number += 1
            self._reported = self.spent
            self._asked = True
        later = self.spent - self._reported  # used since, and told the next time
        busy = extra > 0 or self.spent > 0 or self.held > 0
        self.idle = 0 if busy else self.idle + 1
        returns = (self.short or self.idle) and not self._shares
        kept = later + self.held if returns else self.most - self._reported
        must = max(kept, later + self.held + extra, 0)
        self.most = min(self.most, self._reported + must)
        slice_ = 0 if self.short or self.idle else self.limit.amount // SLICES
        if self.debt is not None:
            self.debt.tells(self._number, self._reported)
        return Report(
            self.limit.amount,
            SLIDING_MS.get(self.limit.per, 0),
            self.starts,
            self._reported,
            must,
            later + self.held + extra + slice_,
            int(self.limit.per == "once"),
            self._number,
            base,
            self._seen,
        )

    def answered(self, reply: list[int], sent: int) -> None:
        """Take what was given. `sent` is when it was asked for."""
        lease, self.everyone, leased, self.holders, short, self._seen, frees = reply
        self.spent -= self._reported
        if self.debt is not None:
            self.debt.told(self._reported)
        self._reported, self._asked, self._shares = 0, False, False
        self.most = lease
        self.free = max(0, self.limit.amount - self.everyone - leased)
        self.short = bool(short)
        self._frees = sent + frees
        self._lease_ends = sent + LIFE_MS - MARGIN_MS
        self.turns = min(self._window_ends, self._lease_ends)

    def set_back(self, now: int) -> bool:
        """Its lease ends no later than Redis, whose clock is another, has it end."""
        self._lease_ends = min(self._lease_ends, now + LIFE_MS - MARGIN_MS)
        self._frees = min(self._frees, now + 2 * SLIDING_MS.get(self.limit.per, 0))
        self.turns = min(self.turns, self._lease_ends)
        return self.starts > now

    def fall_back(self, amount: int, now: int) -> bool:
        """Without anybody to ask: take by the limit's own rule; False: it says no.

        A local share is what falls to one of the processes last seen. Of a window that slides, and as long as
        nothing of what was used in it is forgotten, that is of the half of what was free; from then on, and
        for who never heard what was used, what passes in the life of a lease, again and again. Of any other
        window it is the half of what was free, once. Who never heard what is free takes a twentieth for that.
        """
        rule = self.limit.on_store_failure
        if rule == "allow":
            self.most = self.spent + self.held + amount
            return True
        # What is left of a lease comes first. Who was idle has given its slice back, and holds nothing.
        if rule == "deny" or (now < self._lease_ends and (self.spent or self.held)):
            return False
        width, ends = SLIDING_MS.get(self.limit.per), now + LIFE_MS
        share = part = -(-self.free // (2 * self.holders))
        if width:
            share = -(-self.limit.amount * LIFE_MS // (width * self.holders))
            if self.heard and now < self._frees:
                share, ends = min(share, part), min(ends, self._frees)
                self.free = max(0, self.free - share * self.holders)
            else:
                if share < amount <= self.limit.amount // self.holders:
                    share = amount
                # What is more than passes in that time lasts longer.
                ends = now + -(-share * width * self.holders // max(self.limit.amount, 1))
        else:
            share += max(0, self.most - self.spent - self.held)
            self.free = 0
        self.most = self.spent + self.held + share
        self._shares = True
        self._lease_ends = ends
        self.turns = min(self._window_ends, self._lease_ends)
        return amount <= share
