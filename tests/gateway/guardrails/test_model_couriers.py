"""A question to a model of the gateway; that it is asked whole, and paid for, is in the journeys."""

import pytest

from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.errors import GatewayError
from gateway.guardrails.model_couriers import TAG, ModelCourier
from tests.gateway.road import WHO, Answer, Road

QUESTION = b'{"model":"fast","messages":[{"role":"user","content":"x"}]}'
FACTS = GuardFacts("doctor", "judge", model="fast", question="?")


async def test_an_answer_comes_whole_and_its_row_has_the_guards_name() -> None:
    road = Road({"one": [Answer([b'{"choices":[{}]}'])]})
    errand = Errand(road.call(), WHO)
    assert await ModelCourier(lambda: road.services).ask(FACTS, QUESTION, errand) == b'{"choices":[{}]}'
    [row] = road.rows
    assert f'"{TAG}":"doctor"' in row.tags and row.attempt_id != "req_1.1"


async def test_an_error_is_the_roads() -> None:
    road = Road({"one": [Answer(status=500)]})
    with pytest.raises(GatewayError):
        await ModelCourier(lambda: road.services).ask(FACTS, QUESTION, Errand(road.call(), WHO))
