"""All meters of a call are taken from or none, and settled once, whatever happens in which order."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from config.limit import Amounts, Limit, Per
from config.limiting import KINDS
from ledger.meters.allowance import Lack, Part, Taken, take
from ledger.meters.meter import Meter

T0 = 1_790_000_000_000


def part(kind: str, amount: int, per: Per = "minute", hard: bool = False, spare: int = 0) -> Part:
    return Part(Meter(Limit(kind, amount, per, hard=hard), T0), KINDS[kind], "team t", spare)


def taken(parts: list[Part], likely: Amounts, worst: Amounts | None = None, now: int = T0) -> Taken:
    found = take(parts, likely, worst or likely, now)
    assert isinstance(found, Taken)
    return found


CALL = Amounts(10, 5, 100)


def test_where_one_meter_lacks_none_is_taken_from() -> None:
    parts = [
        part("requests", 5),
        part("tokens", 100),
        part("concurrent", 5, "once"),
        part("spend", 99, "month"),
    ]
    lack = take(parts, CALL, CALL, T0)
    assert isinstance(lack, Lack)
    assert (lack.part, lack.asked) == (parts[3], 100)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(0, 0)] * 4


def test_each_kind_is_counted_in_its_own_way() -> None:
    parts = [
        part("requests", 5),
        part("tokens", 100),
        part("concurrent", 5, "once"),
        part("spend", 200, "month"),
    ]
    held = taken(parts, CALL)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(1, 0), (0, 15), (0, 1), (0, 100)]
    held.settle(Amounts(10, 1, 80), T0)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(1, 0), (11, 0), (0, 0), (80, 0)]


def test_settled_twice_is_settled_once() -> None:
    parts = [part("tokens", 100), part("concurrent", 5, "once")]
    held = taken(parts, CALL)
    held.settle(CALL, T0)
    held.settle(CALL, T0)
    held.give_back(T0)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(15, 0), (0, 0)]


def test_what_was_never_made_leaves_nothing() -> None:
    parts = [part("requests", 5), part("tokens", 100), part("concurrent", 5, "once")]
    held = taken(parts, CALL)
    held.give_back(T0 + 2000)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(0, 0)] * 3


def test_a_hard_budget_holds_the_most_and_a_soft_one_what_is_likely() -> None:
    parts = [part("spend", 1000, "month", hard=True), part("spend", 1000, "day")]
    taken(parts, CALL, Amounts(10, 50, 700))
    assert [each.meter.held for each in parts] == [700, 100]


def test_a_second_attempt_is_held_beside_the_first_or_not_made() -> None:
    parts = [part("spend", 250, "month", hard=True), part("spend", 1000, "day")]
    held = taken(parts, CALL)
    assert held.more(Amounts(0, 0, 100), True, T0) is None
    lack = held.more(Amounts(0, 0, 100), True, T0)
    assert lack is not None
    assert lack.asked == 100
    assert [each.meter.held for each in parts] == [200, 100]
    held.settle(Amounts(0, 0, 190), T0)
    assert [(each.meter.spent, each.meter.held) for each in parts] == [(190, 0), (190, 0)]


def test_who_steps_back_leaves_a_share_to_others() -> None:
    meter = Meter(Limit("requests", 10, "minute"), T0)
    patient, urgent = Part(meter, KINDS["requests"], "team t", 2), Part(meter, KINDS["requests"], "team t")
    for _ in range(8):
        taken([patient], CALL)
    assert isinstance(take([patient], CALL, CALL, T0), Lack)
    taken([urgent], CALL)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_a_hard_budget_is_never_overspent(calls: list[tuple[int, int]]) -> None:
    budget = part("spend", 100, "month", hard=True)
    paid = 0
    for worst, cost in calls:
        found = take([budget], Amounts(0, 0, 0), Amounts(0, 0, worst), T0)
        if isinstance(found, Taken):
            found.settle(Amounts(0, 0, min(cost, worst)), T0)
            paid += min(cost, worst)
    assert paid == budget.meter.spent <= 100


class AnyOrder(RuleBasedStateMachine):
    """Calls at three levels begin, go on and end in any order, some twice and some not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.levels = [
            [part("requests", 20), part("spend", 300, "month", hard=True)],
            [part("concurrent", 4, "once"), part("tokens", 60)],
            [part("spend", 150, "day", hard=True)],
        ]
        self.parts = [each for level in self.levels for each in level]
        self.open: list[tuple[Taken, int]] = []
        self.over: list[Taken] = []
        self.paid = 0

    @rule(tokens=st.integers(0, 20), cost=st.integers(0, 80))
    def call(self, tokens: int, cost: int) -> None:
        amounts = Amounts(tokens, 0, cost)
        fits = all(each.kind.of(amounts) <= each.meter.room(self.now) for each in self.parts)
        found = take(self.parts, amounts, amounts, self.now)
        assert isinstance(found, Taken) == fits  # no phantom refusals
        if isinstance(found, Taken):
            self.open.append((found, cost))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), tokens=st.integers(0, 20))
    def settle(self, data: st.DataObject, tokens: int) -> None:
        held, most = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        cost = data.draw(st.integers(0, most))
        held.settle(Amounts(tokens, 0, cost), self.now)
        self.paid += cost
        self.over.append(held)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        held, _ = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        held.give_back(self.now)
        self.over.append(held)

    @precondition(lambda self: self.over)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        held = self.over[data.draw(st.integers(0, len(self.over) - 1))]
        held.settle(Amounts(99, 99, 99), self.now)
        held.give_back(self.now)

    @rule(wait=st.integers(0, 70_000))
    def wait(self, wait: int) -> None:
        self.now += wait

    @invariant()
    def nothing_is_over_its_limit_or_below_zero(self) -> None:
        for each in self.parts:
            assert each.meter.held >= 0
            assert each.meter.spent >= 0
            if each.meter.limit.hard or each.kind.when != "end":
                assert each.meter.spent + each.meter.held <= each.meter.most

    @invariant()
    def all_that_was_paid_is_counted(self) -> None:
        assert self.parts[1].meter.spent == self.paid
        if not self.open:
            assert all(each.meter.held == 0 for each in self.parts)


TestAnyOrder = AnyOrder.TestCase
