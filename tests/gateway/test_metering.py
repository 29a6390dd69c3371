"""A reservation leaves a row for a refusal before any attempt, and for nothing else."""

import asyncio
from contextlib import nullcontext

import pytest

from gateway.errors import BadRequest
from tests.gateway.road import WHO, Answer, Caller, Road

ENDS = {
    "a refusal": (BadRequest("no"), 0, 1),
    "a refusal after an attempt": (BadRequest("no"), 1, 0),
    "the caller left": (asyncio.CancelledError(), 0, 0),
    "a fault of ours": (ZeroDivisionError(), 0, 0),
    "an answer": (None, 1, 0),
}


@pytest.mark.parametrize(("error", "attempts", "rows"), ENDS.values(), ids=ENDS.keys())
async def test_what_each_end_leaves(error: BaseException | None, attempts: int, rows: int) -> None:
    road = Road({"one": [Answer()]})
    call = road.call()
    reservation = await road.services.ledger.reserve(WHO, call)
    with nullcontext() if error is None else pytest.raises(type(error)), reservation:
        call.attempts = attempts
        if error is not None:
            raise error
    assert len(road.rows) == rows


async def test_a_name_that_a_caller_made_long_is_cut() -> None:
    road = Road({"one": [Answer()]})
    with pytest.raises(BadRequest), await road.services.ledger.reserve(WHO, road.call(model="x" * 5000)):
        raise BadRequest("no")
    assert len(road.rows[0].model_asked) == 200


async def test_nothing_is_put_between_the_road_and_its_caller_while_nothing_is_counted() -> None:
    road = Road({"one": [Answer()]})
    caller = Caller(road.log)
    reservation = await road.services.ledger.reserve(WHO, road.call())
    assert reservation.noting(caller) is caller
