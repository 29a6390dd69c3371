"""What a guard elsewhere is asked before a run's tool call, in whose name, and what its silence means."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agentloop.agents import AgentVersion, ToolVersion
from agentloop.choke import Case
from agentloop.events import Item, ToolCall, Warned, Who
from agentloop.run import Run
from agentloop.steps import Step
from config.catalog import GuardFacts, GuardService
from config.toolbox import ToolApproval
from gateway.agents.cautioning import Cautioning
from gateway.call import Errand
from gateway.errors import Unauthenticated
from gateway.guardrails.consulting import Consulting, NoAnswer
from gateway.guardrails.cordons import Asking, DistantPost
from gateway.services import Services
from guardrails.guards.webhook import GUARD
from tests.gateway.road import WHO, Answer, Road

AGENT = AgentVersion("desk", "fast", "", (ToolVersion("desk/pay", "http", "", {}),))
TOLD = Item('{"type":"function_call_output","call_id":"secret-id","output":"the tea is cold"}')
FOUND = b'{"findings":[{"type":"beverage"}]}'


class Says:
    """A courier with one answer for all questions; it remembers them."""

    def __init__(self, answer: bytes | NoAnswer) -> None:
        self._answer = answer
        self.asked: list[dict[str, Any]] = []
        self.errands: list[Errand] = []

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        self.asked.append(json.loads(question))
        self.errands.append(errand)
        if isinstance(self._answer, NoAnswer):
            raise self._answer
        return self._answer


class Asked:
    """Guards elsewhere before the calls of one run."""

    def __init__(self, answer: bytes | NoAnswer, stages: Any, *, revoked: bool = False, **more: Any) -> None:
        road = Road({"one": [Answer()]})
        self.metrics, self.says = road.metrics, Says(answer)
        facts = GuardFacts(
            *("far", "webhook"),
            action="ask",
            stages=stages,
            service=GuardService("https://guard.example/check", "guard.example:443"),
            approval=ToolApproval("people", 60),
            **more,
        )
        post = DistantPost(GUARD.build(facts), facts)

        async def nothing() -> None:
            pass

        async def holder_of(key_id: str) -> Any:
            if revoked:
                raise Unauthenticated("it was revoked")
            return WHO

        consulting = Consulting(road.metrics, lambda kind: self.says, lambda: 50.0, nothing)
        clock = SimpleNamespace(unix_ms=lambda: 1_790_000_000_000, monotonic=lambda: 50.0)
        cordons = SimpleNamespace(asking=lambda team, model: Asking((), (post,)))
        services = SimpleNamespace(
            deployment=SimpleNamespace(cordons=cordons),
            books=SimpleNamespace(metrics=road.metrics, clock=clock),
            guardrails=SimpleNamespace(elsewhere=lambda: consulting),
            keys=SimpleNamespace(holder_of=holder_of),
            random_bits=lambda bits: 7,
        )
        self.looking = Cautioning(cast(Services, services))

    async def warned(self, **step: Any) -> Warned | None:
        run = Run("run_1", who=Who(team="a", key="key_1"), items=(TOLD,))
        call = ToolCall("c1", "desk__pay", '{"drink":"tea","to":{"whom":"Ann"}}')
        case = Case(run, Step(call, 1, **step), AGENT)
        assert self.looking.standing(case)
        return await self.looking.warned(case)


async def test_it_reads_what_the_call_says_and_what_tools_told_each_as_what_it_is() -> None:
    asked = Asked(FOUND, ("tool_call", "tool_result"))
    warned = await asked.warned()
    assert warned == Warned(("guard far: BEVERAGE",), "people", 60)
    call, told = asked.says.asked
    assert (call["stage"], set(call["roles"])) == ("tool_call", {"assistant"})
    assert "tea" in " ".join(call["texts"]) and "Ann" in " ".join(call["texts"])
    assert (told["stage"], told["texts"], told["roles"]) == ("tool_result", ["the tea is cold"], ["tool"])
    assert dict(asked.metrics.findings.counts) == {("far", "BEVERAGE", "ask", "enforce"): 2}


async def test_it_is_asked_in_the_name_of_the_runs_key() -> None:
    asked = Asked(b'{"findings":[]}', ("tool_call",))
    assert await asked.warned() is None
    [errand] = asked.says.errands
    assert ("run", "run_1") in errand.principal.tags and not errand.waits


async def test_what_a_person_agreed_to_is_not_asked_about_again() -> None:
    asked = Asked(FOUND, ("tool_call",))
    assert await asked.warned(approved_by="key_2") is None and not asked.says.asked


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NoAnswer("error"), "error"),
        (b"nonsense", "answer"),
        (b'{"findings":[{"type":"x","text":9}]}', "answer"),
    ],
    ids=["crashes", "says nothing", "lies"],
)
async def test_without_its_word_no_call_is_made_unless_it_may_be(answer: Any, reason: str) -> None:
    asked = Asked(answer, ("tool_call",))
    assert await asked.warned() == Warned(("guard far",))
    assert dict(asked.metrics.guard_failures.counts) == {("far", reason): 1}
    asked = Asked(answer, ("tool_call",), on_error="allow")
    assert await asked.warned() is None
    assert dict(asked.metrics.guard_failures.counts) == {("far", reason): 1}


async def test_nobody_is_asked_in_the_name_of_a_key_that_is_no_more() -> None:
    asked = Asked(b'{"findings":[]}', ("tool_call",), revoked=True)
    assert await asked.warned() == Warned(("guard far",)) and not asked.says.asked
