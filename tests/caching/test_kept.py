"""Only an answer that is whole and was freely ended is given again."""

import msgspec
import pytest

from caching.kept import Asked, Kept, unfit
from config.kinds import Operation
from dialects.answer import Answer, Choice, Finish, Reason
from dialects.conversation import Part, Refusal, Text, Thinking, ToolCall
from dialects.usage import Usage

KEPT = Kept(
    operation=Operation.CHAT,
    stream=False,
    include_usage=False,
    body=b"{}",
    lines=b"",
    vendor="v",
    model_served="m",
    usage=Usage(3, 5),
    cost=7,
    bounded=None,
    choices=1,
    at=0.0,
    fresh_until=60.0,
    gone_at=60.0,
    organisation="o",
    team="t",
    model="fast",
)
TEXT = Text("Hello")


def answer(*parts: Part, reason: Reason = "stop", sure: bool = True) -> Answer:
    return Answer("test", (Choice(parts, Finish(reason, sure=sure)),))


FIT = [
    pytest.param(answer(TEXT), id="a text"),
    pytest.param(answer(TEXT, reason="stop_sequence"), id="ended by a stop string"),
    pytest.param(answer(ToolCall("1", "f"), reason="tool_calls"), id="a tool call"),
    pytest.param(answer(Thinking("hm"), TEXT), id="a thought and a text"),
]
UNFIT = [
    pytest.param(answer(TEXT, reason="length"), "cut at a bound", id="cut"),
    pytest.param(answer(TEXT, reason="content_filter"), "ended by content_filter", id="filtered"),
    pytest.param(answer(TEXT, reason="refusal"), "ended by refusal", id="refused"),
    pytest.param(answer(TEXT, reason="error"), "ended by error", id="failed"),
    pytest.param(answer(TEXT, reason="pause"), "ended by pause", id="paused"),
    pytest.param(answer(TEXT, reason="context_window"), "ended by context_window", id="the window is full"),
    pytest.param(answer(Refusal("no")), "a refusal", id="a refusal that ends like an answer"),
    pytest.param(answer(Text("")), "empty", id="nothing said"),
    pytest.param(answer(), "empty", id="nothing there"),
    pytest.param(answer(Text(" \n")), "empty", id="white space"),
    pytest.param(answer(Thinking("hm")), "empty", id="a thought alone"),
    pytest.param(answer(TEXT, sure=False), "ended by nothing that is known", id="an unknown end"),
    pytest.param(
        answer(ToolCall("1", "f", '{"a": '), reason="tool_calls"),
        "a call with broken arguments",
        id="broken arguments",
    ),
    pytest.param(answer(TEXT, reason="tool_calls"), "no call", id="no call"),
    pytest.param(Answer("test", ()), "fewer choices than asked for", id="no choice"),
]


@pytest.mark.parametrize("given", FIT)
def test_what_is_complete_may_be_given_again(given: Answer) -> None:
    assert unfit(KEPT, given, truncated=False) == ""


@pytest.mark.parametrize(("given", "reason"), UNFIT)
def test_what_is_not_may_not(given: Answer, reason: str) -> None:
    assert unfit(KEPT, given, truncated=False) == reason


def test_each_choice_has_to_be_there() -> None:
    asked_for_two = msgspec.structs.replace(KEPT, choices=2)
    assert unfit(asked_for_two, answer(TEXT), truncated=False) == "fewer choices than asked for"


CUTS = [
    pytest.param(5, Usage(3, 5), "", id="at the caller's bound"),
    pytest.param(50, Usage(3, 5), "cut at a bound", id="below it: somebody set a lower one"),
    pytest.param(None, Usage(3, 5), "cut at a bound", id="without one"),
    pytest.param(5, None, "cut at a bound", id="nobody knows where"),
]


@pytest.mark.parametrize(("bounded", "usage", "reason"), CUTS)
def test_only_the_callers_own_bound_may_cut_it(bounded: int | None, usage: Usage | None, reason: str) -> None:
    kept = msgspec.structs.replace(KEPT, bounded=bounded, usage=usage)
    assert unfit(kept, answer(TEXT, reason="length"), truncated=True) == reason


def test_its_size_is_more_than_its_bytes() -> None:
    assert KEPT.size > len(KEPT.body) + 100


def test_versions_that_know_no_text_beside_an_answer_read_it_and_are_read() -> None:
    class Before(msgspec.Struct, array_like=True):
        operation: Operation
        stream: bool

    told = msgspec.structs.replace(KEPT, asked=Asked(b"scope", "Hello?", b"\0\x3c"))
    encoded = msgspec.msgpack.encode(told)
    assert msgspec.msgpack.decode(encoded, type=Kept) == told
    assert msgspec.msgpack.decode(encoded, type=Before) == Before(Operation.CHAT, False)
    *before, _ = msgspec.msgpack.decode(encoded)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(before), type=Kept) == KEPT
    assert told.size > KEPT.size
