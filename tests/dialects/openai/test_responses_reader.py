"""Streams of the Responses API are read delta by delta, whatever a vendor leaves out or breaks."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    Answer,
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Citation, Native
from dialects.deltas import gather, scatter
from dialects.dialect import Reply
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.openai.responses_answer import read_answer
from dialects.openai.responses_reader import ResponsesReader
from dialects.openai.responses_writer import ResponsesWriter, write_answer
from dialects.usage import Usage
from dialects.watching import MALFORMED, Watched
from tests.dialects.conversations import answers
from tests.dialects.openai_responses_recorded import (
    CALL,
    CITED,
    CREATED,
    CUSTOM,
    REASONING,
    SEARCH,
    TOKEN,
    at,
    completed,
    event,
    message,
    refusal,
    response,
    text,
)
from tests.dialects.streams import cut

NAME = "openai_responses"
BEGUN = Started("resp_1", "gpt-x", 7)
CITATION = Citation("https://a.example", "A", None, 0, 2, CITED)


def end(reason: Any = "stop") -> list[Delta]:
    return [Finished(Finish(reason)), Counted(Usage(10, 6, 4, 2, 3))]


def read(*events: bytes) -> list[Delta]:
    reader = ResponsesReader()
    return [delta for each in events for delta in reader.read(each)]


def added(index: int, item: dict[str, Any]) -> bytes:
    return event("response.output_item.added", output_index=index, item=item)


def done(index: int, item: dict[str, Any]) -> bytes:
    return event("response.output_item.done", output_index=index, item=item)


def said(words: str, index: int = 0, content: int = 0, **more: Any) -> bytes:
    return event(
        "response.output_text.delta", **at(index, content_index=content, delta=words, logprobs=[]) | more
    )


def argued(delta: str, index: int = 0) -> bytes:
    return event("response.function_call_arguments.delta", **at(index, delta=delta))


def thought(delta: str, summary: int = 0) -> bytes:
    return event("response.reasoning_summary_text.delta", **at(0, summary_index=summary, delta=delta))


CASES: list[tuple[str, list[bytes], list[Delta]]] = [
    (
        "text",
        [
            added(0, message()),
            event("response.content_part.added", **at(0, content_index=0, part=text(""))),
            said("Hel"),
            said(""),
            said("lo", logprobs=[TOKEN]),
            event("response.output_text.done", **at(0, content_index=0, text="Hello")),
            event("response.content_part.done", **at(0, content_index=0, part=text("Hello"))),
            done(0, message(text("Hello"))),
        ],
        [TextDelta("Hel"), TextDelta("lo", logprobs=(TOKEN,))],
    ),
    (
        "an item that has begun already",
        [added(0, message(text("Hel"))), said("lo"), done(0, message(text("Hello!")))],
        [TextDelta("Hel"), TextDelta("lo"), TextDelta("!")],
    ),
    (
        "texts told whole",
        [
            event("response.output_text.done", **at(0, content_index=0, text="a")),
            event("response.content_part.done", **at(0, content_index=1, part=text("b"))),
            event("response.refusal.done", **at(1, content_index=0, refusal="no")),
        ],
        [TextDelta("a", 0), TextDelta("b", 1), RefusalDelta("no", 2)],
    ),
    (
        "a refusal",
        [
            event("response.refusal.delta", **at(0, content_index=0, delta="no")),
            done(0, message(refusal("no way"))),
        ],
        [RefusalDelta("no"), RefusalDelta(" way")],
    ),
    (
        "a citation",
        [
            said("hi"),
            event(
                "response.output_text.annotation.added",
                **at(0, content_index=0, annotation_index=0, annotation=CITED),
            ),
            done(0, message(text("hi", CITED, CITED))),
        ],
        [TextDelta("hi"), CitationDelta(CITATION), CitationDelta(CITATION)],
    ),
    (
        "thoughts",
        [
            added(0, {"type": "reasoning", "id": "rs_1", "summary": []}),
            event("response.reasoning_summary_part.added", **at(0, summary_index=0)),
            thought("a"),
            event("response.reasoning_summary_text.done", **at(0, summary_index=0, text="a")),
            thought("b", 1),
            done(0, REASONING),
        ],
        [
            ThinkingDelta("a", None, "openai", "item_0"),
            ThinkingDelta("\n\nb", None, "openai"),
            ThinkingDelta("", "sealed", "openai", "rs_1"),
        ],
    ),
    (
        "thoughts in full",
        [
            event("response.reasoning_text.delta", **at(0, content_index=0, delta="h")),
            event("response.reasoning_text.done", **at(0, content_index=0, text="hm")),
            thought("told twice"),
        ],
        [ThinkingDelta("h", None, "openai", "item_0"), ThinkingDelta("m", None, "openai")],
    ),
    (
        "an empty thought",
        [done(0, {"type": "reasoning", "id": "rs_1", "summary": []}), said("a", 1)],
        [TextDelta("a")],
    ),
    (
        "a thought that is sealed",
        [done(0, REASONING | {"summary": []})],
        [ThinkingDelta("", "sealed", "openai", "rs_1")],
    ),
    (
        "tools of the vendor",
        [
            added(0, SEARCH),
            event("response.web_search_call.searching", **at(0)),
            done(0, SEARCH),
            event("response.custom_tool_call_input.delta", **at(1, delta="x")),
            done(1, CUSTOM),
        ],
        [PartDelta(Native(NAME, SEARCH)), PartDelta(Native(NAME, CUSTOM), 1)],
    ),
    (
        "what nobody knows",
        [
            event("response.smell.delta", delta="x"),
            event("keepalive"),
            b": comment\n\n",
            b"data: [DONE]\n\n",
            b"data:\n\n",
            event("response.output_item.done", output_index=0, item=7),
        ],
        [],
    ),
    (
        "no name but a type",
        [said("a").split(b"\n", 1)[1], said("b").replace(b"\n", b"\r\n")],
        [TextDelta("a"), TextDelta("b")],
    ),
    ("odd indexes", [said("a", **{"output_index": "odd"})], [TextDelta("a")]),
    ("half an emoji", [said("\ud83d")], [TextDelta("\ud83d")]),
    ("its probability", [said("\ud83d", logprobs=[TOKEN])], [TextDelta("\ud83d", logprobs=(TOKEN,))]),
]


@pytest.mark.parametrize(("events", "deltas"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_each_event_is_read(events: list[bytes], deltas: list[Delta]) -> None:
    assert read(CREATED, *events, completed()) == [BEGUN, *deltas, *end()]


def test_calls_that_alternate_stay_apart() -> None:
    begun = CALL | {"arguments": ""}
    events = [
        added(0, begun),
        added(1, begun | {"call_id": "c2"}),
        argued("{", 0),
        argued("{}", 1),
        argued('"a":1}', 0),
        event("response.function_call_arguments.done", **at(0, arguments='{"a":1}')),
        done(0, CALL),
        done(1, CALL | {"call_id": "c2", "arguments": "{}"}),
    ]
    assert read(CREATED, *events, completed()) == [
        BEGUN,
        ToolStarted("c1", "f", 0),
        ToolStarted("c2", "f", 1),
        ToolDelta("{", 0),
        ToolDelta("{}", 1),
        ToolDelta('"a":1}', 0),
        *end("tool_calls"),
    ]


def test_an_answer_told_only_at_its_end_is_told() -> None:
    assert read(completed(message(text("hi")), CALL)) == [
        BEGUN,
        TextDelta("hi"),
        ToolStarted("c1", "f", 1),
        ToolDelta('{"a":1}', 1),
        *end("tool_calls"),
    ]


def test_what_is_cut_off_says_why() -> None:
    cut_off = completed(status="incomplete", incomplete_details={"reason": "content_filter"})
    assert read(CREATED, said("a"), cut_off) == [BEGUN, TextDelta("a"), *end("content_filter")]


FAILURES = [
    pytest.param(
        event("response.failed", response={"error": {"code": "rate_limit_exceeded", "message": "m"}}),
        VendorError("m", code="rate_limit_exceeded"),
        id="failed",
    ),
    pytest.param(
        event("response.failed", response={"error": None}),
        VendorError("the vendor ended its answer with an error", code="server_error"),
        id="failed for no reason",
    ),
    pytest.param(
        event("error", code="server_error", message="m", param=None),
        VendorError("m", code="server_error"),
        id="an error",
    ),
    pytest.param(
        event("error", error={"type": "t", "code": "c", "message": "m", "param": "p"}),
        VendorError("m", "t", "c", "p"),
        id="an error inside",
    ),
    pytest.param(b'data: {"error":{"message":"m"}}\n\n', VendorError("m"), id="an error as in chat"),
    pytest.param(b'event: error\ndata: {"message":"m"}\n\n', VendorError("m"), id="an error by its name"),
    pytest.param(
        b"data: {\n\n", VendorError("an event that is not a JSON object", code=MALFORMED), id="broken"
    ),
    pytest.param(
        b"data: 7\n\n", VendorError("an event that is not a JSON object", code=MALFORMED), id="no object"
    ),
    pytest.param(
        argued("{"),
        VendorError("arguments of a call that has not begun", code=MALFORMED),
        id="arguments of no call",
    ),
    pytest.param(
        said("a", delta=7),
        VendorError("an event response.output_text.delta without a text", code=MALFORMED),
        id="a delta of no text",
    ),
]


@pytest.mark.parametrize(("broken", "error"), FAILURES)
def test_what_breaks_is_the_last_delta(broken: bytes, error: VendorError) -> None:
    assert read(CREATED, broken) == [BEGUN, Failed(error)]


def test_a_failure_at_the_end_is_a_failure() -> None:
    failed = response(status="failed", error={"code": "c", "message": "m"})
    told = read(event("response.completed", response=failed))
    assert told == [BEGUN, Counted(Usage(10, 6, 4, 2, 3)), Failed(VendorError("m", code="c"))]


def test_a_failed_answer_has_told_all_that_it_bills() -> None:
    watched = Watched(ServerSentEvents(), ResponsesReader())
    failed = response(status="failed", error={"code": "c", "message": "m"}, service_tier="flex")
    watched.feed(CREATED + event("response.failed", response=failed))
    assert watched.error == VendorError("m", code="c")
    assert (watched.usage, watched.tier, watched.done) == (Usage(10, 6, 4, 2, 3), "flex", True)


def test_the_last_event_ends_it() -> None:
    reader = ResponsesReader()
    reader.read(CREATED)
    assert not reader.done
    reader.read(completed())
    assert reader.done
    assert reader.end() == ()


def test_a_stream_without_its_end_has_not_finished() -> None:
    watched = Watched(ServerSentEvents(), ResponsesReader())
    watched.feed(CREATED + said("a"))
    watched.end()
    assert (watched.started, watched.finished, watched.error) == (True, False, None)


ANYTHING = b"".join([CREATED, *(event for row in CASES for event in row[1]), completed()])


@given(st.lists(st.integers(0, len(ANYTHING)), max_size=8))
def test_bytes_pass_as_they_are_wherever_they_are_cut(places: list[int]) -> None:
    watched = Watched(ServerSentEvents(), ResponsesReader())
    assert b"".join([*map(watched.feed, cut(ANYTHING, places)), watched.end()]) == ANYTHING
    assert (watched.finished, watched.complete, watched.usage) == (True, True, Usage(10, 6, 4, 2, 3))


@given(answers(), st.lists(st.integers(0, 20000), max_size=6))
def test_a_stream_says_what_the_whole_answer_says(answer: Answer, places: list[int]) -> None:
    reply = Reply("r", 1, "m")
    writer = ResponsesWriter(reply)
    stream = writer.write(list(scatter(answer))) + writer.end()
    told: list[Delta] = []

    class Listening(ResponsesReader):
        def read(self, event: bytes) -> Sequence[Delta]:
            found = super().read(event)
            told.extend(found)
            return found

    watched = Watched(ServerSentEvents(), Listening())
    for piece in cut(stream, places):
        watched.feed(piece)
    assert gather(told, NAME) == read_answer(write_answer(answer, reply))


EVENTS = [CREATED, *(event for row in CASES for event in row[1]), added(3, CALL), argued("x", 3), completed()]


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_no_order_of_events_breaks_the_reader(events: list[bytes]) -> None:
    parts: list[int] = []
    for delta in read(*events):
        if not isinstance(delta, Started | Counted | Finished | Failed):
            parts.append(delta.part)
            assert getattr(delta, "text", "x") or getattr(delta, "signature", None)
    first = list(dict.fromkeys(parts))
    assert first == list(range(len(first)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "text"]), inner),
    max_leaves=4,
)


@given(st.sampled_from(EVENTS), st.data())
def test_no_value_of_another_type_breaks_the_reader(broken: bytes, data: st.DataObject) -> None:
    try:
        found = json.loads(broken.partition(b"data: ")[2])
    except ValueError:
        return
    if isinstance(found, dict):
        found[data.draw(st.sampled_from(sorted(found)))] = data.draw(json_values)
        for name in ("item", "response", "part"):
            if isinstance(found.get(name), dict) and found[name]:
                found[name][data.draw(st.sampled_from(sorted(found[name])))] = data.draw(json_values)
    for delta in read(added(0, CALL), b"data: " + json.dumps(found).encode() + b"\n\n"):
        assert not isinstance(delta, Failed) or isinstance(delta.error.message, str)


@given(st.sampled_from(EVENTS), st.integers(0, 300), st.binary(max_size=3))
def test_no_damage_breaks_the_reader(broken: bytes, place: int, hit: bytes) -> None:
    damaged = broken[:place] + hit + broken[place + 1 :]
    for each in ServerSentEvents().split(damaged + b"\n\n", 0)[0]:
        for delta in read(each):
            assert not isinstance(delta, Failed) or delta.error.message
