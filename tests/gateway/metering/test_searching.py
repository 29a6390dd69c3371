"""A call says how often the web may be searched for it, or the usual is held."""

import pytest
from msgspec import structs

from dialects.usage import Searches
from gateway.metering.estimating import demand, tariff_of
from gateway.metering.searching import UNTOLD, may_search, most_searches
from ledger.meters.tariff import Tariff
from ledger.money import MILLION, NANO, rates
from ledger.price import Price, Tier
from tests.gateway.limited import Limited
from tests.gateway.metering.test_estimating import HARD, allowance_of
from tests.gateway.road import Answer


@pytest.mark.parametrize(
    ("body", "most"),
    [
        (b'{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}]}', Searches(3)),
        (
            b'{"tools":[{"type":"web_search_20250305","max_uses":3},{"type":"web_search"}]}',
            Searches(3 + UNTOLD),
        ),
        (b'{"tools":[{"type":"web_search_preview"}],"max_tool_calls":4}', Searches(0, 0, 4)),
        (b'{"tools":[{"type":"web_search"},{"type":"file_search"}],"max_tool_calls":4}', Searches(4, 4)),
        (b'{"tools":[{"type":"file_search","vector_store_ids":["v"]}]}', Searches(0, UNTOLD)),
        (b'{"tools":[{"googleSearch":{}}]}', Searches(UNTOLD)),
        (b'{"tools":[{"functionDeclarations":[]},{"google_search_retrieval":{}}]}', Searches(UNTOLD)),
        (b'{"tools":[{"type":"web_search"}],"max_tool_calls":400}', Searches(UNTOLD)),
        (b'{"tools":[{"type":"web_search","max_uses":"x"}]}', Searches(UNTOLD)),
        (b'{"web_search_options":{}}', Searches(UNTOLD)),
        (b'{"tools":[{"type":"function","name":"web_search"}],"input":"web_search"}', Searches()),
        (b'{"web_search', Searches(UNTOLD, UNTOLD)),
    ],
    ids=lambda each: "" if isinstance(each, Searches) else each[:60].decode(),
)
def test_how_often_a_vendor_may_search(body: bytes, most: Searches) -> None:
    assert (may_search(body), most_searches(body)) == (True, most)


async def test_searches_are_held_beside_the_tokens_where_they_cost_something() -> None:
    road = Limited({"one": [Answer()]}, HARD)
    call = road.call()
    allowance = await allowance_of(road, call)
    tier = Tier(10, rates(2, 2))
    searched = Price(rates(1, 1), (tier,), per="search", amount=10 * NANO, every=1000)
    allowance.tariff = Tariff.of([Price(rates(1, 1)), searched])
    plain = demand(call, allowance)[1].cost
    priced = allowance.tariff.prices
    assert [each.searching(Searches(3, 2)) for each in priced] == [0, 30_000_000]
    both = structs.replace(priced[1], files=5 * NANO // 2, once=True)
    assert both.searching(Searches(3, 2)) == 10_000_000 + 5_000_000
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
