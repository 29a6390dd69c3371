"""A clean answer passes as the very bytes that came; any other is treated as a shield treats it."""

import json
import threading
from dataclasses import replace

import pytest

from config.catalog import GuardFacts
from gateway.call import Cleared
from gateway.errors import Blocked
from gateway.frames import Head
from gateway.guardrails.cordons import Cordons
from gateway.guardrails.glancing import GlancedSink
from tests.gateway.road import DONE, HELLO, ROLE, STOP, WHO, Answer, Caller, Road

TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
WHOLE, STREAM = Head(b"", True), Head(b"", False)


def whole(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}).encode()


MAIL, KEYS = GuardFacts("mail", "pii"), GuardFacts("keys", "secrets", action="redact", stages=("output",))


async def masked(*guards: GuardFacts) -> tuple[Caller, GlancedSink, str]:
    """What watches the answer to a request in which an address was, and its placeholder."""
    road = Road({"one": [Answer()]})
    call = road.call()
    call.body = json.dumps({"messages": [{"role": "user", "content": "write to ann@acme.example"}]}).encode()
    catalog = replace(
        call.deployment.catalog,
        guards={each.name: each for each in guards},
        guardrails=tuple(each.name for each in guards),
    )
    call.deployment.cordons = Cordons(catalog)
    passed, caller = await road.services.guardrails.clear(WHO, call), Caller(road.log)
    sink = road.services.guardrails.watch(passed, caller)
    assert isinstance(sink, GlancedSink) and call.masked and (call.check is None) == (len(guards) == 1)
    return caller, sink, *call.masked


async def cleared(action: str = "redact") -> tuple[Road, Cleared]:
    road = Road({"one": [Answer()]})
    call = road.call()
    facts = GuardFacts("keys", "secrets", action=action)  # type: ignore[arg-type]
    catalog = replace(call.deployment.catalog, guards={"keys": facts}, guardrails=("keys",))
    call.deployment.cordons = Cordons(catalog)
    return road, await road.services.guardrails.clear(WHO, call)


async def watched(action: str = "redact") -> tuple[Road, Cleared, Caller, GlancedSink]:
    road, passed = await cleared(action)
    caller = Caller(road.log)
    sink = road.services.guardrails.watch(passed, caller)
    assert isinstance(sink, GlancedSink)
    return road, passed, caller, sink


def given(road: Road) -> list[bytes]:
    return [each for line in road.log if isinstance(line, tuple) for each in line if isinstance(each, bytes)]


async def test_a_clean_answer_is_given_on_as_it_came() -> None:
    _, passed, caller, sink = await watched()
    body = whole("the next train is at noon")
    assert passed.call.check is not None
    passed.call.check(None, body)  # type: ignore[arg-type]
    sink.begin(WHOLE, body)
    sink.end()
    assert caller.body is body and caller.complete and passed.call.guard == ""


@pytest.mark.parametrize("judged", [True, False])
async def test_what_is_found_is_taken_out(judged: bool) -> None:
    road, _, _, sink = await watched()
    body = whole(f"the key is {TOKEN}")
    if judged:
        sink.judge(None, body)
    sink.begin(WHOLE, body)
    sink.end()
    assert not any(TOKEN.encode() in each for each in given(road))
    assert any(b"[SECRET]" in each for each in given(road))
    assert road.metrics.findings.counts == {("keys", "SECRET", "redact", "enforce"): 1}


async def test_what_is_forbidden_stops_before_the_row_is_written() -> None:
    _, passed, _, sink = await watched("block")
    with pytest.raises(Blocked):
        sink.judge(None, whole(f"the key is {TOKEN}"))
    assert passed.call.guard == "block"


async def test_an_answer_that_another_attempt_gives_after_one_was_stopped_is_looked_at_too() -> None:
    road, _, _, sink = await watched()
    sink.judge(None, whole(f"the key is {TOKEN}"))
    sink.begin(WHOLE, whole("the next train"))
    assert any(b"the next train" in each for each in given(road))


@pytest.mark.parametrize("guards", [(MAIL,), (MAIL, KEYS)])
async def test_after_a_masked_request_only_answers_that_say_it_need_a_shield(
    guards: tuple[GuardFacts, ...],
) -> None:
    caller, sink, _ = await masked(*guards)
    body = whole("the next train is at noon")
    sink.begin(WHOLE, body)
    sink.end()
    assert caller.body is body and sink._inner is None
    caller, sink, name = await masked(*guards)
    sink.begin(WHOLE, whole(f"I wrote to {name}"))
    sink.end()
    assert json.loads(caller.body) == json.loads(whole("I wrote to ann@acme.example"))


async def test_a_stream_after_one_has_its_values_back() -> None:
    caller, sink, name = await masked(MAIL, KEYS)
    sink.begin(STREAM, ROLE)
    for part in (name[:9], name[9:], f" {TOKEN} "):
        sink.write(HELLO.replace(b"Hello", part.encode()))
    sink.write(STOP)
    sink.write(DONE)
    sink.end()
    assert b"ann@acme.example" in caller.body and TOKEN.encode() not in caller.body


async def test_a_stream_goes_through_a_shield() -> None:
    road, passed, _, sink = await watched()
    leak = HELLO.replace(b"Hello", f"the key is {TOKEN} and".encode())
    sink.begin(STREAM, ROLE)
    sink.write(leak)
    sink.write(STOP)
    assert passed.call.foresee is not None
    passed.call.foresee(sink, DONE)
    sink.write(DONE)
    sink.end()
    said = b"".join(given(road))
    assert TOKEN.encode() not in said and b"[SECRET]" in said and said.count(b"[DONE]") == 1


@pytest.mark.parametrize(("action", "text"), [("redact", "a train"), ("redact", TOKEN), ("block", TOKEN)])
async def test_a_long_answer_is_looked_at_beside_the_loop(action: str, text: str) -> None:
    _, passed, caller, sink = await watched(action)
    body, threads = whole(f"{'the next train ' * 10_000} {text}"), set()
    inner = sink._shielded()
    document = inner._whole.document

    def looked(body: bytes) -> bytes:
        threads.add(threading.get_ident())
        return document(body)

    inner._whole.document = looked  # type: ignore[method-assign]
    assert passed.call.ponder is not None
    await passed.call.ponder(body)
    if action == "block":
        with pytest.raises(Blocked):
            sink.judge(None, body)
        assert passed.call.guard == "block"
    else:
        sink.judge(None, body)
        sink.begin(WHOLE, body)
        assert TOKEN.encode() not in caller.body and b"the next train" in caller.body
    assert len(threads) == 1 and threading.get_ident() not in threads
