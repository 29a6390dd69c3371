"""Whatever processes do with their slices, some dying and some hearing no answer: never too much."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from config.limit import Limit
from ledger.meters.estate import Debt, Left
from ledger.meters.leased import LIFE_MS, Leased
from ledger.meters.windows import NEVER, bounds
from tests.storage.redis_server import RedisServer, redis_server

T0 = 1_790_000_000_000
LIMIT = 200
LUA = Path(__file__).parents[3] / "storage" / "lua"
SCRIPT, INHERIT = ((LUA / f"{name}.lua").read_text() for name in ("lease", "inherit"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


def debt_of(meter: Leased) -> Debt:
    assert meter.debt is not None
    return meter.debt


class Processes(RuleBasedStateMachine):
    """Three processes, a list of what is open, and what was paid for.

    What is open was asked of a vendor, or was not yet: only the first may have to be paid for the dead.
    """

    client: Redis

    def __init__(self) -> None:
        super().__init__()
        self.client.flushall()
        self.born = 0
        self.meters: dict[str, Leased] = {}
        self.open: list[tuple[str, int, bool]] = []
        self.paid = 0
        self.died = 0  # what dead processes held: vendors may have been asked for all of it
        self.cells: dict[str, memoryview[int]] = {}
        self.unburied: dict[str, Left] = {}
        for _ in range(3):
            self._bear()

    def _bear(self) -> None:
        self.born += 1
        meter = self.meters[f"p{self.born}"] = Leased(Limit("spend", LIMIT, "total", hard=True), T0)
        self.cells[f"p{self.born}"] = cells = memoryview(bytearray(8 * 4)).cast("q")
        meter.debt = Debt(cells, 0)

    def _ask(self, name: str, extra: int) -> list[int]:
        # The ledger knows what was paid; only a meter that is new in Redis is told.
        report = self.meters[name].report(extra, T0, base=0)
        answer = self.client.eval(SCRIPT, 1, "{acme}:m", name, LIFE_MS, *report)
        return [int(number) for number in answer[0]]  # type: ignore[index]

    @rule(data=st.data(), amount=st.integers(1, 60))
    def take(self, data: st.DataObject, amount: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.meters)))
        meter = self.meters[name]
        if not meter.take(amount, T0):
            meter.answered(self._ask(name, amount), T0)
            if not meter.take(amount, T0):
                self._nothing_was_there(name, amount)
                return
        sent = data.draw(st.booleans())
        if sent:
            debt_of(meter).add(amount, T0)
        self.open.append((name, amount, sent))

    def _nothing_was_there(self, name: str, amount: int) -> None:
        """A refusal is one only where use, what is held here and the leases of others leave no room."""
        fields: dict[str, str] = self.client.hgetall("{acme}:m")  # type: ignore[assignment]
        others = sum(
            int(value.split(":")[0])
            for key, value in fields.items()
            if key.startswith("l") and key != f"l{name}"
        )
        meter = self.meters[name]
        assert int(fields.get("n", 0)) + others + meter.spent + meter.held + amount > LIMIT

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        name, held, sent = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        used = data.draw(st.integers(0, held)) if sent else 0
        debt_of(self.meters[name]).add(used - held if sent else 0, T0)
        self.meters[name].settle(held, used, T0, T0)
        self.paid += used

    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.meters)))
        self.meters[name].answered(self._ask(name, 0), T0)

    @rule(data=st.data(), amount=st.integers(0, 60))
    def ask_and_hear_nothing(self, data: st.DataObject, amount: int) -> None:
        self._ask(data.draw(st.sampled_from(sorted(self.meters))), amount)

    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.meters)))
        meter = self.meters.pop(name)
        asked = sum(held for whose, held, sent in self.open if whose == name and sent)
        self.died += asked
        self.open = [each for each in self.open if each[0] != name]
        starts, number, told, owed = self.cells.pop(name)
        assert owed == meter.spent + asked
        self.unburied[name] = Left("{acme}:m", 0, starts, number, told, owed)
        if data.draw(st.booleans()):
            self._expire(name)
        self._bear()

    @precondition(lambda self: self.unburied)
    @rule(data=st.data(), twice=st.booleans())
    def inherit(self, data: st.DataObject, twice: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.unburied)))
        left = self.unburied.pop(name)
        for _ in range(1 + twice):
            values = left.width, left.starts, left.number, left.told, left.owed
            self.client.eval(INHERIT, 1, left.key, name, *values)

    @rule(data=st.data())
    def be_thought_dead(self, data: st.DataObject) -> None:
        self._expire(data.draw(st.sampled_from(sorted(self.meters))))

    def _expire(self, name: str) -> None:
        lease = self.client.hget("{acme}:m", f"l{name}")
        if lease is not None:
            amount, _, number = str(lease).split(":")
            self.client.hset("{acme}:m", f"l{name}", f"{amount}:1:{number}")

    @invariant()
    def nobody_has_more_than_there_is(self) -> None:
        assert self.paid + self.died + sum(held for _, held, _ in self.open) <= LIMIT
        for meter in self.meters.values():
            assert meter.held >= 0
            assert meter.spent >= 0
            assert meter.spent + meter.held <= max(meter.most, meter.spent + meter.held)

    @invariant()
    def what_redis_counts_is_within_the_limit(self) -> None:
        fields: dict[str, str] = self.client.hgetall("{acme}:m")  # type: ignore[assignment]
        leased = sum(int(value.split(":")[0]) for name, value in fields.items() if name[0] == "l")
        assert int(fields.get("n", 0)) + leased <= LIMIT
        assert int(fields.get("n", 0)) >= 0

    def teardown(self) -> None:
        """Once the living reported, and somebody for the dead, nothing is lost and nothing too much."""
        for name, left in self.unburied.items():
            values = left.width, left.starts, left.number, left.told, left.owed
            self.client.eval(INHERIT, 1, left.key, name, *values)
        for name, meter in self.meters.items():
            for _ in range(2):
                meter.answered(self._ask(name, 0), T0)
        fields: dict[str, str] = self.client.hgetall("{acme}:m")  # type: ignore[assignment]
        assert int(fields.get("n", 0)) == self.paid + self.died


def test_no_order_of_things_admits_too_much(server: RedisServer) -> None:
    Processes.client = Redis.from_url(server.url, decode_responses=True)
    usual = settings(
        max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Processes, settings=usual)
    Processes.client.close()


def test_a_new_month_begins_with_what_is_under_way() -> None:
    meter = Leased(Limit("spend", 100, "month"), T0)
    meter.answered([50, 10, 50, 1, 0, 1, 0], T0)
    meter.take(20, T0)
    meter.settle(0, 5, T0, T0)
    later = T0 + 40 * 86_400_000
    assert meter.room(later) == 0
    assert (meter.spent, meter.held) == (0, 20)
    meter.settle(20, 20, later, T0)
    assert (meter.spent, meter.held) == (0, 0)


def test_what_is_told_of_the_limit_is_everybodys() -> None:
    meter = Leased(Limit("spend", 100, "total"), T0)
    meter.answered([20, 30, 40, 2, 0, 1, 0], T0)
    meter.take(5, T0)
    meter.settle(5, 5, T0, T0)
    assert (meter.used, meter.left(T0), meter.resets_at) == (35, 45, NEVER)
    assert meter.frees_at(1) == T0 + 2_000  # others have it in advance, and return it with their renewals
    assert meter.frees_at(70) == NEVER


def test_nothing_is_free_before_the_first_of_what_was_used_is_forgotten() -> None:
    meter = Leased(Limit("requests", 20, "minute"), T0)
    meter.answered([0, 20, 0, 2, 1, 5, 57_000], T0)
    assert meter.frees_at(1) == T0 + 57_000
    hours = Leased(Limit("requests", 20, "hour"), T0)
    hours.answered([0, 20, 0, 2, 1, 5, 3_500_000], T0)
    assert hours.frees_at(1) == T0 + 3_500_000


def test_a_changed_limit_is_told_with_the_next_report() -> None:
    meter = Leased(Limit("spend", 100, "total"), T0)
    meter.relimit(Limit("spend", 70, "total"))
    assert meter.report(0, T0).limit == 70
    assert meter.most == 0


def test_who_was_idle_when_redis_went_away_takes_its_local_share_at_once() -> None:
    meter = Leased(Limit("requests", 600, "minute", on_store_failure="local-share"), T0)
    meter.answered([0, 3, 0, 2, 0, 1, 0], T0)  # renewed, with nothing in the slice: it was idle
    assert not meter.take(1, T0 + 1)
    assert meter.fall_back(1, T0 + 1)
    taken = 0
    while meter.take(1, T0 + 1):
        meter.settle(1, 1, T0 + 1, T0 + 1)
        taken += 1
    assert taken == 600 * LIFE_MS // (60_000 * 2)  # its part of what passes in the life of a lease
    assert not meter.fall_back(1, T0 + 1)  # once, until that is over


@pytest.mark.parametrize("used", [40, 39, 34, 20])
def test_no_minute_with_what_was_used_before_it_has_more_than_the_limit(used: int) -> None:
    limit = Limit("requests", 40, "minute", on_store_failure="local-share")
    meters = [Leased(limit, T0), Leased(limit, T0)]
    for meter in meters:
        meter.answered([0, used, 0, 2, 0, 1, 30_000], T0)
    admitted = 0
    for now in range(T0, T0 + 30_000, 500):
        for meter in meters:
            if meter.take(1, now) or meter.fall_back(1, now) and meter.take(1, now):
                meter.settle(1, 1, now, now)
                admitted += 1
    # Half of what is free, then half of the rest; the last one is given to each of them.
    assert min(40 - used, 16) <= admitted <= 40 - used + (used == 39)
    assert any(meter.fall_back(1, T0 + 30_000) for meter in meters)


@pytest.mark.parametrize(
    ("amount", "per", "width", "each"),
    [
        (40, "minute", 60_000, 1),
        (10, "hour", 3_600_000, 1),
        (3, "minute", 60_000, 1),
        (900, "minute", 60_000, 200),
    ],
)
def test_in_a_long_outage_a_window_has_its_limit_and_a_share_of_each_process(
    amount: int, per: str, width: int, each: int
) -> None:
    limit = Limit("tokens", amount, per, on_store_failure="local-share")
    meters = [Leased(limit, T0) for _ in range(3)]
    for meter in meters:
        meter.answered([0, 0, 0, 3, 0, 1, 0], T0)
    admitted = []
    for now in range(T0, T0 + 3 * width, width // 400):
        for meter in meters:
            if meter.take(each, now) or meter.fall_back(each, now) and meter.take(each, now):
                meter.settle(each, each, now, now)
                admitted.append(now)
    share = max(-(-amount * LIFE_MS // (width * 3)), each)
    most = max(sum(first <= at < first + width for at in admitted) for first in admitted) * each
    assert amount * 0.6 <= most <= amount + 3 * share


def test_what_is_left_of_a_lease_comes_before_a_local_share() -> None:
    meter = Leased(Limit("requests", 600, "minute", on_store_failure="local-share"), T0)
    meter.answered([2, 3, 2, 2, 0, 1, 0], T0)
    for _ in range(2):
        assert meter.take(1, T0 + 1)
        meter.settle(1, 1, T0 + 1, T0 + 1)
    assert not meter.fall_back(1, T0 + 1)


def test_what_may_be_open_at_once_may_be_so_for_as_long_as_redis_is_away() -> None:
    meter = Leased(Limit("concurrent", 100, "once", on_store_failure="local-share"), T0)
    meter.answered([6, 0, 20, 2, 0, 1, 0], T0)
    for second in range(0, 120, 3):
        now = T0 + second * 1000
        meter.report(0, now)  # a renewal that gets no answer
        for _ in range(20):  # the half of what was free of one of two
            assert meter.take(1, now) or meter.fall_back(1, now) and meter.take(1, now), second
        assert second < 20 or not (meter.fall_back(1, now) and meter.take(1, now))
        for _ in range(20):
            meter.settle(1, 0, now, now)


def test_a_local_share_of_a_budget_is_there_until_it_is_spent_and_anew_in_each_window() -> None:
    meter = Leased(Limit("spend", 1000, "day", on_store_failure="local-share"), T0)
    meter.answered([0, 200, 0, 2, 0, 1, 0], T0)
    _, ends = bounds("day", "UTC", T0)
    for now, share in ((T0, 200), (ends + 1, 250)):
        for call in range(share // 10):
            later = now + call * 60_000
            assert meter.take(10, later) or meter.fall_back(10, later) and meter.take(10, later), call
            meter.settle(10, 10, later, later)
            meter.report(0, later)
        assert not meter.take(10, later) and not meter.fall_back(10, later + 20_000)


def test_who_never_heard_of_redis_has_a_share_of_a_small_limit_too() -> None:
    meter = Leased(Limit("concurrent", 5, "once", on_store_failure="local-share"), T0)
    assert meter.fall_back(1, T0) and meter.take(1, T0)
    assert not meter.fall_back(1, T0)


def test_a_local_share_is_not_returned_to_a_redis_that_is_away() -> None:
    meter = Leased(Limit("tokens", 1000, "day", on_store_failure="local-share"), T0)
    meter.answered([0, 0, 0, 2, 1, 1, 0], T0)  # somebody is short
    assert meter.fall_back(10, T0)
    for _ in range(25):
        assert meter.take(10, T0)
        meter.settle(10, 10, T0, T0)
        meter.report(0, T0)
    assert not meter.take(10, T0)


def test_beside_the_ledgers_word_stands_what_was_used_until_it_was_asked() -> None:
    meter = Leased(Limit("spend", 100, "month", hard=True), T0)
    meter.most = meter.held = 15
    meter.report(0, T0)
    meter.settle(10, 10, T0, T0)
    meter.tally(T0)
    meter.settle(5, 5, T0, T0)
    assert meter.report(0, T0, base=10).used == 10
