"""A call says how often the web may be searched for it, or the usual is held."""

import pytest

from gateway.metering.estimating import demand, tariff_of
from gateway.metering.searching import UNTOLD, most_searches
from ledger.meters.tariff import Tariff
from ledger.money import MILLION, NANO, rates
from ledger.price import Price, Tier
from tests.gateway.limited import Limited
from tests.gateway.metering.test_estimating import HARD, allowance_of
from tests.gateway.road import Answer


@pytest.mark.parametrize(
    ("body", "most"),
    [
        (b'{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}]}', 3),
        (b'{"tools":[{"type":"web_search_20250305","max_uses":3},{"type":"web_search"}]}', 3 + UNTOLD),
        (b'{"tools":[{"type":"web_search_preview"}],"max_tool_calls":4}', 4),
        (b'{"tools":[{"type":"web_search"}],"max_tool_calls":400}', UNTOLD),
        (b'{"tools":[{"type":"web_search","max_uses":"x"}]}', UNTOLD),
        (b'{"web_search_options":{}}', UNTOLD),
        (b'{"tools":[{"type":"function","name":"web_search"}],"input":"web_search"}', 0),
        (b'{"web_search', UNTOLD),
    ],
    ids=lambda each: each if isinstance(each, int) else each[:60].decode(),
)
def test_how_often_the_web_may_be_searched(body: bytes, most: int) -> None:
    assert most_searches(body) == most


async def test_searches_are_held_beside_the_tokens_where_they_cost_something() -> None:
    road = Limited({"one": [Answer()]}, HARD)
    call = road.call()
    allowance = await allowance_of(road, call)
    tier = Tier(10, rates(2, 2))
    searched = Price(rates(1, 1), (tier,), per="search", amount=10 * NANO, every=1000)
    allowance.tariff = Tariff.of([Price(rates(1, 1)), searched])
    plain = demand(call, allowance)[1].cost
    for spelled in (b"web_search", b"web_\\u0073earch"):
        call.body = b'{"tools":[{"type":"%b","max_uses":3}]}' % spelled
        tariff = tariff_of(call.body, allowance)
        assert tariff.ceiling(1, 1) - allowance.tariff.ceiling(1, 1) == 3 * 10_000_000
        assert tariff.ceiling(99, 1) - allowance.tariff.ceiling(99, 1) == 3 * 10_000_000
        assert tariff.affordable(1, 3 * 10_000_000) == 0 < (tariff.affordable(1, 31_000_000) or 0)
        assert demand(call, allowance)[1].cost > plain + 29_000_000
    call.body = b'{"messages":[{"content":"web_search"}]}'
    assert tariff_of(call.body, allowance).call == 0
    allowance.tariff = Tariff.of([Price(rates(1, 1))])
    call.body = b'{"tools":[{"type":"web_search"}]}'
    assert tariff_of(call.body, allowance) is allowance.tariff


def test_what_is_held_for_searches_is_no_part_of_what_tokens_cost() -> None:
    price = Price(rates(5, 7, call=MILLION)).with_call(3 * MILLION)
    assert price.base.call == 4 * MILLION and (price.base.input, price.base.output) == (5, 7)
