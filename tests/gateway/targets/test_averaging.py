"""Each call is counted once by whoever hears of it, and what cannot be read is passed over."""

from config.catalog import Secret
from gateway.clock import Clock
from gateway.targets.averaging import MOST, Averaging, pairs
from gateway.targets.health import Health
from routing.target import TargetState


class Process:
    def __init__(self, name: str, *targets: str) -> None:
        self.health = Health(Clock(lambda: 0, lambda: 0.0, lambda: 0.0))
        self.averaging = Averaging(self.health, name)
        self.name = name.encode()
        for target in targets:
            self.state(target)

    def state(self, target: str = "v/m") -> TargetState:
        return self.health.target(target, ("v", "m"), [Secret("sk-1", "test")], declared=True)

    def call(self, tokens: int, target: str = "v/m") -> None:
        state = self.state(target)
        state.good(0.0, 1.0)
        state.wrote(100.0, tokens, 0.0)

    def hears(self, *others: "Process") -> None:
        self.averaging.hear((each.name, each.averaging.said()) for each in (self, *others))


def test_a_call_is_taken_over_once_and_never_comes_back() -> None:
    one, other = Process("one", "v/m"), Process("other", "v/m")
    one.call(100)
    other.hears(one)
    assert other.state().output_tokens == 100
    assert other.averaging.said() == b"{}", "what it has heard is not its own to tell"
    other.call(300)
    after = other.state().output_tokens
    assert 100 < after < 300
    other.hears(one)
    assert other.state().output_tokens == after
    one.hears(other)
    assert 100 < one.state().output_tokens < 300


def test_processes_that_tell_one_another_come_to_know_nearly_the_same() -> None:
    one, other = Process("one", "v/m"), Process("other", "v/m")
    for _ in range(40):
        one.call(100)
        other.call(300)
        one.hears(other)
        other.hears(one)
    found = sorted([one.state().output_tokens, other.state().output_tokens])
    assert 150 < found[0] <= found[1] < 250, "each alone would say 100 and 300"


def test_what_is_unknown_here_or_cannot_be_read_is_passed_over() -> None:
    one, other = Process("one", "v/m"), Process("other")
    one.call(100)
    other.hears(one)
    assert not list(other.health.targets)
    one.averaging.hear([(b"odd", b"{"), (b"odder", b'{"v/m": 7}')])
    assert one.state().output_tokens == 100


def test_who_is_gone_is_forgotten_and_counts_anew_when_it_is_back() -> None:
    one, other = Process("one", "v/m"), Process("other", "v/m")
    one.call(100)
    other.hears(one)
    other.averaging.forget([b"one"])
    one.call(200)
    other.hears(one)
    assert 100 < other.state().output_tokens < 200


def test_no_more_targets_are_told_of_than_others_want_to_read() -> None:
    names = [f"v/{number}" for number in range(MOST + 5)]
    one = Process("one", *names)
    for name in names:
        one.call(10, name)
    one.call(10, "v/0")
    assert one.averaging.said().count(b'"v/') == MOST and b'"v/0"' in one.averaging.said()


def test_a_reply_is_read_in_either_form() -> None:
    assert list(pairs([b"a", b"1"])) == list(pairs({b"a": b"1"})) == [(b"a", b"1")]
