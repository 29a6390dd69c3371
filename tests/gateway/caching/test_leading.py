"""Who leads is found by what it asks, until it is over; who may not be joined is not found."""

from typing import cast

import msgspec

from caching.controls import NOTHING_SAID
from caching.replaying import Form
from config.caching import CachePolicy
from config.kinds import Operation
from gateway.caching.leading import Leading
from gateway.caching.sought import Sought
from gateway.call import Cleared
from tests.gateway.road import WHO, Answer, Road

ROAD = Road({"one": [Answer()]})
FORM = Form(Operation.CHAT, False, False)


def sought(name: str, **policy: bool) -> Sought:
    call = msgspec.structs.replace(ROAD.call(), id=name)
    rules = CachePolicy(exact=60.0, **policy)  # type: ignore[arg-type]
    return Sought(Cleared(call, WHO, call.body), rules, NOTHING_SAID, b"print", FORM, None)


def test_the_first_of_equal_calls_is_joined_until_it_has_ended() -> None:
    leading, first, second = Leading(), sought("a"), sought("b")
    flight = leading.lead(first)
    assert leading.lead(first) is flight
    assert leading.lead(second) is not flight
    assert leading.joinable(b"print") == (first, flight)
    assert leading.take("a") is first
    assert leading.take("a") is None
    leading.end(second)
    assert leading.leads(b"print")
    leading.end(first)
    assert not leading.leads(b"print")
    assert cast(object, first.flight) is None


def test_a_call_that_steps_back_keeps_nothing() -> None:
    leading, first = Leading(), sought("a")
    leading.lead(first)
    leading.step_back(first)
    assert leading.take("a") is None
    assert leading.joinable(b"print") is None


def test_without_single_flight_nobody_is_joined() -> None:
    leading, alone = Leading(), sought("a", single_flight=False)
    leading.lead(alone)
    assert leading.joinable(b"print") is None
    assert leading.take("a") is alone


def test_an_answer_longer_than_the_bound_cannot_be_joined_any_more() -> None:
    leading, first = Leading(), sought("a")
    leading.bound = 3
    leading.lead(first).begin(b"four", b"", False)
    assert leading.joinable(b"print") is None


def test_those_whom_it_cannot_take_share_the_next_one() -> None:
    leading, first, second, third = Leading(), sought("a"), sought("b"), sought("c")
    leading.bound = 3
    leading.lead(first).begin(b"four", b"", False)
    flight = leading.lead(second)
    leading.lead(third)
    assert leading.joinable(b"print") == (second, flight)
    leading.end(first)
    assert leading.joinable(b"print") == (second, flight)


def test_the_next_one_leads_when_nobody_may_join_the_first() -> None:
    leading, first, second = Leading(), sought("a"), sought("b")
    flight = leading.lead(first)
    leading.close(first)
    leading.lead(second)
    assert leading.joinable(b"print") == (second, second.flight)
    assert first.flight is flight
