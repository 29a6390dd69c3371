"""A meter shared by processes: each leases a slice, spends it alone, and reports on renewal.

Here `most` is the slice, `spent` the part used but not reported, `held` the reservations of calls in flight.
The slice shrinks only to what the report asked to keep, so all usage during a report stays within it.
"""

from typing import NamedTuple

from config.limit import Limit
from ledger.meters.estate import Debt
from ledger.meters.meter import SLOTS, Meter
from ledger.meters.windows import NEVER, SLIDING_MS, bounds

LIFE_MS = 10_000  # of a lease that is not renewed
MARGIN_MS = 1_000  # a lease is not used this close to its end
_MOST_SEEN = 1 << 52  # more than any real count, so that whatever Redis has is taken for an older state
_RETURNED_MS = 2_000  # until other processes, renewing every second, have returned what one lacks
SLICES = 20  # a process asks for 1/20 of a limit in advance


class Report(NamedTuple):
    """One meter's report and request to Redis (`storage/lua/lease.lua`).

    `base` is the usage by the ledger; -1: unknown. `seen` is Redis's count of settlements in its last answer:
    if Redis has a lower one now, it came back with an older state.
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
    """See the module. `place` names the hash slot that all meters of one organisation share."""

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
        self.debt: Debt | None = None  # records unreported costs on disk
        self._shares = False  # its slice was taken locally, because Redis is unavailable
        super().__init__(limit, now)
        self.most = 0
        self.place = ""
        self.everyone = 0  # usage of all processes, as of the last answer
        self.free = -(
            -limit.amount // SLICES
        )  # not leased by anyone as of then; a guess before the first answer
        self.holders = 1
        self.short = False  # some process lacks what others hold in advance
        self.idle = 0  # consecutive renewals without any use
        self._number = 0
        self._seen = 0
        self._reported = 0  # the part of `spent` in the pending report
        self._asked = False
        self._frees = now + SLIDING_MS.get(limit.per, 0)  # when the oldest usage leaves the window

    @property
    def used(self) -> int:
        return self.everyone + self.spent

    @property
    def resets_at(self) -> int:
        """Approximate: the times of other processes' usage are not known here."""
        width = SLIDING_MS.get(self.limit.per)
        return self._lease_ends + width if width else self._window_ends

    def tally(self, now: int) -> int:
        """0: the report covers all usage here, whose rows are in the ledger."""
        if now >= self.turns:
            self.roll(now)
        if self._asked:  # the pending report is older, and Redis has not seen it
            self._reported = self.spent
        return 0

    def outlook(self, now: int) -> tuple[int, int]:
        if now >= self.turns:
            self.roll(now)
        ends = self._lease_ends + self._width * SLOTS if self._width else self._window_ends
        return self.most - self.spent - self.held + self.free, ends - now

    def frees_at(self, amount: int) -> int:
        """Approximate: others return slices on their next renewals; otherwise usage must leave the window."""
        if self.used + self.held + amount <= self.limit.amount:
            return self._lease_ends - LIFE_MS + MARGIN_MS + _RETURNED_MS
        return self._frees if self._width else self._window_ends

    def relimit(self, limit: Limit) -> None:
        """The slice stays as it is; the next report has the new limit."""
        self.limit = limit
        self.hard = limit.hard

    @property
    def heard(self) -> bool:
        """Whether Redis knows the meter, or calls were made that were not reported to it."""
        return self._seen > 0

    def doubt(self) -> None:
        """Unreported calls were made: have the ledger queried before anything is leased."""
        self._seen = _MOST_SEEN

    def roll(self, now: int) -> None:
        """A slice ends with its window or its lease; then nothing more can be taken.

        A local share of a calendar window ends with the window, or when Redis answers.
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
        """Request `extra` beyond what is held. A report without an answer is repeated unchanged."""
        if now >= self.turns:
            self.roll(now)
        if not self._asked:
            self._number += 1
            self._reported = self.spent
            self._asked = True
        later = self.spent - self._reported  # used since; goes into the next report
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
        """Apply the answer to the report sent at `sent`."""
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
        """As in `Meter`; also ends the lease no later than Redis does, whose clock did not change."""
        self._lease_ends = min(self._lease_ends, now + LIFE_MS - MARGIN_MS)
        self._frees = min(self._frees, now + 2 * SLIDING_MS.get(self.limit.per, 0))
        self.turns = min(self.turns, self._lease_ends)
        return self.starts > now

    def fall_back(self, amount: int, now: int) -> bool:
        """Redis is unavailable: apply the limit's `on_store_failure` rule; False: refuse.

        A local share is this process's part, among the processes last seen. In a sliding window it is part of
        half of what was free, until the oldest usage leaves the window; from then on, or if usage was never
        heard, part of what the limit allows per lease lifetime, repeatedly. In any other window it is part of
        half of what was free, once. Before the first answer, a twentieth of the limit counts as free.
        """
        rule = self.limit.on_store_failure
        if rule == "allow":
            self.most = self.spent + self.held + amount
            return True
        # The rest of a lease is used first. An idle process has returned its slice, and holds nothing.
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
                # A share larger than that rate allows lasts proportionally longer.
                ends = now + -(-share * width * self.holders // max(self.limit.amount, 1))
        else:
            share += max(0, self.most - self.spent - self.held)
            self.free = 0
        self.most = self.spent + self.held + share
        self._shares = True
        self._lease_ends = ends
        self.turns = min(self._window_ends, self._lease_ends)
        return amount <= share
