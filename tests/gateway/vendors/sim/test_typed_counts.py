"""The simulator counts what it would bill, and bills nothing for it."""

import pytest

from config.kinds import Operation
from dialects.usage import Usage
from gateway.formats import COUNTED
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Stamp
from gateway.vendors.sim.typed import TypedRequest
from gateway.vendors.sim.typed_counts import CountRequest

STAMP = Stamp("1", 1)
BODY = b'{"model":"small","max_tokens":9,"messages":[{"role":"user","content":"Hello, you there"}]}'
MESSAGES = COUNTED[Operation.COUNT_MESSAGES]


def test_the_count_is_what_an_answer_is_billed_for_as_input() -> None:
    counted = CountRequest(MESSAGES, BODY).reply(Behaviour(), 0, STAMP)
    answered = TypedRequest(MESSAGES.dialect, BODY).reply(Behaviour(), 0, STAMP)
    assert MESSAGES.read_answer(counted.whole()) == answered.usage.input
    assert (counted.usage, list(counted.events())) == (Usage(), [])


def test_what_is_no_request_is_refused_with_its_place() -> None:
    with pytest.raises(Refused) as refused:
        CountRequest(MESSAGES, b'{"model":"small","messages":7}')
    assert (refused.value.status, refused.value.param) == (400, "messages")
