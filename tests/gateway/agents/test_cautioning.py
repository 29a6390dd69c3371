"""What guards that ask a person look at before a run's tool call, and what they want then."""

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agentloop.agents import WORD, AgentVersion, ToolVersion
from agentloop.choke import Case
from agentloop.events import Item, ToolCall, Warned, Who
from agentloop.run import Run
from agentloop.steps import Step
from config.catalog import GuardFacts
from config.toolbox import Escalation, ToolApproval
from gateway.agents.cautioning import Cautioning
from gateway.guardrails.cordons import NOBODY, Asking, Post
from gateway.services import Services
from gateway.telemetry.metrics import Metrics
from guardrails.guard import Finding, Segment, Span

PEOPLE = ToolApproval("people", 60, Escalation("board", 90))
AGENT = AgentVersion(
    "desk",
    "fast",
    "",
    (ToolVersion("desk/pay", "http", "", {}), ToolVersion("approval/lead", WORD, "", {})),
)
TOLD = Item('{"type":"function_call_output","call_id":"c0","output":"it says \\"tea\\" too"}')
SAID = Item('{"type":"message","role":"user","content":"tea"}')


class Tea:
    """Finds one word, wherever it is told to stand."""

    kinds = frozenset(["TEA"])
    partial = ("tea",)

    def __init__(self, *stages: str, name: str = "tea", broken: bool = False) -> None:
        self.name = name
        self.stages: Any = frozenset(stages)
        self._broken = broken

    def inspect(self, segment: Segment) -> list[Finding]:
        if self._broken:
            raise RuntimeError("it broke")
        at = segment.text.find(b"tea")
        return [Finding(self.name, "TEA", "ask", at, at + 3)] if at >= 0 else []


def cautioning(*guards: Tea, **facts: Any) -> tuple[Cautioning, Metrics]:
    usual: dict[str, Any] = {"action": "ask", "approval": PEOPLE, **facts}
    posts = tuple(Post(cast(Any, each), GuardFacts(each.name, "words", **usual)) for each in guards)
    cordons = SimpleNamespace(
        asking=lambda team, model: Asking(posts, ()) if (team, model) == ("a", "fast") else NOBODY
    )
    metrics = Metrics()
    services = SimpleNamespace(
        deployment=SimpleNamespace(cordons=cordons), books=SimpleNamespace(metrics=metrics)
    )
    return Cautioning(cast(Services, services)), metrics


def case(arguments: str = "{}", *items: Item, tool: str = "desk__pay", team: str = "a", **step: Any) -> Case:
    run = Run("run_1", who=Who(team=team), items=items)
    return Case(run, Step(ToolCall("c1", tool, arguments), 1, **step), AGENT)


ASKED = Warned(("guard tea: TEA",), "people", 60, "board", 90)


@pytest.mark.parametrize(
    ("stages", "arguments", "items", "warned"),
    [
        (["tool_call"], '{"drink":"tea"}', [], ASKED),
        (["tool_call"], '{"drink":"\\u0074ea"}', [], ASKED),
        (["tool_call"], '{"tea":1}', [], ASKED),
        (["tool_call"], "{}", [TOLD], None),
        (["tool_call"], "no JSON, but tea", [], ASKED),
        (["tool_result"], "{}", [TOLD], ASKED),
        (["tool_result"], '{"drink":"tea"}', [SAID], None),
        (["tool_result", "tool_call"], '{"drink":"tea"}', [TOLD], ASKED),
        (["tool_result", "tool_call"], '{"drink":"milk"}', [SAID], None),
    ],
)
async def test_what_is_looked_at(
    stages: list[str], arguments: str, items: list[Item], warned: Warned | None
) -> None:
    looking, _ = cautioning(Tea(*stages))
    assert await looking.warned(case(arguments, *items)) == warned


@pytest.mark.parametrize(
    ("tool", "team", "stands"),
    [("desk__pay", "a", True), ("desk__pay", "b", False), ("approval__lead", "a", False), ("x", "a", False)],
)
def test_where_it_stands(tool: str, team: str, stands: bool) -> None:
    assert cautioning(Tea("tool_call"))[0].standing(case(tool=tool, team=team)) is stands


async def test_of_several_the_first_ones_people_are_asked_about_all() -> None:
    looking, _ = cautioning(Tea("tool_call", name="one"), Tea("tool_call", name="two"))
    found = await looking.warned(case('{"drink":"tea"}'))
    assert found is not None
    assert found.guards == ("guard one: TEA", "guard two: TEA")


async def test_a_long_result_is_read_in_a_thread() -> None:
    looking, _ = cautioning(Tea("tool_result"))
    long = Item('{"type":"function_call_output","output":"%s tea"}' % ("word " * 30_000))
    assert await looking.warned(case("{}", long)) == ASKED


async def test_a_look_ends_with_its_budget_in_its_thread_too() -> None:
    ended = threading.Event()

    class Endless(Tea):
        def inspect(self, segment: Segment) -> list[Finding]:
            try:
                until = time.monotonic() + 20
                while time.monotonic() < until:
                    cast(Span, segment.span).step()
                return []
            finally:
                ended.set()

    looking, metrics = cautioning(Endless("tool_result"), budget=0.05)
    long = Item('{"type":"function_call_output","output":"%s"}' % ("word " * 30_000))
    began = time.monotonic()
    assert await looking.warned(case("{}", long)) == Warned(("guard tea",))
    assert dict(metrics.guard_failures.counts) == {("tea", "budget"): 1}
    assert await asyncio.to_thread(ended.wait, 5)
    assert time.monotonic() - began < 10


async def test_one_that_breaks_lets_nothing_through_unless_it_may() -> None:
    looking, metrics = cautioning(Tea("tool_call", broken=True))
    assert await looking.warned(case('{"drink":"tea"}')) == Warned(("guard tea",))
    assert dict(metrics.guard_failures.counts) == {("tea", "error"): 1}
    looking, metrics = cautioning(Tea("tool_call", broken=True), on_error="allow")
    assert await looking.warned(case('{"drink":"tea"}')) is None
    assert dict(metrics.guard_failures.counts) == {("tea", "error"): 1}


async def test_what_a_person_approved_is_no_further_finding() -> None:
    looking, metrics = cautioning(Tea("tool_call"))
    await looking.warned(case('{"drink":"tea"}'))
    assert await looking.warned(case('{"drink":"tea"}', approved_by="key_1")) == ASKED
    assert dict(metrics.findings.counts) == {("tea", "TEA", "ask", "enforce"): 1}
