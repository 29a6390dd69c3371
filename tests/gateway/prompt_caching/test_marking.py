"""Marking pays where requests begin alike, costs nothing where they do not, and leaves callers theirs."""

import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dialects.anthropic.breakpoints import AnthropicBreakpoints
from dialects.bedrock.breakpoints import BedrockBreakpoints
from gateway.prompt_caching.marking import Marking
from ledger.money import rates
from ledger.price import Price

PLAIN, WRITE, READ = 3_000, 3_750, 300
PRICE = Price(rates(PLAIN, 15_000, cache_write=WRITE, cached_read=READ))
TTL = 300.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Vendor:
    """Anthropic's cache by its rules, in bytes: it keeps up to each mark, and reads the longest it has."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: dict[str, float] = {}
        self.cost = 0.0
        self.most_marks = 0

    def answer(self, body: bytes) -> None:
        request = json.loads(body)
        pieces, marks = [], []
        for block in self._blocks(request):
            mark = block.pop("cache_control", None)
            pieces.append(json.dumps(block))
            if mark:
                marks.append(len(pieces))
        self.most_marks = max(self.most_marks, len(marks))
        beginnings = ["\n".join(pieces[:end]) for end in range(len(pieces) + 1)]
        read = written = 0
        for mark in marks:
            for end in range(mark, max(0, mark - 20), -1):
                if self.kept.get(beginnings[end], -TTL * 2) + TTL >= self.clock.now:
                    read = max(read, len(beginnings[end]))
                    self.kept[beginnings[end]] = self.clock.now
                    break
            written = max(written, len(beginnings[mark]))
            self.kept[beginnings[mark]] = self.clock.now
        written = max(0, written - read)
        self.cost += read * READ + written * WRITE + (len(beginnings[-1]) - read - written) * PLAIN

    def _blocks(self, request: Any) -> Iterator[dict[str, Any]]:
        yield from request.get("tools", ())
        parts = [("system", request.get("system", ""))]
        parts += [(message["role"], message["content"]) for message in request["messages"]]
        for role, content in parts:
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            for block in blocks:
                yield {"of": role, **block}


def words(rng: random.Random, count: int) -> str:
    return " ".join(f"{rng.getrandbits(40):x}" for _ in range(count))


def body(system: str, messages: list[Any]) -> bytes:
    return msgspec.json.encode({"model": "claude", "max_tokens": 9, "system": system, "messages": messages})


def agents(rng: random.Random) -> Iterator[tuple[float, bytes]]:
    """Runs of twelve steps, each after a few seconds, with one system prompt."""
    system = words(rng, 800)
    for _ in range(20):
        messages: list[Any] = [{"role": "user", "content": words(rng, 50)}]
        for _ in range(12):
            yield 5.0, body(system, messages)
            messages = [*messages, {"role": "assistant", "content": words(rng, 80)}]
            messages = [*messages, {"role": "user", "content": words(rng, 200)}]
        yield 200.0, body(system, messages)


def strangers(rng: random.Random) -> Iterator[tuple[float, bytes]]:
    """Nothing comes twice."""
    for _ in range(300):
        yield 1.0, body(words(rng, 600), [{"role": "user", "content": words(rng, 600)}])


def seldom(rng: random.Random) -> Iterator[tuple[float, bytes]]:
    """One system prompt, but always after the vendor has forgotten it."""
    system = words(rng, 900)
    for _ in range(200):
        yield 400.0, body(system, [{"role": "user", "content": words(rng, 40)}])


TRAFFIC = [(agents, 0.35), (strangers, 1.0), (seldom, 1.0)]


@pytest.mark.parametrize(("traffic", "at_most"), TRAFFIC, ids=lambda value: getattr(value, "__name__", ""))
def test_what_marking_does_to_the_bill(traffic: Any, at_most: float) -> None:
    clock = Clock()
    marking = Marking(AnthropicBreakpoints(), PRICE, clock)
    plain, marked = Vendor(clock), Vendor(clock)
    for pause, request in traffic(random.Random(7)):
        clock.now += pause
        plain.answer(request)
        marked.answer(marking.marked(request))
    assert marked.cost <= plain.cost * at_most
    assert marked.most_marks <= 4
    assert plain.most_marks == 0


def test_a_caller_that_marks_itself_is_left_alone() -> None:
    marking = Marking(AnthropicBreakpoints(), PRICE, Clock())
    system = [{"type": "text", "text": "long " * 2000, "cache_control": {"type": "ephemeral"}}]
    own = msgspec.json.encode({"system": system, "messages": [{"role": "user", "content": "Hello"}]})
    for _ in range(50):
        assert marking.marked(own) is own


def test_short_and_broken_requests_go_as_they_are() -> None:
    marking = Marking(BedrockBreakpoints(), PRICE, Clock())
    for each in (b"{}", b"{" * 5000, b'{"messages":[]}' + b" " * 5000):
        for _ in range(3):
            assert marking.marked(each) is each


def test_prices_without_a_discount_never_pay() -> None:
    assert not Marking(AnthropicBreakpoints(), Price(rates(3, 15)), Clock()).pays
    assert Marking(AnthropicBreakpoints(), PRICE, Clock()).pays
