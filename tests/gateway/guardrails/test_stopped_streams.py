"""Where `refusal: finish` stopped a stream, nothing that comes later says a word or calls a tool."""

import json
from typing import cast

import pytest

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.answer import Delta, Finish, Finished, Started, TextDelta, ToolDelta, ToolStarted
from dialects.bedrock.eventstream import encode
from dialects.deltas import gather
from dialects.dialect import Dialect, Reply
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.ends import OPENINGS
from guardrails.guard import Stage
from guardrails.guards import words
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim
from tests.gateway.guardrails.test_shielding import TALKING, WITHOUT_TOOLS, Caller, events_of

CALLING = [each for each in TALKING if each not in WITHOUT_TOOLS]


def stopping(operation: Operation, stage: Stage, *, skims: bool = False) -> tuple[ShieldedSink, Caller]:
    facts = GuardFacts("w", "words", words=("night train",), stages=(stage,))
    guard = words.GUARD.build(facts)
    posts, openings = (Post(guard, facts),), OPENINGS.build(guard.partial)
    shield = Shield(cast(Dialect, SPOKEN[operation]), Issued({}), refusal="finish")
    if stage == "output":
        shield.posts, shield.openings = posts, openings
        shield.skim = FormSkim(guard.partial) if skims else None
    else:
        shield.calls, shield.call_openings = posts, openings
    caller = Caller()
    return ShieldedSink(shield, caller, lambda shield: None), caller


def said(operation: Operation, deltas: list[Delta], stage: Stage) -> bytes:
    dialect = cast(Dialect, SPOKEN[operation])
    writer = dialect.writer(Reply("id", 1, "model"))
    pieces = [*(writer.write([each]) for each in deltas), writer.end()]
    sink, caller = stopping(operation, stage)
    sink.begin(Head(b"", False), pieces[0])
    for piece in pieces[1:]:
        sink.write(piece)
    sink.end()
    reader = dialect.reader()
    events = events_of(dialect, caller.body)
    gather([each for event in events for each in reader.read(event)], dialect.name)  # it can be read
    return caller.body


@pytest.mark.parametrize("operation", CALLING)
def test_no_tool_is_called_after_a_forbidden_word(operation: Operation) -> None:
    deltas: list[Delta] = [Started("id", "model", 1), TextDelta("on the night train, at nine", part=0)]
    deltas += [ToolStarted("call_1", "launch_it", part=1), ToolDelta('{"wh', part=1)]
    deltas += [ToolDelta('at": "rocket", "n": 4711}', part=1), Finished(Finish("tool_calls"))]
    body = said(operation, deltas, "output")
    for word in (b"night", b"nine", b"launch_it", b"rocket", b"4711"):
        assert word not in body


# Ollama tells of calls when all words are said.
@pytest.mark.parametrize("operation", [each for each in CALLING if each != Operation.OLLAMA_CHAT])
def test_no_word_is_said_after_a_forbidden_call(operation: Operation) -> None:
    deltas: list[Delta] = [Started("id", "model", 1), TextDelta("early", part=0)]
    deltas += [ToolStarted("call_1", "f", part=1), ToolDelta('{"to": "the night train"}', part=1)]
    deltas += [TextDelta("afterwards", part=2), TextDelta(" words", part=2), Finished(Finish("tool_calls"))]
    body = said(operation, deltas, "tool_call")
    assert b"night" not in body and b"afterwards" not in body and b"words" not in body


def test_events_are_numbered_on_where_others_are_left_out() -> None:
    operation = Operation.RESPONSES
    deltas: list[Delta] = [Started("id", "model", 1), TextDelta("on the night train", part=0)]
    deltas += [ToolStarted("call_1", "f", part=1), ToolDelta("{}", part=1), Finished(Finish("tool_calls"))]
    events = events_of(cast(Dialect, SPOKEN[operation]), said(operation, deltas, "output"))
    numbers = [json.loads(event.partition(b"data: ")[2])["sequence_number"] for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_glance_lets_nothing_pass_when_the_answer_was_stopped() -> None:
    def chat(index: int, **delta: object) -> bytes:
        choice = {"index": index, "delta": delta, "finish_reason": None}
        return f"data: {json.dumps({'choices': [choice]}, separators=(',', ':'))}\n\n".encode()

    call = {"index": 0, "function": {"arguments": '{"a": "the night train"}'}}
    sink, caller = stopping(Operation.CHAT, "tool_call")
    sink.begin(Head(b"", False), chat(0, content="early"))
    sink.write(chat(0, content=" words"))
    sink.write(chat(1, tool_calls=[call]))
    sink.write(chat(0, content="late"))
    sink.write(chat(0, content="late") + chat(0, content="late"))
    sink.end()
    assert b"early" in caller.body and b"late" not in caller.body and b"night" not in caller.body


def event(said: dict[str, object]) -> bytes:
    name = f"event: {said['type']}\n" if "type" in said else ""
    return f"{name}data: {json.dumps(said)}\n\n".encode()


def chunk(words: str, **delta: object) -> bytes:
    return event({"choices": [{"index": 0, "text": words, "delta": delta}]})


def frame(delta: dict[str, object]) -> bytes:
    headers = {":message-type": "event", ":event-type": "contentBlockDelta"}
    return encode(headers, json.dumps({"contentBlockIndex": 0, "delta": delta}).encode())


def block(kind: str, **more: object) -> bytes:
    return event({"type": f"content_block_{kind}", "index": 0, **more})


def content(kind: str, **said: str) -> bytes:
    return event({"type": f"content-{kind}", "index": 0, "delta": {"message": {"content": said}}})


COMPACTED = "compaction_delta"


@pytest.mark.parametrize(
    ("operation", "pieces"),
    [
        (Operation.CHAT, [chunk("a night", content="a night"), chunk(" train", content=" train")]),
        (Operation.CHAT, [chunk("a night"), chunk(" train")]),
        (
            Operation.CHAT,
            [chunk("", thinking_blocks=[{"thinking": each}]) for each in ("a night", " train")],
        ),
        (
            Operation.MESSAGES,
            [
                block("start", content_block={"type": "text", "text": "a night"}),
                block("delta", delta={"type": "text_delta", "text": " train"}),
            ],
        ),
        (
            Operation.MESSAGES,
            [block("delta", delta={"type": COMPACTED, "content": each}) for each in ("a night", " train")],
        ),
        (Operation.CONVERSE, [frame({"toolResult": [{"text": each}]}) for each in ("a night", " train")]),
        (Operation.COHERE_CHAT, [content("start", text="a night"), content("delta", text=" train")]),
    ],
    ids=str,
)
@pytest.mark.parametrize("skims", [False, True])
def test_a_word_in_two_events_is_found_wherever_it_stands(
    operation: Operation, pieces: list[bytes], skims: bool
) -> None:
    sink, caller = stopping(operation, "output", skims=skims)
    sink.begin(Head(b"", False), pieces[0])
    for piece in pieces[1:]:
        sink.write(piece)
    sink.end()
    assert sink._shield.stopped is not None
    assert b"night" not in caller.body and b"train" not in caller.body


def test_what_a_first_event_says_is_said_by_the_next() -> None:
    sink, caller = stopping(Operation.MESSAGES, "output")
    sink.begin(Head(b"", False), block("start", content_block={"type": "text", "text": "a calm night"}))
    sink.write(block("stop"))
    sink.end()
    events = [each.partition(b"data: ")[2] for each in caller.body.split(b"\n\n")[:-1]]
    assert [json.loads(each)["type"] for each in events] == [
        *("content_block_start", "content_block_delta", "content_block_delta", "content_block_stop")
    ]
    said = [json.loads(each)["delta"]["text"] for each in events[1:3]]
    assert said == ["a calm ", "night"]
    assert caller.body.count(b"event: content_block_delta\n") == 2
