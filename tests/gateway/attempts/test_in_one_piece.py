"""Who asked for a stream gets one from a vendor that answers in one piece, and the other way round."""

import json
from itertools import product

import pytest

from config.kinds import Operation
from dialects.answer import Answer, Choice, Finish
from dialects.arguments import to_object
from dialects.conversation import Text, ToolCall
from dialects.deltas import scatter
from dialects.dialect import Destination, Reply
from dialects.openai.chat import OpenAIChat
from dialects.translating import Outgoing
from dialects.usage import Usage
from gateway.attempts.holding import read_said
from gateway.attempts.in_one_piece import may_be_whole, understood
from gateway.errors import GatewayError
from gateway.formats import dialect_of, passage
from gateway.ways import Way
from tests.gateway.road import COUNTED, DONE, FAILED, HELLO, ROLE, STOP, WHOLE, Caller, Road, streams

PRETTY = b" \n" + WHOLE.replace(b",", b",\r\n  ") + b"\n"


@pytest.mark.parametrize(
    "body", [WHOLE, PRETTY, b"\xef\xbb\xbf" + WHOLE], ids=["on a line", "on several", "behind a mark"]
)
@pytest.mark.parametrize("usage", [False, True])
async def test_what_was_said_at_once_becomes_the_stream(body: bytes, usage: bool) -> None:
    road = Road({"one": [streams(body[:30], body[30:])]})
    (line,) = road.deployment.route("fast").lines.values()
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True, usage=usage))
    assert caller.head is not None and not caller.head.whole
    assert read_said(OpenAIChat(), caller.body, stream=True).choices[0].parts == (Text("Hello"),)
    assert caller.body.endswith(b"data: [DONE]\n\n")
    assert (b'"prompt_tokens":' in caller.body) is usage
    (row,) = road.rows
    assert (row.status, row.estimated, row.stream) == ("ok", False, True)
    assert row.usage == Usage(input=100, output=10)
    assert line.state.per_token_ms == 0.0  # that says nothing of how fast it writes


async def test_what_its_vendor_did_not_count_is_counted_here() -> None:
    road = Road({"one": [streams(b'{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}')]})
    await road.run(Caller(road.log), road.call(stream=True))
    (row,) = road.rows
    assert (row.status, row.estimated, row.usage.output) == ("ok", True, 2)


async def test_a_stream_of_nothing_but_its_end_goes_to_the_next_target() -> None:
    road = Road({"one": [streams(DONE)], "two": [streams(ROLE, HELLO, STOP, COUNTED, DONE)]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert read_said(OpenAIChat(), caller.body, stream=True).choices[0].parts == (Text("Hello"),)
    assert [(row.status, row.error_code) for row in road.rows] == [("error", "malformed_event"), ("ok", "")]


async def test_a_comment_may_have_come_before_it() -> None:
    road = Road({"one": [streams(b": hi\n\n", WHOLE)]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert read_said(OpenAIChat(), caller.body, stream=True).choices[0].parts == (Text("Hello"),)


STREAMED = [
    *(Operation.CHAT, Operation.COMPLETIONS, Operation.RESPONSES, Operation.MESSAGES),
    *(Operation.GENERATE_CONTENT, Operation.CONVERSE, Operation.COHERE_CHAT, Operation.OLLAMA_CHAT),
]
SAYS = {
    "text": (Text("Hello"), Finish("stop")),
    "a call": (ToolCall("call_1", "signal", '{"at":1}'), Finish("tool_calls")),
}
PAIRS = list(product(STREAMED, [None, Operation.CHAT, Operation.MESSAGES]))


def way(caller: Operation, vendor: Operation) -> Way:
    return Way(vendor, passage(caller, vendor), b"", b"", b"", Destination("m"), Destination("m"))


def test_a_list_of_chunks_is_a_whole_answer_in_geminis_format() -> None:
    said = [
        {"candidates": [{"content": {"parts": [{"text": "Hel"}]}}], "usageMetadata": {"promptTokenCount": 5}},
        {"candidates": [{"content": {"parts": [{"text": "lo"}]}, "finishReason": "STOP"}]},
    ]
    body = json.dumps(said).encode()
    assert may_be_whole(b"\n" + body)
    translated = way(Operation.CHAT, Operation.GENERATE_CONTENT)
    known, whole = understood("t", translated, body, Outgoing(b""), lambda: Reply("r", 1, "m"))
    assert known.usage == Usage(5)
    assert read_said(OpenAIChat(), whole, stream=False).choices == (Choice((Text("Hello"),), Finish("stop")),)


@pytest.mark.parametrize("said", SAYS)
@pytest.mark.parametrize(("vendor", "caller"), PAIRS)
def test_what_was_streamed_unasked_becomes_the_whole_answer(
    vendor: Operation, caller: Operation | None, said: str
) -> None:
    if vendor is Operation.COMPLETIONS and (said != "text" or caller is not None):
        return  # it knows no calls, and nobody else is served by it
    part, finish = SAYS[said]
    speaker, hearer = dialect_of(vendor), dialect_of(caller or vendor)
    assert speaker is not None and hearer is not None
    reply = Reply("id", 1, "m")
    answer = Answer(speaker.name, (Choice((part,), finish),), "id", "m", 1, Usage(100, 10))
    writer = speaker.writer(reply)
    body = writer.write(list(scatter(answer))) + writer.end()
    sent = Outgoing(b"")
    known, whole = understood("t", way(caller or vendor, vendor), body, sent, lambda: reply)
    assert (known.usage, known.error) == (Usage(100, 10), None)
    (choice,) = hearer.read_answer(whole).choices
    (found,) = (each for each in choice.parts if isinstance(each, Text | ToolCall))
    assert choice.finish.reason == finish.reason
    if isinstance(found, ToolCall):
        assert (found.name, to_object(found.arguments)) == ("signal", {"at": 1})
    else:
        assert found == part
    for wrong in (body[: len(body) // 3], b"<html>", b"", b": hi\n\n", b"[1]"):
        with pytest.raises(GatewayError):
            understood("t", way(caller or vendor, vendor), wrong, sent, lambda: reply)


@pytest.mark.parametrize(
    ("steps", "code", "usage"),
    [
        ([ROLE, HELLO, STOP, COUNTED, DONE], "", Usage(100, 10)),
        ([ROLE, HELLO, STOP, DONE], "", None),
        ([ROLE, HELLO, DONE], "", None),
        ([ROLE, HELLO], "vendor_cut", None),
        ([ROLE, HELLO, FAILED], "overloaded", None),
        ([FAILED], "overloaded", None),
        ([b"data: {"], "vendor_cut", None),
    ],
    ids=[
        "whole",
        "not counted",
        "no finish",
        "cut",
        "failed",
        "failed at once",
        "half",
    ],
)
async def test_a_stream_that_was_not_asked_for_fails_as_any_other(
    steps: list[bytes], code: str, usage: Usage | None
) -> None:
    road = Road({"one": [streams(*steps)], "two": [streams(WHOLE)]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    first = road.rows[0]
    assert (first.status, first.error_code) == ("error" if code else "ok", code)
    assert len(road.rows) == (2 if code else 1)
    assert first.estimated is (usage is None) and (usage is None or first.usage == usage)
    assert caller.head is not None and caller.head.whole
    assert read_said(OpenAIChat(), caller.body, stream=False).choices[0].parts == (Text("Hello"),)
