"""Bounds hold whatever a request turns out to be; estimates follow what was seen."""

from dataclasses import replace
from typing import cast

import pytest
from msgspec.structs import astuple
from msgspec.structs import replace as replace_fields

from config.catalog import TeamFacts
from config.kinds import Operation
from config.limit import NOTHING, Amounts, Limit
from dialects.dialect import Asked
from gateway.call import Call
from gateway.deployment import Line
from gateway.metering.allowances import Allowance
from gateway.metering.estimating import OVERHEAD, answers, closer, demand, input_bound, names_more, tariff_of
from ledger.meters.tariff import Tariff
from ledger.money import rates
from ledger.prices import Price, Quote
from tests.gateway.limited import Limited
from tests.gateway.road import Answer

HARD = Limit("spend", 10**12, "month", hard=True)


async def allowance_of(road: Limited, call: Call) -> Allowance:
    return await road.services.ledger.allowances.find(road.who, call.asked.model, call.deployment)


@pytest.mark.parametrize(
    ("operation", "body", "context", "bound"),
    [
        (Operation.CHAT, b"x" * 100, None, 100 + OVERHEAD),
        (Operation.CHAT, b"x" * 100, 300, 300),
        (Operation.CHAT, b'{"image_url":"https://x"}', 128_000, 128_000),
        (Operation.RESPONSES, b'{"previous_response_id":"r"}', None, 28 + OVERHEAD + 200_000),
        (Operation.GENERATE_CONTENT, b'{"fileUri":"gs://x"}', 1000, 1000),
        (Operation.EMBEDDINGS, b'{"input":"url"}', None, 15 + OVERHEAD),
        (Operation.MESSAGES, b'{"source":{"type":"base64"}}', 1000, 1000),
        (Operation.CHAT, b'{"file":{"file_data":"x"}}', 1000, 1000),
        (Operation.GENERATE_CONTENT, b'{"inlineData":{}}', 1000, 1000),
        (Operation.CONVERSE, b'{"source":{"bytes":"x"}}', 1000, 1000),
        (Operation.EMBEDDINGS, b'{"input":["%b","b","c"]}' % (b"a" * 2000), 1000, 2022 + OVERHEAD),
        (Operation.EMBEDDINGS, b'{"input":["a {video","an image"]}', 1000, 33 + OVERHEAD),
        (Operation.COHERE_EMBED, b'{"texts":["some images"]}', 1000, 25 + OVERHEAD),
        (Operation.COHERE_EMBED, b'{"images":["data:image/png;base64,AA=="]}', 1000, 2000),
        (Operation.EMBEDDINGS, b'{"input":"%b"}' % (b"a" * 2000), 1000, 1000),
        (Operation.EMBEDDINGS, b'{"input":[{"image":"https://x"},"b"]}', 1000, 2000),
        (Operation.EMBED_CONTENT, b'{"content":{"parts":[{"inlineData":{}}]}}', 1000, 1000),
        (Operation.COMPLETIONS, b'{"prompt":["%b","b"]}' % (b"a" * 1400), 1000, 1419 + OVERHEAD),
        (Operation.OLLAMA_CHAT, b'{"messages":[{"images":["AA=="]}]}', 1000, 1000),
        (Operation.CHAT, b'{"messages":[{"content":[{"ur\\u006c":"https://x"}]}]}', 1000, 1000),
    ],
    ids=["bytes", "the model's window", "a picture by address", "an earlier answer", "a file", "only text"]
    + ["a document", "a file inside", "a recording", "a picture's bytes", "several texts", "a text's words"]
    + ["its last word", "pictures alone", "one long text", "a picture to embed", "bytes to embed"]
    + ["several prompts", "Ollama's picture", "a name in escapes"],
)
def test_the_bound_of_an_input(operation: Operation, body: bytes, context: int | None, bound: int) -> None:
    assert input_bound(body, operation, context) == bound


@pytest.mark.parametrize(
    ("operation", "body", "count"),
    [
        (Operation.CHAT, b'{"prompt":["a","b"]}', 3),
        (Operation.COMPLETIONS, b'{"prompt":"a"}', 3),
        (Operation.COMPLETIONS, b'{"prompt":["a","b"]}', 6),
        (Operation.COMPLETIONS, b'{"prompt":[1,2,3,4]}', 3),
        (Operation.COMPLETIONS, b'{"prompt":[[1,2],[3]]}', 6),
        (Operation.COMPLETIONS, b"{}", 3),
        (Operation.COMPLETIONS, b'{"prompt":"a","best_of":20}', 20),
        (Operation.COMPLETIONS, b'{"prompt":["a","b"],"best_of":20}', 40),
        (Operation.COMPLETIONS, b'{"prompt":"a","best_of":2}', 3),
        (Operation.COMPLETIONS, b'{"prompt":"a","best_of":"x"}', 3),
    ],
)
def test_how_many_answers_are_asked_for(operation: Operation, body: bytes, count: int) -> None:
    call = Limited({"one": [Answer()]}).call()
    call.operation, call.body = operation, body
    call.asked = Asked("m", choices=3)
    assert answers(call) == count


async def test_a_count_says_nothing_of_what_a_body_only_names() -> None:
    road = Limited({"one": [Answer()]}, HARD)
    call = road.call()
    call.body += b'"image_url"'
    _, worst = closer(call, await allowance_of(road, call), 9)
    assert worst.input > 200_000


async def test_a_soft_limit_expects_and_a_hard_one_fears() -> None:
    road = Limited({"one": [Answer()]}, HARD, Limit("tokens", 10**9, "minute"))
    call = road.call()
    allowance = await allowance_of(road, call)
    likely, worst = demand(call, allowance)
    size = len(call.body) + OVERHEAD
    assert likely == Amounts(size, 1024, size * 1000 + 1024 * 2000)
    assert worst == Amounts(size, 16_384, size * 1000 + 16_384 * 2000)


@pytest.mark.parametrize(
    "less", [{"max_output": -(10**6)}, {"max_output": 0}, {"choices": -3}, {"choices": 0}]
)
@pytest.mark.parametrize("operation", [Operation.CHAT, Operation.COMPLETIONS])
async def test_less_than_nothing_is_held_for_as_if_it_were_not_said(
    operation: Operation, less: dict[str, int]
) -> None:
    road = Limited({"one": [Answer()]}, HARD, Limit("tokens", 10**9, "minute"))
    call = road.call()
    call.operation = operation
    allowance = await allowance_of(road, call)
    usual = demand(call, allowance), closer(call, allowance, 9)
    call.asked = replace_fields(call.asked, **less)
    assert (demand(call, allowance), closer(call, allowance, 9)) == usual


async def test_closer_is_never_more() -> None:
    road = Limited({"one": [Answer()]}, HARD)
    call = road.call()
    allowance = await allowance_of(road, call)
    quick, near = demand(call, allowance), closer(call, allowance, 9)
    for least, most in zip(map(astuple, near), map(astuple, quick), strict=True):
        assert all(a <= b for a, b in zip(least, most, strict=True))
    assert near[1] == Amounts(9, 16_384, 9 * 1000 + 16_384 * 2000)


async def test_who_has_no_limit_of_tokens_or_money_is_not_measured() -> None:
    road = Limited({"one": [Answer()]}, Limit("requests", 3, "minute"))
    call = road.call()
    assert demand(call, await allowance_of(road, call)) == (NOTHING, NOTHING)


async def test_a_budget_for_other_models_is_not_asked() -> None:
    road = Limited({"one": [Answer()]}, Limit("spend", 1, "month", models=("other",)))
    assert (await allowance_of(road, road.call())).parts == ()


def test_a_team_without_limits_has_none() -> None:
    assert TeamFacts("t", "o").limits == ()


FLEX, PRIORITY = Price(rates(1, 1)), Price(rates(9, 9))


@pytest.mark.parametrize(
    ("body", "dearest"),
    [
        (b'{"model":"m"}', 5),
        (b'{"service_tier":null}', 5),
        (b'{"service_tier":"default"}', 5),
        (b'{"service_tier":"flex"}', 5),
        (b'{"service_tier":"priority"}', 9),
        (b'{"service_tie\\u0072":"priority"}', 9),
        (b'{"speed":"priority"}', 9),
        (b'{"speed":"standard"}', 5),
        (b'{"speed":"of tomorrow","service_tier":"flex"}', 9),
        (b'{"service_tier":"auto"}', 9),
        (b'{"service_tier":"of tomorrow"}', 9),
        (b'{"service_tier":7}', 9),
        (b'{"serviceTier":"SERVICE_TIER_PRIORITY"}', 9),
        (b'{"serviceTier":"STANDARD"}', 5),
        (b'{"serviceTier":{"type":"priority"}}', 9),
        (b'{"serviceTier":{"type":"default"}}', 5),
        (b'{"messages":["service_tier"]}', 5),
        (b'["service_tier"]', 9),
        (b'{"inference_geo":"global"}', 5),
        (b'{"inference_geo":null,"service_tier":"auto"}', 9),
        (b'{"inference_geo":"us"}', 6),
        (b'{"inference_geo":"us","speed":"priority"}', 10),
        (b'{"inference_geo":"us","service_tier":"auto"}', 10),
        (b'{"inference_geo":"moon"}', 10),
    ],
    ids=str,
)
async def test_the_bound_is_that_of_the_tier_that_is_asked_for(body: bytes, dearest: int) -> None:
    road = Limited({"one": [Answer()]}, HARD)
    allowance = await allowance_of(road, road.call())
    standard = Price(rates(5, 5))
    allowance.tariff = Tariff.of([standard])
    assert (
        tariff_of(b'{"service_tier":"priority"}', allowance) is allowance.tariff
    )  # which has no other price
    dearer = {
        each: Tariff.of([standard, Price(rates(1, cost))]) for each, cost in ((" us", 6), ("priority us", 10))
    }
    allowance.tariffs = {
        "flex": Tariff.of([standard, FLEX]),
        "priority": Tariff.of([standard, PRIORITY]),
        **dearer,
    }
    assert tariff_of(body, allowance).output == dearest


async def test_an_allowance_knows_the_tiers_of_its_targets() -> None:
    road = Limited({"one": [Answer()]}, HARD)
    route = road.deployment.route("fast")
    assert route is not None
    lines = cast(dict[str, Line], route.lines)
    lines["one/m"] = replace(lines["one/m"], tiers={"priority": Quote(Price(rates(10**9, 10**10)), True)})
    allowance = await allowance_of(road, road.call())
    assert allowance.tariffs["priority"].output == 10**10 > allowance.tariff.output
    call = road.call()
    before = demand(call, allowance)[1].cost
    call.body = call.body[:-1] + b',"service_tier":"priority"}'
    assert demand(call, allowance)[1].cost > 2 * before


@pytest.mark.parametrize(
    ("operation", "body", "more"),
    [
        (Operation.CHAT, b'{"tools":[{"type":"function"},{"type":"custom"}]}', False),
        (Operation.CHAT, b'{"tools":[{"type":"openrouter:web_search"}]}', True),
        (Operation.CHAT, b'{"web_search_options":{}}', True),
        (Operation.CHAT, b'{"tools":7}', True),
        (Operation.CHAT, b'{"tools":null}', False),
        (Operation.CHAT, b'{"messages":[{"content":"the tools\\" of"}]}', False),
        (Operation.CHAT, b'{"messages":[{"role":"user"},{"content":null}]}', False),
        (Operation.CHAT, b'{"messages":[{"content":"a"}],"web_search_options":{}}', True),
        (Operation.CHAT, b'{"messages":[{"content":"a"}],"tools":[{"type":"function"}]}', False),
        (Operation.CHAT, b'{"messages":[{"content":"a"},{"content":[{"image_url":{"url":"b"}}]}]}', True),
        (Operation.RESPONSES, b'{"tools":[{"type":"function"},{"type":"web_search"}]}', True),
        (Operation.RESPONSES, b'{"tools":[{"type":"file_search"}]}', True),
        (Operation.RESPONSES, b'{"tool\\u0073":[{"type":"file_search"}]}', True),
        (Operation.RESPONSES, b'{"input":[{"type":"item_reference","id":"msg_1"}]}', True),
        (Operation.RESPONSES, b'{"input":[{"id":"msg_1"}]}', True),
        (Operation.RESPONSES, b'{"input":[{"id":"msg_1","role":"assistant","content":"a"}]}', False),
        (Operation.RESPONSES, b'{"input":[{"type":"function_call","id":"f","arguments":"{}"}]}', False),
        (Operation.CHAT, b'{"messages":[{"role":"assistant","audio":{"id":"audio_1"}}]}', True),
        (Operation.CHAT, b'{"messages":[{"content":[{"text":"a"}]},{"tool_call_id":"t"}]}', False),
        (Operation.RESPONSES, b'{"tools":[{"type":["x"]}]}', True),
        (Operation.MESSAGES, b'{"tools":[{"name":"f","input_schema":{}}]}', False),
        (Operation.MESSAGES, b'{"tools":[{"type":"web_search_20250305","name":"web_search"}]}', True),
        (Operation.GENERATE_CONTENT, b'{"tools":[{"functionDeclarations":[]}]}', False),
        (Operation.GENERATE_CONTENT, b'{"tools":[{"urlContext":{}}]}', True),
        (Operation.GENERATE_CONTENT_ARRAY, b'{"tools":[{"google_search":{}}]}', True),
        (Operation.CONVERSE, b'{"toolConfig":{"tools":[{"toolSpec":{}}]}}', False),
        (Operation.CONVERSE, b'{"toolConfig":{"tools":[{"systemTool":{}}]}}', True),
    ],
    ids=str,
)
def test_what_a_vendor_looks_up_is_in_no_body(operation: Operation, body: bytes, more: bool) -> None:
    assert names_more(body, operation) is more


PICTURE = b'{"type":"image_url","image_url":{"url":"data:image/png;base64,%b"}}' % (b"A" * 400_000)


@pytest.mark.parametrize(
    ("more", "picture", "bound"),
    [
        (b"", 1445, 2 * 1445 + 700),
        (b"", None, 128_000),
        (b',{"type":"file","file":{"file_id":"f"}}', 1445, 128_000),
        (b',{"type":"text","text":"%b"}' % (b"a" * 20_000), 1445, 2 * 1445 + 20_800),
    ],
    ids=["known", "unknown", "with a file", "with much text"],
)
def test_a_picture_holds_what_its_models_maker_says_and_no_window(
    more: bytes, picture: int | None, bound: int
) -> None:
    body = b'{"messages":[{"content":[%b,%b%b]}]}' % (PICTURE, PICTURE, more)
    found = input_bound(body, Operation.CHAT, 128_000, picture)
    assert bound - 300 <= found <= bound
