"""Every fault has its rule."""

from typing import get_args

import pytest

from routing.faults import RULES, Blame, Fault, Move


def test_the_table_is_whole() -> None:
    assert set(RULES) == set(Fault)
    assert {rule.move for rule in RULES.values()} == set(get_args(Move))
    assert {rule.blame for rule in RULES.values()} == set(get_args(Blame))


@pytest.mark.parametrize("fault", [Fault.REQUEST, Fault.TOO_LONG, Fault.CONTENT], ids=str)
def test_what_the_caller_asked_is_never_held_against_a_target(fault: Fault) -> None:
    assert RULES[fault].blame == "alive" and not RULES[fault].again


@pytest.mark.parametrize("fault", [Fault.CREDENTIALS, Fault.FORBIDDEN, Fault.LIMITED], ids=str)
def test_what_another_key_may_do_better_is_tried_by_another_key(fault: Fault) -> None:
    assert RULES[fault][:2] == ("key", "key")
