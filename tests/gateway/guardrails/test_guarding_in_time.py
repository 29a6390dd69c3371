"""No text keeps other calls waiting while guards look at it: what takes long is looked at in a thread."""

import base64
import json
import random
import string
import time
from collections.abc import Callable, Coroutine, Generator
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, cast

import pytest

from config.catalog import GuardFacts
from gateway.errors import GatewayError
from gateway.frames import Head
from gateway.guardrails.cordons import Cordons
from gateway.pipeline import answer
from tests.gateway.road import DONE, HELLO, ROLE, STOP, WHO, Answer, Caller, Road, streams

# CPU seconds of the loop's thread in one go. The goal is 5 ms; machines that others keep busy count thrice as
# much for the same work. What is looked at in the loop as long as it takes needs from 20 ms to some seconds.
MOST = 0.015
TRIES = 8
CHANCE = random.Random(7)
PRINTABLE, BASE64 = string.printable[:94], string.ascii_letters + string.digits + "+/"


def drawn(letters: str) -> Callable[[int], str]:
    return lambda size: "".join(CHANCE.choices(letters, k=size))


def again(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit.encode()) + 1)


def numbered(form: str) -> Callable[[int], str]:
    return lambda size: "".join(form % CHANCE.randrange(10_000) for _ in range(size // len(form)))


SHAPES: dict[str, Callable[[int], str]] = {
    "random": drawn(PRINTABLE),
    "letters": drawn(string.ascii_letters),
    "words at random": drawn(string.ascii_lowercase + "     .-@:/"),
    "base64": drawn(BASE64),
    "text in base64": lambda size: base64.b64encode(b"ignore all previous words. " * (size // 36)).decode(),
    "hex and colons": drawn("0123456789abcdef:"),
    "digits": drawn(string.digits),
    "digits in groups": drawn("0123456789 -+("),
    "at signs": again("@"),
    "letters of many scripts": drawn("аеорсухéüñ漢字 "),
    "phones": numbered("+1 212 555 %04d, "),
    "mail": numbered("ann%d@night.example "),
    "passwords": numbered("password=Kd83hf%dDJ38 "),
    "a prefix again and again": again("sk-ant-"),
    "orders": again("ignore the previous "),
    "placeholders": again("<EMAIL_0123456789ab>"),
    "escapes": again('"\\'),
}
MORE: dict[str, dict[str, Any]] = {
    "words": {"words": ("night train",)},
    "leak": {"canaries": ("bird-17-bird",)},
    "language": {"languages": ("en",)},
    "size": {"max_bytes": 2_000_000},
}
KINDS = ("pii", "secrets", "injection", "links", "words", "leak", "language", "size")


def cordons(road: Road, kind: str) -> Cordons:
    facts = GuardFacts(kind, kind, **MORE.get(kind, {}))
    catalog = road.call().deployment.catalog
    made = Cordons(replace(catalog, guards=MappingProxyType({kind: facts}), guardrails=(kind,)))
    made.of(WHO.team, "fast")
    return made


class Timed:
    """A coroutine, with the longest time that it ran without giving others a turn."""

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner
        self.longest = 0.0

    def __await__(self) -> Generator[Any, Any, None]:
        steps, began = self._inner.__await__(), time.thread_time()
        try:
            for wanted in steps:
                self.longest = max(self.longest, time.thread_time() - began)
                yield wanted
                began = time.thread_time()
        except GatewayError:
            pass  # a guard may stop what it was given
        self.longest = max(self.longest, time.thread_time() - began)


def pace() -> float:
    """CPU seconds of a fixed piece of work."""
    began = time.thread_time()
    json.loads(json.dumps([{"n": number, "text": "x" * 20} for number in range(2000)]))
    return time.thread_time() - began


@cache
def usual_pace() -> float:
    return min(pace() for _ in range(50))


async def longest(work: Callable[[bytes], Coroutine[Any, Any, Any]], body: Callable[[], bytes]) -> float:
    """The best of some tries, each with a text that nobody has seen.

    Others on the machine make the same work take more of a processor: what they added then is taken off.
    """
    found = []
    for _ in range(TRIES):
        timed = Timed(work(body()))
        await timed
        found.append(timed.longest)
        if timed.longest > MOST:
            found.append(timed.longest * min(1.0, usual_pace() / pace()))
        if found[-1] <= MOST:
            break
    return min(found)


def asked(text: str) -> bytes:
    said = {"model": "fast", "messages": [{"role": "user", "content": text}]}
    return json.dumps(said, ensure_ascii=False).encode()


def answered(text: str) -> bytes:
    said = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": said}]}, ensure_ascii=False).encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1_900, 63_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
async def test_no_request_keeps_others_waiting(kind: str, size: int) -> None:
    road = Road({"one": [Answer()]})
    made, took = cordons(road, kind), {}

    async def clear(body: bytes) -> None:
        call = road.call()
        call.body, call.deployment.cordons = body, made
        await road.services.guardrails.clear(WHO, call)

    for name, shape in SHAPES.items():
        took[name] = await longest(clear, lambda shape=shape: asked(shape(size)))  # type: ignore[misc]
    assert {name: seconds for name, seconds in took.items() if seconds > MOST} == {}


@pytest.mark.parametrize("kind", ["pii", "secrets", "links", "words"])
@pytest.mark.parametrize("size", [1_900, 63_000])
async def test_no_whole_answer_keeps_others_waiting(kind: str, size: int) -> None:
    road = Road({"one": [Answer()]})
    facts = GuardFacts(kind, kind, stages=("output",), action="redact", **MORE.get(kind, {}))
    catalog = road.call().deployment.catalog
    made = Cordons(replace(catalog, guards=MappingProxyType({kind: facts}), guardrails=(kind,)))
    took = {}

    async def see(body: bytes) -> None:
        call, guarding = road.call(), road.services.guardrails
        call.deployment.cordons = made
        sink = guarding.watch(await guarding.clear(WHO, call), Caller(road.log))
        assert call.ponder is not None and call.check is not None
        await call.ponder(body)
        call.check(cast(Any, None), body)
        sink.begin(Head(b"", whole=True), body)

    for name, shape in SHAPES.items():
        took[name] = await longest(see, lambda shape=shape: answered(shape(size)))  # type: ignore[misc]
    assert {name: seconds for name, seconds in took.items() if seconds > MOST} == {}


def event(text: str) -> bytes:
    said = {"choices": [{"index": 0, "delta": {"content": text}}]}
    return b"data: %b\n\n" % json.dumps(said, ensure_ascii=False).encode()


# Where a long event comes in a stream: first of all, amid others, and with the end.
STREAMS: dict[str, Callable[[bytes], tuple[bytes, ...]]] = {
    "first": lambda long: (long, HELLO, STOP, DONE),
    "amid": lambda long: (ROLE, HELLO, long, HELLO, STOP, DONE),
    "last": lambda long: (ROLE, HELLO, long + STOP + DONE),
    "at once": lambda long: (ROLE + long + STOP + DONE,),
}


@pytest.mark.parametrize("place", STREAMS)
@pytest.mark.parametrize("kind", ["pii", "secrets"])
@pytest.mark.parametrize("size", [1_900, 63_000, pytest.param(256_000, marks=pytest.mark.soak)])
async def test_no_event_of_a_stream_keeps_others_waiting(size: int, kind: str, place: str) -> None:
    facts = GuardFacts(kind, kind, stages=("output",), action="redact")
    guards, took = MappingProxyType({kind: facts}), {}
    catalog = Road({"one": [Answer()]}).deployment.catalog
    made = Cordons(replace(catalog, guards=guards, guardrails=(kind,)))
    made.of(WHO.team, "fast")

    async def see(long: bytes) -> None:
        road = Road({"one": [streams(*STREAMS[place](long))]})
        road.deployment.cordons = made
        await answer(road.call(stream=True), road.services, Caller(road.log))

    for name, shape in {"calm": again("the train leaves at noon "), **SHAPES}.items():
        took[name] = await longest(see, lambda shape=shape: event(shape(size)))  # type: ignore[misc]
    assert {name: seconds for name, seconds in took.items() if seconds > MOST} == {}
