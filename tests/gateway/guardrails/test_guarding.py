"""Only the guards make a call Cleared; without guards it passes as it is, and so does its answer."""

import ast
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.catalog import GuardFacts, GuardSettings
from dialects.dialect import Dialect
from dialects.errors import VendorError
from gateway.call import Call, Cleared
from gateway.errors import Blocked, GuardCannotRead, GuardFailed, RefusedByVendor
from gateway.frames import Head
from gateway.guardrails.cordons import Cordon, Post
from gateway.guardrails.guarding import INLINE_BYTES
from gateway.guardrails.shield import Shield
from gateway.pipeline import answer
from guardrails.ends import OPENINGS
from guardrails.guard import Finding, Guard, Segment, Stage
from guardrails.restoring import Issued
from tests.gateway.road import WHO, Answer, Caller, Road

GATEWAY = Path(__file__).parents[3] / "gateway"


async def test_without_guards_a_call_and_its_answer_pass_as_they_are() -> None:
    road = Road({"one": [Answer()]})
    call, caller = road.call(), Caller(road.log)
    guarding = road.services.guardrails
    cleared = await guarding.clear(WHO, call)
    assert (cleared.call, cleared.principal, cleared.body) == (call, WHO, call.body)
    assert guarding.watch(cleared, caller) is caller


def test_nobody_else_makes_a_call_cleared() -> None:
    makers = {
        path.name
        for path in GATEWAY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Cleared"
    }
    assert makers == {"guarding.py", "offline.py"}  # the latter for plans that nobody carries out


class Finds:
    """A guard of one word, which may break or take its time."""

    name, stages, partial, kinds = "tea", frozenset[Stage](["input"]), (), frozenset(["TEA"])

    def __init__(self, does: str = "block", wait: threading.Event | None = None) -> None:
        self.does = does
        self.wait = wait

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        if self.does == "break":
            raise RuntimeError("about my secret tea")
        if self.wait is not None:
            self.wait.wait(30)
        at = segment.text.find(b"tea")
        return [] if at < 0 else [Finding("tea", "TEA", "block", at, at + 3)]


class Cordons:
    def __init__(self, guard: Guard, **facts: Any) -> None:
        self.cordon = Cordon((Post(guard, GuardFacts("tea", "words", **facts)),), (), True, GuardSettings())

    def of(self, team: str, model: str) -> Cordon:
        return self.cordon


def guarded(guard: Guard, text: str = "my secret tea", **facts: Any) -> tuple[Road, Call]:
    road = Road({"one": [Answer()]})
    call = road.call()
    call.body = json.dumps({"model": "fast", "messages": [{"role": "user", "content": text}]}).encode()
    call.deployment.cordons = cast(Any, Cordons(guard, **facts))
    return road, call


async def test_a_block_is_a_400_that_tells_the_type_alone() -> None:
    road, call = guarded(Finds())
    with pytest.raises(Blocked) as blocked:
        await road.services.guardrails.clear(WHO, call)
    assert (blocked.value.status, blocked.value.code) == (400, "content_filter")
    assert "TEA" in blocked.value.message and "secret" not in blocked.value.message
    assert call.guard == "block" and ("guard", "block", "tea", {"TEA": 1}) in call.trail


async def test_a_guard_that_breaks_is_a_503_and_counted() -> None:
    road, call = guarded(Finds("break"))
    with pytest.raises(GuardFailed) as failed:
        await road.services.guardrails.clear(WHO, call)
    assert failed.value.status == 503 and "secret" not in failed.value.message
    assert road.metrics.guard_failures.counts == {("tea", "error"): 1} and call.guard == "failed"


async def test_a_guard_that_may_break_is_passed_by_and_counted() -> None:
    road, call = guarded(Finds("break"), on_error="allow")
    cleared = await road.services.guardrails.clear(WHO, call)
    assert cleared.body is call.body
    assert road.metrics.guard_failures.counts == {("tea", "error"): 1}


async def test_a_long_text_is_read_in_a_thread_and_within_a_budget() -> None:
    wait = threading.Event()
    road, call = guarded(Finds(wait=wait), "x" * (INLINE_BYTES + 1), budget=0.05)
    with pytest.raises(GuardFailed):
        await road.services.guardrails.clear(WHO, call)
    assert road.metrics.guard_failures.counts == {("tea", "budget"): 1}
    wait.set()
    assert (await road.services.guardrails.clear(WHO, call)).body is call.body


async def test_a_body_that_cannot_be_read_is_refused_where_a_guard_stands() -> None:
    road, call = guarded(Finds())
    with pytest.raises(GuardCannotRead, match="cannot inspect a body of this kind"):
        await road.services.guardrails.clear(WHO, call, unread=True)
    call.deployment.cordons = None
    assert (await road.services.guardrails.clear(WHO, call, unread=True)).shield is None


class Late(Finds):
    """The same, before answers."""

    stages = frozenset[Stage](["output"])


@pytest.mark.parametrize("on_error", ["block", "allow"])
async def test_the_row_of_an_answer_says_that_its_guard_failed(on_error: Any) -> None:
    road, call = guarded(Finds())
    post = Post(Late("break"), GuardFacts("tea", "words", on_error=on_error))
    openings = OPENINGS.build(["tea"])
    cordon = Cordon((), (post,), True, GuardSettings(), openings)
    call.deployment.cordons = cast(Any, type("All", (), {"of": lambda *_: cordon})())
    guarding = road.services.guardrails
    sink = guarding.watch(await guarding.clear(WHO, call), Caller(road.log))
    head = Head(b"content-type: application/json\r\n", whole=True)
    said = b'{"choices":[{"message":{"role":"assistant","content":"a pot of it"}}]}'
    if on_error == "block":
        with pytest.raises(GuardFailed):
            sink.begin(head, said)
    else:
        sink.begin(head, said)
    assert call.guard == "failed" and road.metrics.guard_failures.counts == {("tea", "error"): 1}


NAME = "<EMAIL_7f3a9c21e04b>"


def refused(guard: Finds | None) -> tuple[Road, Cleared, RefusedByVendor]:
    """A vendor's words about what was masked, and of tea."""
    road = Road({"one": [Answer()]})
    call = road.call()
    posts = () if guard is None else (Post(guard, GuardFacts("tea", "words")),)
    shield = Shield(cast(Dialect, call.dialect), Issued({NAME: "a@b.example"}), posts)
    error = RefusedByVendor(400, VendorError(f"no tea for {NAME}", code="said"))
    return road, Cleared(call, WHO, call.body, shield=shield), error


def test_a_vendors_error_passes_the_guards_of_answers() -> None:
    road, cleared, error = refused(Finds())
    told = road.services.guardrails.retold(cleared, error).shown()
    assert (told.message, told.code) == ("no [TEA] for a@b.example", "said")
    assert error.shown().message == f"no tea for {NAME}"  # it may be others' error, too
    assert ("guard answer", "block", "tea", {"TEA": 1}) in cleared.call.trail


def test_what_was_masked_comes_back_in_an_error_without_a_guard() -> None:
    road, cleared, error = refused(None)
    assert road.services.guardrails.retold(cleared, error).message == "no tea for a@b.example"


def test_a_vendors_error_that_no_guard_could_look_at_is_not_shown() -> None:
    road, cleared, error = refused(Finds("break"))
    told = road.services.guardrails.retold(cleared, error)
    assert "tea for" not in told.message and "'tea' failed on" in told.message
    assert road.metrics.guard_failures.counts == {("tea", "error"): 1}


async def test_an_errors_words_are_retold_on_the_road() -> None:
    class Output(Finds):
        stages, partial = frozenset[Stage](["output"]), ("tea",)

    body = json.dumps({"error": {"message": "no tea today"}}).encode()
    road = Road({"one": [Answer([body], status=400)]})
    call, guard = road.call(), Output()
    cordon = Cordon((), (Post(guard, GuardFacts("tea", "words")),), True, GuardSettings())
    cordons = Cordons(guard)
    cordons.cordon = cordon
    call.deployment.cordons = cast(Any, cordons)
    with pytest.raises(RefusedByVendor, match="TEA") as raised:
        await answer(call, road.services, Caller(road.log))
    assert raised.value.shown().message == "no [TEA] today"


class Endless(Finds):
    """It takes more time than it has."""

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        assert segment.span is not None
        while True:
            segment.span.step()


@pytest.mark.parametrize("facts", [{"on_error": "allow"}, {"mode": "shadow"}])
async def test_one_that_takes_too_long_is_passed_by_where_it_may_and_others_are_asked(facts: Any) -> None:
    road, call = guarded(Endless(), "tea " + "x" * INLINE_BYTES)
    cordon = Cordons(Endless(), budget=0.05, **facts).cordon
    call.deployment.cordons = cast(Any, SimpleNamespace(of=lambda team, model: cordon))
    assert (await road.services.guardrails.clear(WHO, call)).body is call.body
    assert road.metrics.guard_failures.counts == {("tea", "budget"): 1}
    cordon = replace(cordon, input=(*cordon.input, Post(Finds(), GuardFacts("other", "words"))))
    with pytest.raises(Blocked):
        await road.services.guardrails.clear(WHO, call)


@pytest.mark.parametrize("facts", [{"on_error": "allow"}, {"mode": "shadow"}])
async def test_one_that_never_looks_at_its_time_is_passed_by_where_it_may(facts: Any) -> None:
    class Deaf(Finds):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            time.sleep(1)
            return []

    road, call = guarded(Deaf(), "tea " + "x" * INLINE_BYTES)
    cordon = Cordons(Deaf(), budget=0.05, **facts).cordon
    call.deployment.cordons = cast(Any, SimpleNamespace(of=lambda team, model: cordon))
    assert (await road.services.guardrails.clear(WHO, call)).body is call.body
    assert road.metrics.guard_failures.counts == {("tea", "budget"): 1}
    strict = Post(Deaf(), GuardFacts("other", "words", budget=0.05))
    cordon = replace(cordon, input=(*cordon.input, strict))
    with pytest.raises(GuardFailed, match="other"):
        await road.services.guardrails.clear(WHO, call)


async def test_a_guard_has_its_time_for_each_part_of_a_long_request() -> None:
    class Slow(Finds):
        def inspect(self, segment: Segment) -> Sequence[Finding]:
            assert segment.span is not None
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                segment.span.step()
            return []

    for size, passes in ((INLINE_BYTES, False), (1024 * 1024, True)):
        road, call = guarded(Slow(), "x" * size, budget=0.15)
        if passes:
            assert (await road.services.guardrails.clear(WHO, call)).body is call.body
        else:
            with pytest.raises(GuardFailed):
                await road.services.guardrails.clear(WHO, call)
