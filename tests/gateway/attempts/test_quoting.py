"""What is billed is the price of the tier that served a call, where that has one of its own."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from config.catalog import PriceOverride, Settings, Vendor
from config.kinds import Operation, VendorKind
from dialects.dialect import Dialect
from dialects.usage import Told, Usage
from gateway.attempts.quoting import by_tier, quoted, served
from gateway.deployment import Line
from gateway.formats import SPOKEN
from ledger.money import NANO, rates
from ledger.price import as_told
from ledger.prices import FREE, Price, PriceBook, Quote, compile_prices
from tests.gateway.road import COST, COUNTED, DONE, HELLO, ROLE, STOP, WHOLE, Caller, Road, Step, streams

STANDARD = Quote(Price(rates(1, 2)), True)
PRIORITY = Quote(Price(rates(2, 4)), True)
TIERS = {"priority": PRIORITY}
OPENAI = Vendor("openai", VendorKind("openai", "O", prices="openai"), "http://x", None)


def book(*overrides: PriceOverride) -> PriceBook:
    return compile_prices(overrides, {}, datetime(2026, 11, 23, 12, tzinfo=UTC))


def answered(header: bytes | None = None) -> Any:
    return SimpleNamespace(header=lambda name: header if name == b"x-gemini-service-tier" else None)


@pytest.mark.parametrize(
    ("told", "header", "quote"),
    [
        ("priority", None, PRIORITY),
        ("scale", None, None),
        ("default", b"priority", None),
        (None, b"priority", PRIORITY),
        (None, b"PRIORITY", PRIORITY),
        (None, None, None),
        ([], None, None),
        ({"type": "priority"}, None, None),
    ],
    ids=[
        "told",
        "of no price",
        "the answer says more",
        "in a header",
        "in capitals",
        "untold",
        "odd",
        "odd too",
    ],
)
def test_the_tier_is_what_the_vendor_says(told: Any, header: bytes | None, quote: Quote | None) -> None:
    assert served(TIERS, told, answered(header)) == quote
    assert served(TIERS, None, None) is None


def test_tiers_are_those_of_the_public_list() -> None:
    tiers = by_tier(book(), OPENAI, "gpt-5")
    standard = quoted(Settings(), book(), OPENAI, "gpt-5")
    assert standard is not None
    assert tiers["priority"].price.base.output == 2 * standard.price.base.output
    assert tiers["flex"].price.base.output * 2 == standard.price.base.output
    assert "default" not in tiers


def test_a_price_of_the_operators_is_that_of_every_tier() -> None:
    assert not by_tier(book(PriceOverride("openai/*", NANO, NANO)), OPENAI, "gpt-5")


def test_what_no_list_prices_is_free_only_by_the_rule() -> None:
    unknown = Vendor("x", VendorKind("x", "X"), "http://x", None)
    assert quoted(Settings(unpriced="deny"), book(), unknown, "m") is None
    assert quoted(Settings(unpriced="allow"), book(), unknown, "m") == Quote(FREE, priced=False)
    assert not by_tier(book(), unknown, "m")


DEARER = Quote(Price(rates(5 * NANO, 7 * NANO)), True)
TIER = b'"service_tier":"priority",'
SERVED = {
    "a whole answer": ([WHOLE.replace(b'"usage"', TIER + b'"usage"')], True),
    "a stream that tells it everywhere": (
        [each.replace(b'"choices"', TIER + b'"choices"') for each in (ROLE, HELLO, STOP, COUNTED)] + [DONE],
        True,
    ),
    "a stream that tells it once": (
        [ROLE, HELLO.replace(b'"choices"', TIER + b'"choices"'), STOP, COUNTED, DONE],
        True,
    ),
    "another tier": ([WHOLE.replace(b'"usage"', b'"service_tier":"scale","usage"')], False),
    "the standard one": ([WHOLE.replace(b'"usage"', b'"service_tier":"default","usage"')], False),
    "what is no tier": ([WHOLE.replace(b'"usage"', b'"service_tier":[7],"usage"')], False),
    "none": ([WHOLE], False),
}


@pytest.mark.parametrize(("steps", "dearer"), SERVED.values(), ids=SERVED.keys())
async def test_a_call_is_billed_at_the_price_of_the_tier_that_served_it(
    steps: list[Step], dearer: bool
) -> None:
    road = Road({"one": [streams(*steps)]})
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    lines["one/m"] = replace(lines["one/m"], tiers={"priority": DEARER})
    await road.run(Caller(road.log), road.call(stream=len(steps) > 1))
    assert [(row.usage, row.cost) for row in road.rows] == [
        (Usage(100, 10), 100 * 5000 + 10 * 7000 if dearer else COST)
    ]


SEARCHED = b'"usage":{"input_tokens":100,"output_tokens":10,"server_tool_use":{"web_search_requests":3}}'
SEARCHES = {
    "whole": (b'{"content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",%b}' % SEARCHED,),
    "streamed": (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"m"}}\n\n',
        b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
        b'"content_block":{"type":"text","text":"Hello"}}\n\n',
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},%b}\n\n'
        % SEARCHED,
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ),
}
MESSAGES = VendorKind("messages", "M", paths={Operation.MESSAGES: "/v1/messages"}, key_required=False)
RESPONSES = VendorKind("responses", "R", paths={Operation.RESPONSES: "/responses"}, key_required=False)
_ITEMS = b"".join(
    b'{"type":"web_search_call","id":"w","status":"completed"%b},' % action
    for action in (
        b',"action":{"type":"search","query":"q"}',
        b',"action":{"type":"open_page","url":"u"}',
        b',"action":{"type":"search"}',
        b',"action":{"type":"find_in_page"}',
        b"",
    )
)
RESPONSE = (
    b'{"id":"r","status":"completed","output":[%b{"type":"message","content":[{"type":"output_text",'
    b'"text":"Hello"}]}],"usage":{"input_tokens":100,"output_tokens":10}}' % _ITEMS
)
IN_RESPONSES = {
    "whole response": (RESPONSE,),
    "streamed response": (
        b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"Hello"}\n\n',
        b'event: response.completed\ndata: {"type":"response.completed","response":%b}\n\n' % RESPONSE,
    ),
}
SEARCHING = {
    **{name: (MESSAGES, steps) for name, steps in SEARCHES.items()},
    **{name: (RESPONSES, steps) for name, steps in IN_RESPONSES.items()},
}


@pytest.mark.parametrize("asked", [Operation.CHAT, Operation.RESPONSES], ids=str)
@pytest.mark.parametrize(("kind", "steps"), SEARCHING.values(), ids=SEARCHING.keys())
async def test_searches_of_the_web_are_billed_beside_tokens(
    kind: VendorKind, steps: tuple[bytes, ...], asked: Operation
) -> None:
    road = Road({"one": [streams(*steps)]}, kind=kind)
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    price = Price(rates(NANO, 2 * NANO), per="search", amount=10 * NANO, every=1000)
    lines["one/m"] = replace(lines["one/m"], quote=Quote(price, True))
    call = road.call(stream=len(steps) > 1)
    if asked is Operation.RESPONSES:  # so that nothing is translated
        call.operation, call.dialect = asked, cast(Dialect, SPOKEN[asked])
        call.body = call.body.replace(b'"messages":[]', b'"input":"Hi"')
        call.asked = call.dialect.peek(call.body)
    await road.run(Caller(road.log), call)
    assert [(row.units, row.unit) for row in road.rows] == [(3, "search")]
    assert road.rows[0].cost == 120_000 + 30_000_000


FAST = b'"usage":{"input_tokens":100,"output_tokens":10,%b}'


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (b'"speed":"fast"', "fast"),
        (b'"service_tier":"standard","inference_geo":"us"', " us"),
        (b'"service_tier":"priority","inference_geo":"us"', " us"),
        (b'"speed":"fast","inference_geo":"us"', "fast us"),
    ],
)
@pytest.mark.parametrize("steps", SEARCHES.values(), ids=SEARCHES.keys())
async def test_claude_in_a_hurry_or_at_a_place_is_billed_at_its_own_price(
    steps: tuple[bytes, ...], told: bytes, known: str
) -> None:
    served = (each.replace(SEARCHED, FAST % told) for each in steps)
    road = Road({"one": [streams(*served)]}, kind=MESSAGES)
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    lines["one/m"] = replace(lines["one/m"], tiers={known: DEARER})
    await road.run(Caller(road.log), road.call(stream=len(steps) > 1))
    assert [(row.usage, row.cost) for row in road.rows] == [(Usage(100, 10), 100 * 5000 + 10 * 7000)]


GEMINI = VendorKind(
    "gemini", "G", paths={Operation.GENERATE_CONTENT: "/{model}:generateContent"}, key_required=False
)
_USED = b'"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":10,"totalTokenCount":110}'
_SAID = b'"content":{"parts":[{"text":"Hello"}],"role":"model"}'
_ASKED = b'"groundingMetadata":{"webSearchQueries":["a",""%b]}'
GROUNDED = {
    "whole": (b'{"candidates":[{%b,%b,"finishReason":"STOP"}],%b}' % (_SAID, _ASKED % b',"b","c"', _USED),),
    "streamed, told in pieces and again": tuple(
        b"data: {%b}\n\n" % each
        for each in (
            b'"candidates":[{%b}],%b' % (_SAID, _USED),
            b'"candidates":[{%b,%b}],%b' % (_SAID, _ASKED % b',"b"', _USED),
            b'"candidates":[{%b,%b,"finishReason":"STOP"}]' % (_SAID, _ASKED % b',"b","c"'),
        )
    ),
}
FILES = b'{"type":"file_search_call","id":"f","status":"completed","queries":["q"]},'
SEARCHED_FILES = {
    name: tuple(each.replace(b'"output":[', b'"output":[' + FILES * 2) for each in steps)
    for name, steps in IN_RESPONSES.items()
}
OLDER = {
    name: tuple(
        each.replace(b'"usage":', b'"tools":[{"type":"web_search_preview"}],"usage":') for each in steps
    )
    for name, steps in IN_RESPONSES.items()
}


@pytest.mark.parametrize(
    ("kind", "steps", "searches", "nano"),
    [
        *((GEMINI, steps, 3, 30_000_000) for steps in GROUNDED.values()),
        *((RESPONSES, steps, 5, 35_000_000) for steps in SEARCHED_FILES.values()),
        *((RESPONSES, steps, 3, 75_000_000) for steps in OLDER.values()),
    ],
    ids=[*GROUNDED, *SEARCHED_FILES, *(f"{name}, with the older tool" for name in OLDER)],
)
async def test_searches_of_google_and_of_files_are_billed_too(
    kind: VendorKind, steps: tuple[bytes, ...], searches: int, nano: int
) -> None:
    road = Road({"one": [streams(*steps)]}, kind=kind)
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    price = Price(
        rates(NANO, 2 * NANO),
        per="search",
        amount=10 * NANO,
        every=1000,
        files=NANO * 5 // 2,
        older=25 * NANO,
    )
    lines["one/m"] = replace(lines["one/m"], quote=Quote(price, True))
    await road.run(Caller(road.log), road.call(stream=len(steps) > 1))
    assert [(row.units, row.unit, row.cost) for row in road.rows] == [(searches, "search", 120_000 + nano)]


ROUTER = Vendor(
    "router", VendorKind("openrouter", "R", prices="openrouter", tells_cost=True), "http://x", None
)


def test_a_vendor_that_says_what_it_takes_is_believed() -> None:
    used = Usage(input=1_000_000)
    found = quoted(Settings(), book(), ROUTER, "openai/gpt-4o")
    assert found is not None
    assert found.price.cost(Told.of(used, 7)) == 7
    assert found.price.cost_of(Told.of(used, 7), 3, "search") == 7  # which says all of it
    assert found.price.cost(used) == found.price.ceiling(1_000_000, 0) > 7  # where it does not say
    own = quoted(Settings(), book(PriceOverride("router/openai/gpt-4o", 3, 4)), ROUTER, "openai/gpt-4o")
    assert own is not None and own.price.cost(Told.of(used, 7)) == 3
    other = quoted(Settings(), book(), OPENAI, "gpt-4o")
    assert other is not None and other.price.cost(Told.of(used, 7)) == other.price.cost(used)


def test_what_a_vendor_says_that_it_takes_is_of_the_counts_that_it_says() -> None:
    price, told = as_told(DEARER.price), Told.of(Usage(100, 10), 7)
    assert (price.cost(told), price.told(told), DEARER.price.told(told)) == (7, True, False)
    more = structs.replace(told, output=11)  # counted here, because its stream broke
    assert (price.cost(more), price.told(more)) == (100 * 5000 + 11 * 7000, False)


COSTS = b'"cost":0.25,"prompt_tokens"'


@pytest.mark.parametrize(
    "steps",
    [
        [WHOLE.replace(b'"prompt_tokens"', COSTS)],
        [ROLE, HELLO, STOP, COUNTED.replace(b'"prompt_tokens"', COSTS), DONE],
    ],
    ids=["whole", "streamed"],
)
async def test_a_call_costs_what_its_vendor_says_that_it_takes(steps: list[Step]) -> None:
    road = Road({"one": [streams(*steps)]})
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    lines["one/m"] = replace(lines["one/m"], quote=Quote(as_told(DEARER.price), True))
    await road.run(Caller(road.log), road.call(stream=len(steps) > 1))
    assert [(row.usage.input, row.cost, row.estimated) for row in road.rows] == [(100, NANO // 4, False)]
