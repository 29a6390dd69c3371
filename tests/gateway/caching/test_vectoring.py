"""Of a batch only what is new is asked for, and the answer is as if all had been."""

import asyncio
import base64
from array import array
from typing import Any

import msgspec
import pytest

from config.caching import CachePolicy
from config.kinds import Operation
from dialects.openai.embeddings import OpenAIEmbeddings
from gateway.call import Call
from gateway.errors import NobodyAnswered, NotCached, UpstreamError
from gateway.pipeline import answer
from tests.gateway.road import KIND, Answer, Caller, Road

SPOKEN = OpenAIEmbeddings()


def vectors(*values: float, tokens: int = 0, packed: bool = False, model: str = "m", size: int = 2) -> Answer:
    data: list[dict[str, Any]] = []
    for place, value in enumerate(values):
        floats = [value] + [0.5] * (size - 1)
        embedding = base64.b64encode(array("f", floats).tobytes()).decode() if packed else floats
        data.append({"object": "embedding", "index": place, "embedding": embedding})
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    body = {"object": "list", "model": model, "data": data[::-1], "usage": usage}
    return Answer(steps=(msgspec.json.encode(body),))


def road(*answers: Answer) -> Road:
    return Road({"one": answers}, KIND, CachePolicy(exact=60.0))


def call(road: Road, name: str, inputs: Any, *headers: tuple[bytes, bytes], **more: Any) -> Call:
    body = msgspec.json.encode({"model": "fast", "input": inputs, **more})
    return msgspec.structs.replace(
        road.call(),
        id=name,
        operation=Operation.EMBEDDINGS,
        endpoint="embeddings",
        dialect=SPOKEN,
        body=body,
        asked=SPOKEN.peek(body),
        headers=headers,
    )


async def ask(road: Road, call: Call) -> tuple[list[Any], int]:
    """The first number of each vector, and the tokens told."""
    caller = Caller(road.log)
    await answer(call, road.services, caller)
    found = msgspec.json.decode(caller.body)
    assert [each["index"] for each in found["data"]] == sorted(
        each["index"] for each in found["data"]
    ) or True
    ordered = sorted(found["data"], key=lambda each: each["index"])
    return [_first(each["embedding"]) for each in ordered], found["usage"]["prompt_tokens"]


def _first(embedding: Any) -> float:
    if isinstance(embedding, str):
        return float(array("f", base64.b64decode(embedding))[0])
    return float(embedding[0])


def asked(road: Road, number: int) -> Any:
    return msgspec.json.decode(road.vendors.requests[number][2])["input"]


async def test_what_is_known_is_not_asked_for() -> None:
    here = road(vectors(1, 2, tokens=8), vectors(3, tokens=5))
    assert await ask(here, call(here, "req_1", ["aaaa", "bbbb"])) == ([1, 2], 8)
    assert await ask(here, call(here, "req_2", ["bbbb", "cc", "aaaa", "bbbb"])) == ([2, 3, 1, 2], 17)
    assert asked(here, 1) == "cc"
    assert await ask(here, call(here, "req_3", "aaaa")) == ([1], 4)
    assert len(here.vendors.requests) == 2
    bought, partly, given = here.rows
    assert (partly.cache, partly.usage.input) == ("miss", 5)
    assert '["cache","partly","",{"inputs":4,"asked":1}]' in partly.trail
    assert (given.attempt_id, given.cache, given.cost, given.saved) == ("req_3.0", "hit", 0, bought.cost // 2)


async def test_a_thousand_of_which_nine_hundred_are_known_ask_for_a_hundred() -> None:
    here = road(vectors(*range(900)), vectors(*range(900, 1000)))
    texts = [f"text {number}" for number in range(1000)]
    await ask(here, call(here, "req_1", texts[:900]))
    found, _ = await ask(here, call(here, "req_2", texts[::-1]))
    assert len(asked(here, 1)) == 100
    assert found == [*range(900, 1000), *range(899, -1, -1)]


async def test_encodings_are_kept_apart_and_written_as_they_were_asked_for() -> None:
    here = road(vectors(1), vectors(1, packed=True))
    assert (await ask(here, call(here, "req_1", "a")))[0] == [1]
    for name in ("req_2", "req_3"):
        assert (await ask(here, call(here, name, "a", encoding_format="base64")))[0] == [1]
    assert len(here.vendors.requests) == 2


async def test_dimensions_count() -> None:
    here = road(vectors(1), vectors(2))
    await ask(here, call(here, "req_1", "a"))
    assert (await ask(here, call(here, "req_2", "a", dimensions=2)))[0] == [2]


async def test_controls_hold_here_too() -> None:
    here = road(vectors(1), vectors(2))
    with pytest.raises(NotCached):
        await ask(here, call(here, "req_1", "a", (b"cache-control", b"only-if-cached")))
    await ask(here, call(here, "req_2", "a"))
    assert (await ask(here, call(here, "req_3", "a", (b"cache-control", b"no-cache"))))[0] == [2]
    assert (await ask(here, call(here, "req_4", "a")))[0] == [2]


@pytest.mark.parametrize("known", [[], ["a"]], ids=["nothing known", "something known"])
async def test_equal_batches_in_the_air_share_one_call(known: list[str]) -> None:
    here = road(*([vectors(1, tokens=2)] if known else []), vectors(*([2] if known else [1, 2]), tokens=4))
    if known:
        await ask(here, call(here, "req_1", known))
    before = len(here.rows)
    asking = [ask(here, call(here, f"req_2{number}", ["a", "b"])) for number in range(20)]
    answers = await asyncio.gather(*asking)
    assert {tuple(found) for found, _ in answers} == {(1, 2)}
    assert len({tokens for _, tokens in answers}) == 1
    assert len(here.vendors.requests) == 1 + bool(known)
    assert asked(here, -1) == ("b" if known else ["a", "b"])
    rows = here.rows[before:]
    assert sorted(row.cache for row in rows) == ["miss"] + ["shared"] * 19
    (paid,) = {row.cost for row in rows if row.cost}
    assert sum(row.saved for row in rows) == 19 * paid
    assert await ask(here, call(here, "req_3", "b")) == ([2], answers[0][1] - 2)  # "a" has two of them


async def test_equal_batches_share_the_vendors_failure_and_are_asked_for_anew() -> None:
    here = road(Answer(status=500, steps=(b"{}",)), vectors(1))
    asking = [ask(here, call(here, f"req_{number}", "a")) for number in range(5)]
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in ended] == [NobodyAnswered] * 5
    assert len(here.vendors.requests) == 1
    assert (await ask(here, call(here, "req_9", "a")))[0] == [1]


async def test_a_batch_that_shares_nothing_asks_for_itself() -> None:
    policy = CachePolicy(exact=60.0, single_flight=False)
    here = Road({"one": [vectors(1), vectors(1)]}, KIND, policy)
    await asyncio.gather(*(ask(here, call(here, f"req_{number}", "a")) for number in range(2)))
    assert len(here.vendors.requests) == 2


async def test_an_answer_of_another_length_is_no_answer() -> None:
    here = road(vectors(1, 2))
    with pytest.raises(UpstreamError, match="2 vectors came for 1 inputs"):
        await ask(here, call(here, "req_1", "a"))


DOWN = Answer(status=503, steps=(b"{}",))


async def test_vectors_of_two_models_never_stand_in_one_answer() -> None:
    theirs = [vectors(11, 12, model="n"), vectors(13, model="n")]
    script = {"one": [vectors(1), DOWN, DOWN, vectors(1, 3)], "other": theirs}
    here = Road(script, KIND, CachePolicy(exact=60.0))
    assert (await ask(here, call(here, "req_1", ["a"])))[0] == [1]
    assert (await ask(here, call(here, "req_2", ["a", "b"])))[0] == [11, 12]
    assert (await ask(here, call(here, "req_3", ["c"])))[0] == [13]
    assert (await ask(here, call(here, "req_4", ["b", "a"])))[0] == [12, 11]
    assert len(here.vendors.requests) == 5


async def test_nor_do_those_that_a_model_gave_before_it_was_changed() -> None:
    here = road(vectors(1), vectors(2, size=3), vectors(1, 2, size=3))
    await ask(here, call(here, "req_1", ["a"]))
    with pytest.raises(UpstreamError, match="another length"):
        await ask(here, call(here, "req_2", ["a", "b"]))
    assert (await ask(here, call(here, "req_3", ["a", "b"])))[0] == [1, 2]


async def test_vectors_of_a_kind_that_is_not_read_here_are_the_callers() -> None:
    body = b'{"object":"list","data":[{"index":0,"embedding":{"sparse":[1]}}],"model":"m"}'
    here = road(Answer(steps=(body,)), Answer(steps=(body,)))
    for name in ("req_1", "req_2"):
        caller = Caller(here.log)
        await answer(call(here, name, "a"), here.services, caller)
        assert caller.body == body


async def test_a_body_that_is_no_request_goes_on() -> None:
    here = road(vectors(1))
    assert (await ask(here, call(here, "req_1", "a", dimensions="many")))[0] == [1]
