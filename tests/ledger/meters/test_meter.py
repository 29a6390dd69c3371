"""A meter never admits more than its limit in any window, whatever happens in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from config.limit import Limit, Per
from ledger.meters.meter import SLOTS, Meter
from ledger.meters.windows import NEVER

T0 = 1_790_000_000_000 - 1_790_000_000_000 % 3_600_000
MINUTE = 60_000


def meter(amount: int = 10, per: Per = "minute") -> Meter:
    return Meter(Limit("tokens", amount, per), T0)


@given(
    limit=st.integers(1, 20),
    steps=st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5)), max_size=80),
)
def test_no_minute_ever_holds_more_than_the_limit(limit: int, steps: list[tuple[int, int]]) -> None:
    one, now, admitted = meter(limit), T0, []
    for wait, amount in steps:
        now += wait
        if one.take(amount, now):
            one.settle(amount, amount, now, now)
            admitted.append((now, amount))
    for end, _ in admitted:
        assert sum(amount for at, amount in admitted if end - MINUTE < at <= end) <= limit


def test_a_whole_limit_is_free_again_a_minute_and_a_sixtieth_later() -> None:
    one = meter(10)
    assert one.take(10, T0)
    one.settle(10, 10, T0, T0)
    frees = one.frees_at(1)
    assert MINUTE <= frees - T0 <= MINUTE + MINUTE // SLOTS
    assert not one.take(1, frees - 1)
    assert one.take(1, frees)


def test_what_was_held_counts_as_what_it_came_to() -> None:
    one = meter(10)
    one.take(8, T0)
    one.settle(8, 3, T0, T0)
    assert (one.spent, one.held, one.room(T0)) == (3, 0, 7)


def test_more_than_was_held_is_owed() -> None:
    one = meter(10)
    one.take(8, T0)
    one.settle(8, 13, T0, T0)
    assert one.room(T0) == -3
    assert not one.take(1, T0)


def test_a_call_belongs_to_the_month_in_which_it_came() -> None:
    one = meter(10, "month")
    one.take(4, T0)
    later = one.turns
    assert one.room(later) == 6  # it may still come to that
    one.settle(4, 4, later, T0)
    assert one.room(later) == 10


@pytest.mark.parametrize("wait", [0, 1500, 30_000, 59_999, 200_000])
def test_what_was_never_made_is_given_back_to_its_own_slot(wait: int) -> None:
    one = meter(10)
    one.take(0, T0)
    one.settle(0, 1, T0, T0)
    slot = one.slot
    one.take(0, T0 + wait)
    one.give_back(1, slot, T0 + wait)
    assert one.room(T0 + wait) == 10
    assert one.room(T0 + wait + 10 * MINUTE) == 10


def test_what_earlier_processes_used_is_counted_and_forgotten_in_time() -> None:
    one = meter(10)
    one.restore([(T0 - 30_000, 4), (T0 - 90_000, 5), (T0, 1), (T0 - 1, 1)], T0)
    assert one.room(T0) == 4
    assert one.room(T0 + 31_000) == 8
    assert one.room(T0 + 62_000) == 10


@pytest.mark.parametrize(("per", "left"), [("day", 9), ("month", 9), ("total", 5)])
def test_a_window_of_the_calendar_counts_what_is_in_it(per: Per, left: int) -> None:
    one = meter(10, per)
    one.restore([(one.starts, 1), (one.starts - 1, 4)] if per != "total" else [(T0, 1), (5, 4)], T0)
    assert one.room(T0) == left


def test_a_lower_limit_takes_effect_at_once_and_forgets_nothing() -> None:
    one = meter(10)
    one.take(8, T0)
    one.relimit(Limit("tokens", 5, "minute"))
    assert one.room(T0) == -3


def test_what_is_open_at_once_never_becomes_free_by_time() -> None:
    one = meter(1, "once")
    one.take(1, T0)
    assert (one.frees_at(1), one.resets_at) == (NEVER, NEVER)


def test_a_clock_that_jumps_back_frees_nothing() -> None:
    one = meter(1)
    one.take(1, T0)
    one.settle(1, 1, T0, T0)
    assert not one.take(1, T0 - 3_600_000)


class AnyOrder(RuleBasedStateMachine):
    """Takes, settlements and waits in any order, beside a list of what was admitted when."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.limit = 12
        self.one = meter(self.limit)
        self.open: list[int] = []
        self.used: list[tuple[int, int]] = []

    @rule(amount=st.integers(0, 15))
    def take(self, amount: int) -> None:
        room = self.one.room(self.now)
        assert self.one.take(amount, self.now) == (amount <= room)
        if amount <= room:
            self.open.append(amount)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        held = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        used = data.draw(st.integers(0, held))
        self.one.settle(held, used, self.now, self.now)
        self.used.append((self.now, used))

    @rule(wait=st.integers(0, 90_000))
    def wait(self, wait: int) -> None:
        self.now += wait

    @invariant()
    def it_holds_what_is_open_and_nothing_else(self) -> None:
        assert self.one.held == sum(self.open)

    @invariant()
    def nothing_is_forgotten_too_early_or_kept_too_long(self) -> None:
        self.one.room(self.now)
        recent = sum(used for at, used in self.used if at > self.now - MINUTE)
        kept = sum(used for at, used in self.used if at > self.now - MINUTE - 2 * MINUTE // SLOTS)
        assert recent <= self.one.spent <= kept
        assert recent + sum(self.open) <= self.limit


TestAnyOrder = AnyOrder.TestCase
