"""Cohere's streams, event by event."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.cohere.stream import CohereReader
from dialects.conversation import Citation
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.oracles import oddities
from tests.dialects.streams import cut

USAGE = {"billed_units": {"input_tokens": 5}, "tokens": {"input_tokens": 70, "output_tokens": 4}}
CITED = {"start": 0, "end": 3, "text": "The", "sources": [], "type": "TEXT_CONTENT", "content_index": 1}


def event(kind: str, **members: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | members)}\n\n".encode()


def says(type: str, index: int | None = None, **message: Any) -> bytes:
    return event(type, index=index, delta={"message": message})


def called(index: int, name: str = "f") -> bytes:
    call = {"id": f"c{index}", "type": "function", "function": {"name": name, "arguments": ""}}
    return says("tool-call-start", index, tool_calls=call)


def argued(index: int, text: str) -> bytes:
    return says("tool-call-delta", index, tool_calls={"function": {"arguments": text}})


START = event(
    "message-start",
    id="x",
    delta={
        "message": {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    },
)
END = event("message-end", delta={"finish_reason": "COMPLETE", "usage": USAGE})

SAID: list[tuple[bytes, list[Delta]]] = [
    (START, [Started("x")]),
    (says("content-start", 0, content={"type": "thinking", "thinking": ""}), []),
    (says("content-delta", 0, content={"thinking": "hm"}), [ThinkingDelta("hm", part=0)]),
    (event("content-end", index=0), []),
    (says("content-start", 1, content={"type": "text", "text": ""}), []),
    (says("content-delta", 1, content={"text": "The"}), [TextDelta("The", 1)]),
    (says("content-delta", 1, content={"text": ""}), []),
    (says("citation-start", 0, citations=CITED), [CitationDelta(Citation(start=0, end=3, native=CITED), 1)]),
    (event("citation-end", index=0), []),
    (event("content-end", index=1), []),
    (says("tool-plan-delta", tool_plan="I look"), [TextDelta("I look", 2)]),
    (called(0), [ToolStarted("c0", "f", 3)]),
    (argued(0, '{"a":'), [ToolDelta('{"a":', 3)]),
    (argued(0, "1}"), [ToolDelta("1}", 3)]),
    (event("tool-call-end", index=0), []),
    (called(1, "g"), [ToolStarted("c1", "g", 4)]),
    (event("debug", prompt="p"), []),
    (event("something-new", x=1), []),
    (b": ping\n\n", []),
    (END, [Finished(Finish("stop")), Counted(Usage(70, 4), Usage(5, 4))]),
    (b"data: [DONE]\n\n", []),
]


def test_every_event_says_its_deltas() -> None:
    reader = CohereReader()
    assert [(sent, list(reader.read(sent))) for sent, _ in SAID] == SAID
    assert reader.done
    assert reader.end() == ()


@pytest.mark.parametrize(
    "change", [lambda sent: sent.replace(b"\n", b"\r\n"), lambda sent: sent.replace(b"data: ", b"data:")]
)
def test_other_line_ends_say_the_same(change: Any) -> None:
    reader = CohereReader()
    assert [list(reader.read(change(sent))) for sent, _ in SAID] == [deltas for _, deltas in SAID]


def test_lists_say_the_same_as_the_one_thing_in_them() -> None:
    reader = CohereReader()
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert list(reader.read(says("tool-call-start", 0, tool_calls=[call]))) == [
        ToolStarted("c", "f"),
        ToolDelta("{}"),
    ]


def test_the_logprobs_of_a_piece_come_with_it() -> None:
    item = {"text": "a", "token_ids": [1], "logprobs": [-0.5]}
    (delta,) = CohereReader().read(
        event("content-delta", index=0, delta={"message": {"content": {"text": "a"}}}, logprobs=item)
    )
    assert delta == TextDelta(
        "a", logprobs=({"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []},)
    )


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (event("message-end", delta={"finish_reason": "ERROR", "error": "boom"}), "boom"),
        (
            event("message-end", delta={"finish_reason": "TIMEOUT"}),
            "the vendor ended its answer with an error",
        ),
        (b'data: {"message":"too many tokens"}\n\n', "too many tokens"),
        (b'event: error\ndata: {"message":"busy"}\n\n', "busy"),
        (event("error", message="busy"), "busy"),
        (event("stream-error", error={"message": "busy"}), "busy"),
        (b'data: {"error":{"message":"busy"}}\n\n', "busy"),
        (b"event: error\ndata: {}\n\n", "the vendor gave no reason"),
    ],
)
def test_an_error_is_a_failure(sent: bytes, message: str) -> None:
    (failed,) = CohereReader().read(sent)
    assert isinstance(failed, Failed)
    assert failed.error.message == message


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (b"data: {\n\n", "an event that is not JSON"),
        (b"data: 7\n\n", "an event that is not JSON"),
        (argued(0, "x"), "arguments of a tool call that never began"),
        (says("tool-call-start", 0, tool_calls={"id": "c"}), "a tool call without a name"),
    ],
)
def test_what_cannot_be_trusted_is_malformed(sent: bytes, what: str) -> None:
    assert list(CohereReader().read(sent)) == [Failed(VendorError(what, code="malformed_event"))]


def test_a_call_that_begins_twice_is_malformed() -> None:
    reader = CohereReader()
    reader.read(called(0))
    assert list(reader.read(called(0))) == [
        Failed(VendorError("a tool call that began twice", code="malformed_event"))
    ]


def test_an_event_of_the_wrong_types_is_malformed() -> None:
    (failed,) = CohereReader().read(event("content-delta", index="x", delta=7))
    assert isinstance(failed, Failed)
    assert failed.error.code == "malformed_event"


def test_half_an_emoji_is_no_reason_to_fail() -> None:
    (delta,) = CohereReader().read(says("content-delta", 0, content={"text": "\ud83d"}))
    assert isinstance(delta, TextDelta)


@pytest.mark.parametrize(
    "last", [b"", b"data: [DONE]\n\n", event("message-end", delta={}), event("message-end")]
)
def test_a_stream_without_a_reason_has_not_finished(last: bytes) -> None:
    watcher = Watched(ServerSentEvents(), CohereReader())
    watcher.feed(START + says("content-delta", 0, content={"text": "a"}) + last)
    watcher.end()
    assert (watcher.started, watcher.finished, watcher.error) == (True, False, None)


types = [
    "content-delta",
    "content-start",
    "tool-call-start",
    "tool-call-delta",
    "citation-start",
    "message-end",
]
members = [
    "delta",
    "message",
    "content",
    "text",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "usage",
    "tokens",
]
odd = oddities("type", "index", "error", "finish_reason", "citations", "content_index", "logprobs", *members)
odd_data = odd.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n")
odd_events = st.builds(lambda kind, value: event(kind, **value | {"type": kind}), st.sampled_from(types), odd)


@given(
    st.lists(
        odd_data | odd_events | st.sampled_from([sent for sent, _ in SAID]) | st.binary(max_size=20),
        max_size=8,
    ),
    st.lists(st.integers(0, 2000), max_size=5),
)
def test_no_stream_is_too_odd(sent: list[bytes], places: list[int]) -> None:
    stream = b"".join(sent)
    watcher = Watched(ServerSentEvents(), CohereReader())
    passed = b"".join([*map(watcher.feed, cut(stream, places)), watcher.end()])
    assert (stream + b"\n\n").startswith(passed)  # a last event is given the end that it lacks
    assert watcher.error is None or watcher.error.message
