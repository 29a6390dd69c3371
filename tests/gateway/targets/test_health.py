"""What attempts tell is what planning reads, and every change of state is told to the operator."""

import logging

import pytest

from config.catalog import Secret
from gateway.clock import Clock
from gateway.targets.health import LOOK_SECONDS, REFUSED_SECONDS, Failed, Health
from gateway.targets.limits import Quota
from gateway.telemetry.metrics import Metrics
from routing.breaker import FAILURES_IN_A_ROW, LONGEST_OPEN, Circuit
from routing.faults import Fault
from routing.health import UNKNOWN
from routing.plan import Division
from routing.target import TargetState

KEYS = (Secret("sk-1", "env ONE"), Secret("sk-2", "env TWO"))


class World:
    """A health with a clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.metrics = Metrics()
        self.health = Health(Clock(monotonic=lambda: self.now), self.metrics)
        self.calls = 0

    def target(self, name: str = "v/m", keys: tuple[Secret, ...] = KEYS) -> TargetState:
        vendor, _, model = name.partition("/")
        return self.health.target(name, (vendor, model), keys, declared=True)

    def call(
        self,
        state: TargetState,
        fault: Fault | None = None,
        *,
        seconds: float = 0.1,
        wait: float | None = None,
        key: int = 0,
    ) -> None:
        self.calls += 1
        began = self.now
        state.began(self.calls, began, state.streams)
        self.now += seconds
        if fault is None:
            state.content(self.calls, self.now, state.streams)
        state.left(self.calls, self.now, state.streams)
        if fault is not None:
            self.health.failed(state, state.keys[key], Failed(began, self.now, fault, wait))
        else:
            state.wrote(0.0, 10, 0.4)
            if state.good(began, self.now) or state.keys[key].strikes:
                self.health.recovered(state, state.keys[key])

    def breaks(self, state: TargetState) -> None:
        for _ in range(FAILURES_IN_A_ROW):
            self.call(state, Fault.BROKEN)


@pytest.fixture
def world() -> World:
    return World()


def test_a_target_nobody_configured_is_unknown(world: World) -> None:
    assert world.health.view("x/y") is UNKNOWN


def test_the_view_is_what_attempts_have_told(world: World) -> None:
    state = world.target()
    world.call(state)
    health = world.health.view("v/m")
    assert health is state
    assert (health.output_tokens, health.cached_share) == (10, 0.4)
    assert health.first_token_ms == pytest.approx(100)
    assert world.health.calm


def test_a_target_that_keeps_failing_is_opened_and_that_is_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    state = world.target()
    with caplog.at_level(logging.INFO, "signalbox.health"):
        world.breaks(state)
    assert state.breaker.circuit is Circuit.OPEN and not world.health.calm
    assert [record.message for record in caplog.records] == ["v/m: its breaker is open after broken"]
    assert (
        b'signalbox_breaker_changes_total{model="m",to="open",vendor="v"} 1.0' in world.metrics.exposition()
    )


def test_time_and_a_good_call_bring_it_back(world: World) -> None:
    state = world.target()
    world.breaks(state)
    world.now += 3
    world.health.refresh()
    assert state.breaker.circuit is Circuit.PROBING and not world.health.view("v/m").open
    world.call(state)
    world.now += 10
    world.health.refresh()
    assert state.breaker.circuit is Circuit.CLOSED and world.health.calm


def test_planning_looks_seldom_while_nothing_is_due_and_at_once_when_something_is(world: World) -> None:
    state = world.target()
    world.breaks(state)
    world.health.refresh()
    told = state.reason
    world.now += LOOK_SECONDS / 2
    world.health.refresh()
    assert state.reason is told
    world.now = state.breaker.due
    world.health.refresh()
    assert state.breaker.circuit is Circuit.PROBING
    assert list(world.health.troubled) == ["v/m"]


def test_a_change_between_two_looks_is_seen_by_the_next_plan(world: World) -> None:
    one, other = world.target(), world.target("v/n")
    world.breaks(one)
    world.health.refresh()
    world.call(other, Fault.LIMITED, wait=0.001, seconds=0.0)
    world.call(other, Fault.LIMITED, wait=0.001, seconds=0.0, key=1)
    assert other.open
    world.now += 0.001
    world.health.refresh()
    assert not other.open


@pytest.mark.parametrize("fault", [Fault.REQUEST, Fault.TOO_LONG, Fault.CONTENT, Fault.CROWDED], ids=str)
def test_what_is_not_a_targets_fault_never_opens_it(world: World, fault: Fault) -> None:
    state = world.target()
    for _ in range(50):
        world.call(state, fault)
    assert world.health.calm and state.success == 1.0


def test_a_limited_key_waits_as_long_as_its_vendor_asks(world: World) -> None:
    state = world.target()
    world.call(state, Fault.LIMITED, wait=7.0)
    assert state.keys[0].until == pytest.approx(world.now + 7) and not state.open
    world.call(state, Fault.LIMITED, wait=3.0, key=1)
    assert state.open and world.health.view("v/m").reason.startswith("its vendor asks to wait, 3 s")
    world.now += 3.1
    world.health.refresh()
    assert not state.open and world.health.calm


def test_where_it_does_not_say_how_long_the_wait_doubles_until_a_call_goes_well(world: World) -> None:
    state = world.target(keys=KEYS[:1])
    waits = []
    for _ in range(8):
        world.call(state, Fault.LIMITED)
        waits.append(round(state.keys[0].until - world.now))
        world.now = state.keys[0].until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    world.call(state)
    world.call(state, Fault.LIMITED)
    assert state.keys[0].until - world.now == pytest.approx(1)


def test_a_refused_key_is_refused_at_every_target_of_its_vendor_and_nowhere_else(world: World) -> None:
    one, other, elsewhere = world.target("v/m"), world.target("v/n"), world.target("w/m")
    world.call(one, Fault.CREDENTIALS)
    free = world.now + REFUSED_SECONDS
    assert [state.keys[0].free_at() for state in (one, other, elsewhere)] == [free, free, 0.0]
    assert other.keys[1].free_at() == 0.0


def test_a_key_that_may_not_use_a_model_may_still_use_others(world: World) -> None:
    one, other = world.target("v/m"), world.target("v/n")
    world.call(one, Fault.FORBIDDEN)
    assert one.keys[0].free_at() > world.now and other.keys[0].free_at() == 0.0


def test_a_new_key_does_not_wait_for_an_old_one(world: World) -> None:
    state = world.target(keys=KEYS[:1])
    world.call(state, Fault.CREDENTIALS)
    assert state.open
    again = world.target(keys=KEYS[1:])
    assert again is state and not state.open
    assert world.target(keys=KEYS[:1]).open, "the old one is still refused"


def test_a_target_is_skipped_before_its_vendor_has_to_refuse(world: World) -> None:
    state = world.target(keys=KEYS[:1])
    (key,) = state.keys
    world.health.quota(state, key, Quota(2, 30.0))
    world.health.took(state, key)
    assert not state.open
    world.health.took(state, key)
    assert state.open and state.reason == "its vendor has nothing left for this key, 30 s to wait"
    world.now += 31
    world.health.refresh()
    assert not state.open and key.left is None


def slowly(world: World, *states: TargetState, whole: bool = False, seconds: float = 1.5) -> None:
    """Calls that have no content for so long."""
    world.health.sweep()
    for number in range(1000, 1000 + FAILURES_IN_A_ROW):
        for state in states:
            state.began(number, world.now, state.wholes if whole else state.streams)
    world.now += seconds
    world.health.sweep()


def test_a_slow_target_is_told_by_its_peers_while_calls_still_wait(world: World) -> None:
    states = [world.target(name) for name in ("a/m", "b/m", "c/m", "x/other")]
    for state in states:
        for _ in range(20):
            world.call(state)
    slowly(world, states[0])
    assert [state.open for state in states] == [True, False, False, False]


def test_where_all_that_have_something_to_do_are_late_it_is_the_calls(world: World) -> None:
    states = [world.target(name) for name in ("a/m", "b/m", "c/m")]
    for state in states:
        for _ in range(20):
            world.call(state)
    slowly(world, states[0], states[1])
    assert not any(state.open for state in states)


def test_a_target_without_peers_is_compared_with_what_is_usual_for_it_but_not_by_whole_answers(
    world: World,
) -> None:
    state = world.target()
    for _ in range(20):
        world.call(state)
    slowly(world, state, whole=True, seconds=9.0)
    slowly(world, state, seconds=2.9)
    assert not state.open
    slowly(world, state, seconds=3.1)
    assert state.open


def test_what_a_reload_leaves_out_is_forgotten(world: World) -> None:
    world.breaks(world.target())
    world.health.keep(["v/n"])
    assert list(world.health.targets) == [] and world.health.view("v/m") is UNKNOWN


def test_names_that_callers_invent_are_remembered_within_bounds(world: World) -> None:
    for number in range(5000):
        world.health.target(f"v/{number}", ("v", "v/*"), KEYS[:1], declared=False)
    assert len(list(world.health.targets)) == 4096


def test_where_nothing_is_to_be_set_aside_nothing_is(world: World) -> None:
    world.health.watchful = False
    state = world.target()
    for fault in Fault:
        for _ in range(20):
            world.call(state, fault)
    world.health.quota(state, state.keys[0], Quota(0, 9.0, 9.0))
    assert world.health.calm and not state.open


def test_without_keys_a_refusal_is_the_targets_own(world: World) -> None:
    one, other = world.target("v/m", ()), world.target("v/n", ())
    world.call(one, Fault.CREDENTIALS)
    assert one.open and not other.open


def test_what_is_kept_of_who_rests_is_forgotten_when_that_changes_or_may_have(world: World) -> None:
    state, mark = world.target(), object()
    kept = world.health.divisions
    kept[mark] = Division()
    world.breaks(state)
    assert not world.health.divisions
    world.health.refresh()
    world.health.divisions[mark] = Division()
    world.health.refresh()
    assert world.health.divisions, "nothing can have changed in the same moment"
    world.now += LOOK_SECONDS
    world.health.refresh()
    assert not world.health.divisions


@pytest.mark.parametrize(("asked", "kept"), [(3.0, 3.0), (600.0, LONGEST_OPEN)])
def test_a_vendor_that_has_too_much_to_do_is_left_alone_for_as_long_as_it_says_and_no_longer_than_ten_seconds(
    world: World, asked: float, kept: float
) -> None:
    state = world.target(keys=KEYS[:1])
    world.call(state, Fault.BROKEN, wait=asked)
    assert world.health.view("v/m").limited
    assert state.keys[0].free_at() == pytest.approx(world.now + kept)
    assert state.breaker.circuit is Circuit.CLOSED
