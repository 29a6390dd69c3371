"""An answer that a guard elsewhere may stop is kept until it has said so; over sockets, in the journeys."""

import json
from typing import Any, Literal, cast

import pytest

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.call import Errand
from gateway.errors import Blocked, GuardFailed
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.awaited import MOST_BYTES, AwaitedSink, awaited
from gateway.guardrails.consulting import Consulting
from gateway.guardrails.cordons import DistantPost
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.guards.judge import GUARD
from guardrails.restoring import Issued
from tests.gateway.road import WHO, Answer, Caller, Road

Refusal = Literal["error", "finish"]
HEAD = Head(b"content-type: application/json\r\n", whole=True)
SAID = {
    "id": "chatcmpl-7",
    "choices": [
        {
            "message": {
                "role": "assistant",
                "content": "a wren",
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"at":"x"}'}}
                ],
            },
            "finish_reason": "tool_calls",
        }
    ],
}


class Says:
    """A courier that says a word, and remembers what it was asked."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[bytes] = []

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        self.asked.append(question)
        return json.dumps({"choices": [{"message": {"content": self.word}}]}).encode()


async def given(
    word: str,
    refusal: Refusal = "error",
    said: Any = SAID,
    operation: Operation = Operation.CHAT,
    stream: bytes = b"",
    **facts: Any,
) -> tuple[Caller, Says, Road]:
    """What a caller got of an answer after a judge said this word."""
    facts.setdefault("stages", ("output",))
    road = Road({"one": [Answer()]})
    says, caller = Says(word), Caller(road.log)
    fact = GuardFacts("after", "judge", model="m", question="?", **facts)
    call, posts = road.call(), (DistantPost(GUARD.build(fact), fact),)
    call.operation = operation
    if stream:
        call.dialect = SPOKEN[Operation.RESPONSES]
    shield = Shield(cast(Dialect, call.dialect), Issued({}), refusal=refusal, distant=posts)
    inner = ShieldedSink(shield, caller, lambda _: None)
    sink = awaited(inner, Errand(call, WHO), posts, lambda: 50.0, inner.stop)
    assert isinstance(sink, AwaitedSink)

    async def nothing() -> None:
        pass

    consulting = Consulting(road.metrics, lambda kind: says, lambda: 50.0, nothing)
    sink.begin(Head(b"", whole=False) if stream else HEAD, stream or json.dumps(said).encode())
    assert (caller.head is None) is (facts.get("action") != "flag")
    await sink.finish(consulting, road.metrics)
    sink.end()
    return caller, says, road


async def test_a_no_lets_it_pass_as_it_was() -> None:
    caller, says, _ = await given("no")
    assert json.loads(caller.body) == SAID and caller.complete
    question = says.asked[0].decode()
    assert "a wren" in question and "chatcmpl-7" not in question


SAYS = {"type": "message", "role": "assistant", "status": "completed", "content": [{"text": "a wren"}]}
CALLS = {"type": "function_call", "name": "look", "arguments": '{"at": "x"}'}


@pytest.mark.parametrize(
    ("operation", "kept", "shown"),
    [
        (Operation.STORED_RESPONSES, {"object": "response", "output": [SAYS, CALLS]}, ["wren", "at"]),
        (Operation.CONVERSATIONS, {"object": "list", "data": [CALLS]}, ["at"]),
        (Operation.CONVERSATIONS, SAYS, ["wren"]),
        (Operation.CONVERSATIONS, {"id": "conv_1", "object": "conversation.deleted"}, []),
        (Operation.CONVERSATIONS, [], []),
    ],
)
@pytest.mark.parametrize("stage", ["output", "tool_call"])
async def test_what_a_vendor_keeps_is_shown_by_its_items(
    operation: Operation, kept: Any, shown: list[str], stage: str
) -> None:
    _, says, _ = await given("no", said=kept, operation=operation, stages=(stage,))
    wanted = [each for each in shown if each == "at" or stage == "output"]
    asked = b" ".join(says.asked).decode()
    assert [each for each in ("wren", "at") if f"{each}" in asked.partition("user")[2]] == wanted
    assert bool(says.asked) is bool(wanted)


@pytest.mark.parametrize("operation", [Operation.TRANSCRIPTIONS, Operation.FILES, Operation.PASSTHROUGH])
@pytest.mark.parametrize("stream", [True, False])
async def test_what_no_format_describes_is_shown_whole(operation: Operation, stream: bool) -> None:
    events: list[dict[str, Any]] = [{"type": "x.delta", "delta": each} for each in ("a w", "ren")]
    told = [*(f"data: {json.dumps(each)}\n\n" for each in [*events, {"text": "at"}]), "data: [DONE]\n\n"]
    said = {"id": "1", "text": "a wren", "segments": [{"text": "at"}]}
    raw = "".join(told).encode() if stream else b""
    caller, says, _ = await given("no", said=said, operation=operation, stream=raw)
    assert all(each in says.asked[0].decode() for each in ("a wren", "at"))
    assert caller.body == (raw or json.dumps(said).encode())


async def test_a_yes_stops_it() -> None:
    with pytest.raises(Blocked, match="JUDGED"):
        await given("yes")


async def test_it_may_be_told_by_an_end_in_the_formats_own_word() -> None:
    caller, _, _ = await given("yes", "finish")
    [choice] = json.loads(caller.body)["choices"]
    assert choice["finish_reason"] == "content_filter" and caller.complete
    assert b"wren" not in caller.body and b'\\"at' not in caller.body


async def test_what_is_neither_stops_it_too() -> None:
    with pytest.raises(GuardFailed):
        await given("perhaps")


async def test_unless_it_may_pass_by() -> None:
    caller, _, road = await given("perhaps", on_error="allow")
    assert caller.complete and road.metrics.guard_failures.counts == {("after", "answer"): 1}


async def test_no_answer_is_kept_that_is_larger_than_memory_should_hold() -> None:
    road = Road({"one": [Answer()]})
    fact = GuardFacts("after", "judge", model="m", question="?", stages=("output",))
    posts = (DistantPost(GUARD.build(fact), fact),)
    sink = AwaitedSink(Caller(road.log), Errand(road.call(), WHO), posts, lambda: 50.0, lambda _: False)
    sink.begin(HEAD, b"")
    with pytest.raises(GuardFailed):
        sink.write(b"x" * (MOST_BYTES + 1))
