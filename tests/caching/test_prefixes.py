"""What came again in time is expected to; what is new is judged by its kind; nothing grows without bound."""

import pytest

from caching.prefixes import TTL_SECONDS, Prefixes, break_even


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_never_seen_again_is_not_expected_to_be() -> None:
    prefixes = Prefixes(Clock())
    assert {prefixes.use("system", b"%d" % number) for number in range(100)} == {0.0}


def test_what_comes_again_and_again_is_expected_to() -> None:
    prefixes = Prefixes(Clock())
    chances = [prefixes.use("system", b"a") for _ in range(30)]
    assert chances[0] == 0
    assert chances == sorted(chances)
    assert chances[-1] > 0.9


def test_what_comes_too_late_counts_as_not_coming() -> None:
    clock = Clock()
    prefixes = Prefixes(clock)
    for _ in range(30):
        chance = prefixes.use("system", b"a")
        clock.now += TTL_SECONDS + 1
    assert chance == 0
    assert not prefixes.knows(b"a")


def test_a_new_one_is_judged_by_its_kind() -> None:
    prefixes = Prefixes(Clock())
    for number in range(20):
        prefixes.use("history", b"%d" % number)
        prefixes.came_again(b"%d" % number)
        prefixes.came_again(b"%d" % number)  # counts once for each use
    assert prefixes.use("history", b"new") == 1.0
    assert prefixes.use("opening", b"other") == 0.0


def test_it_remembers_no_more_than_it_may() -> None:
    prefixes = Prefixes(Clock())
    for number in range(10_000):
        prefixes.use("history", b"%d" % number)
    assert len(prefixes._seen) == 8192
    assert not prefixes.knows(b"0")
    assert prefixes.knows(b"9999")


PRICES = [
    pytest.param((3.0, 3.75, 0.3), 0.2777, id="Anthropic's five minutes"),
    pytest.param((3.0, 3.0, 0.3), 0.0, id="writing costs nothing"),
    pytest.param((3.0, 3.75, 3.0), 1.0, id="reading saves nothing"),
    pytest.param((3.0, 6.0, 1.5), 2.0, id="never"),
]


@pytest.mark.parametrize(("prices", "chance"), PRICES)
def test_from_which_chance_it_pays(prices: tuple[float, float, float], chance: float) -> None:
    assert break_even(*prices) == pytest.approx(chance, abs=1e-3)
