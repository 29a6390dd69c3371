"""Which calls are an agent's."""

from types import SimpleNamespace

import pytest

from config.kinds import Operation
from dialects.dialect import Asked
from gateway.agents.answering import Answering, _request_key
from gateway.errors import BadRequest
from tests.gateway.agents.test_desk import CALLER


async def nobody(call):
    return CALLER


def call(model: str, operation: Operation):
    deployment = SimpleNamespace(catalog=SimpleNamespace(agents={}, agent_labels={}))
    headers = [(b"x", b"1"), (b"idempotency-key", b"once")]
    return SimpleNamespace(asked=Asked(model), operation=operation, deployment=deployment, headers=headers)


async def test_only_two_faces_speak_of_agents():
    services = SimpleNamespace(keys=SimpleNamespace(identify=nobody))
    with pytest.raises(BadRequest, match="/v1/responses"):
        await Answering(None, None)(call("agent:desk", Operation.MESSAGES), services, None)


async def test_every_other_call_goes_down_the_road():
    going = Answering(None, None)(call("fast", Operation.CHAT), SimpleNamespace(), None)
    assert going.__qualname__ == "answer"
    going.close()


def test_a_request_has_the_key_that_its_caller_gave_it():
    assert _request_key(call("agent:desk", Operation.CHAT)) == "once"
