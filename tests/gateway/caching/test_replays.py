"""What is given from memory is written down once, before its last byte, at no cost."""

import msgspec

from caching.kept import Kept
from config.caching import CachePolicy
from config.kinds import Operation
from dialects.usage import Usage
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought, seek
from gateway.call import Cleared
from gateway.formats import SPOKEN
from ledger.row import UsageRow
from tests.caching.test_kept import KEPT
from tests.gateway.road import WHO, WHOLE, Answer, Caller, Road

MINUTE = CachePolicy(exact=60.0)
HERE = msgspec.structs.replace(
    KEPT, body=WHOLE, usage=Usage(100, 10), lines=b"x-signalbox-target: v/m\r\n", at=-5.0
)


def sought(road: Road, stream: bool = False) -> Sought:
    call = road.call(stream=stream)
    rules = road.deployment.caching
    assert rules is not None
    found = seek(Cleared(call, WHO, call.body), rules, MINUTE)
    assert isinstance(found, Sought)
    return found


def test_an_answer_is_looked_through_once() -> None:
    road = Road({"one": [Answer()]}, cache=MINUTE)
    said = Replays(road.books).say(sought(road), HERE)
    assert said is not None
    assert said[0] == WHOLE
    assert said[1].fit
    again = Replays(road.books).say(sought(road), said[1])
    assert again is not None
    assert again[1] is said[1]


def test_one_that_may_not_be_given_is_not() -> None:
    road = Road({"one": [Answer()]}, cache=MINUTE)
    cut: Kept = msgspec.structs.replace(HERE, body=WHOLE.replace(b'"stop"', b'"length"'))
    broken: Kept = msgspec.structs.replace(HERE, body=b"{")
    assert Replays(road.books).say(sought(road), cut) is None
    assert Replays(road.books).say(sought(road), broken) is None


def test_its_row_is_there_before_its_bytes() -> None:
    road = Road({"one": [Answer()]}, cache=MINUTE)
    caller = Caller(road.log)
    Replays(road.books).give(sought(road), HERE, WHOLE, caller, "hit")
    assert road.place(UsageRow) < road.place(("begin", WHOLE))
    (row,) = road.rows
    assert (row.vendor, row.model_served, row.cost, row.saved) == ("v", "m", 0, 7)
    assert row.trail.startswith('[["cache","hit","v/m",{"age_s":5.001,"saved_nano":7,"key":"')
    assert caller.head is not None
    assert b"x-signalbox-target: v/m\r\n" in caller.head.block
    assert b"age: 5\r\n" in caller.head.block
    text = road.metrics.exposition().decode()
    assert 'signalbox_cache_answers_total{endpoint="chat",result="hit"} 1.0' in text
    assert 'signalbox_cache_saved_dollars_total{endpoint="chat"} 7e-09' in text.replace(
        "7.000000000000001e-09", "7e-09"
    )


def test_a_stream_is_one_too() -> None:
    road = Road({"one": [Answer()]}, cache=MINUTE)
    found = sought(road, stream=True)
    said = Replays(road.books).say(found, HERE)
    assert said is not None
    caller = Caller(road.log)
    Replays(road.books).give(found, said[1], said[0], caller, "hit")
    assert caller.head is not None
    assert not caller.head.whole
    assert b"text/event-stream" in caller.head.block
    assert caller.body.endswith(b"[DONE]\n\n")


def asked(operation: Operation, body: object) -> Sought:
    raw = msgspec.json.encode(body)
    spoken = SPOKEN[operation]
    road = Road({"one": [Answer()]}, cache=MINUTE)
    call = msgspec.structs.replace(road.call(), operation=operation, dialect=spoken, body=raw)
    call.asked = spoken.peek(raw)
    rules = road.deployment.caching
    assert rules is not None
    found = seek(Cleared(call, WHO, raw), rules, MINUTE)
    assert isinstance(found, Sought)
    return found


def test_an_answer_with_fewer_vectors_than_inputs_is_not_given() -> None:
    road = Road({"one": [Answer()]})
    asking = asked(Operation.OLLAMA_EMBED, {"model": "fast", "input": ["a", "b"]})
    for vectors, given in ([[1.0]], False), ([[1.0], [2.0]], True), ([], False):
        body = msgspec.json.encode({"model": "m", "embeddings": vectors})
        kept = msgspec.structs.replace(HERE, operation=Operation.OLLAMA_EMBED, body=body)
        said = Replays(road.books).say(asking, kept)
        assert (said is not None) is given
        assert said is None or said[1].fit


def test_calls_of_old_functions_are_told_in_the_old_way_in_the_other_form() -> None:
    functions = [{"name": "f", "parameters": {}}]
    body = {"model": "fast", "messages": [], "functions": functions, "stream": True}
    message = {"content": None, "function_call": {"name": "f", "arguments": "{}"}}
    whole = {"choices": [{"message": message, "finish_reason": "function_call"}]}
    kept = msgspec.structs.replace(HERE, body=msgspec.json.encode(whole))
    said = Replays(Road({"one": [Answer()]}).books).say(asked(Operation.CHAT, body), kept)
    assert said is not None
    assert b'"function_call"' in said[0] and b"tool_calls" not in said[0]


def test_what_an_answer_repeats_of_a_request_is_each_caller_s_own() -> None:
    def answer(user: str | None) -> bytes:
        members = {"object": "response", "status": "completed", "output": [], "user": user, "metadata": {}}
        return msgspec.json.encode(members)

    road, caller = Road({"one": [Answer()]}, cache=MINUTE), Caller([])
    asking = asked(Operation.RESPONSES, {"model": "fast", "input": "Hi", "user": "bob"})
    kept = msgspec.structs.replace(HERE, operation=Operation.RESPONSES, body=answer("ann"), fit=True)
    said = Replays(road.books).say(asking, kept)
    assert said is not None
    Replays(road.books).give(asking, said[1], said[0], caller, "hit")
    assert caller.body == answer("bob")
