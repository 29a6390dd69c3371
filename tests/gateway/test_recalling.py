"""Without a store nothing is remembered, and nothing stands in the answer's way."""

from gateway.call import Cleared
from gateway.recalling import Recalling
from tests.gateway.road import WHO, Answer, Caller, Road


async def test_without_a_store_every_call_goes_on() -> None:
    road = Road({"one": [Answer()]})
    call, caller = road.call(), Caller(road.log)
    cleared = Cleared(call, WHO, call.body)
    assert await Recalling().recall(cleared, caller) is False
    assert Recalling().remember(cleared, caller) is caller
    assert road.log == []
