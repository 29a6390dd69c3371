"""Which requests are struck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim.behaviour import Fault
from gateway.vendors.sim.schedule import draw, strike


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        pytest.param(Fault("refuse"), [1, 2, 3, 4, 5, 6], id="always"),
        pytest.param(Fault("refuse", first=2), [1, 2], id="the first two"),
        pytest.param(Fault("refuse", every=3), [3, 6], id="every third"),
        pytest.param(Fault("refuse", every=2, first=4), [2, 4], id="every second of the first four"),
        pytest.param(Fault("refuse", probability=0.0), [], id="never"),
        pytest.param(Fault("refuse", probability=1.0), [1, 2, 3, 4, 5, 6], id="surely"),
        pytest.param(Fault("refuse", models=("large",)), [], id="another model"),
    ],
)
def test_a_schedule_strikes_its_requests(fault: Fault, struck: list[int]) -> None:
    assert [n for n in range(1, 7) if strike((fault,), "small", n, seed=0)] == struck


@given(st.integers(0, 2**64), st.integers(0, 2**40))
def test_a_draw_is_the_same_for_the_same_seed_and_within_its_range(seed: int, number: int) -> None:
    assert draw(seed, number) == draw(seed, number)
    assert 0 <= draw(seed, number) < 1


@given(st.integers(0, 1000))
def test_probabilities_of_a_list_add_up_and_never_overlap(seed: int) -> None:
    mix = (Fault("refuse", probability=0.3), Fault("status", probability=0.7))
    assert all(strike(mix, "small", number, seed) is not None for number in range(1, 50))


def test_a_probability_is_kept_over_many_requests() -> None:
    mix = (Fault("refuse", probability=0.1), Fault("status", probability=0.2))
    kinds = [fault.kind for n in range(10_000) if (fault := strike(mix, "small", n, seed=3))]
    assert 900 < kinds.count("refuse") < 1100
    assert 1850 < kinds.count("status") < 2150


def test_of_several_faults_that_are_due_the_first_strikes() -> None:
    mix = (Fault("refuse", every=2), Fault("status"))
    assert [fault.kind for n in (1, 2) if (fault := strike(mix, "small", n, seed=0))] == ["status", "refuse"]


def test_a_fault_may_strike_those_alone_who_bring_a_key() -> None:
    faults = (Fault("status", status=401, keys=("sk-dead",)),)
    assert [strike(faults, "small", 1, 0, key) is None for key in ("sk-dead", "sk-well", "")] == [
        False,
        True,
        True,
    ]
