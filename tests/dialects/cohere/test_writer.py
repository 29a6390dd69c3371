"""Cohere's streams as they are written: every block opened is closed, one at a time."""

import json
from typing import Any

import pytest
from cohere.core.unchecked_base_model import construct_type
from cohere.v2.types.v2chat_stream_response import V2ChatStreamResponse
from hypothesis import given
from hypothesis import strategies as st

from dialects import sse
from dialects.answer import (
    Answer,
    CitationDelta,
    Counted,
    Delta,
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
from dialects.cohere.chat import CohereChat
from dialects.conversation import Citation, Native, ToolCall
from dialects.dialect import Reply
from dialects.usage import Usage
from tests.dialects.conversations import answers
from tests.dialects.oracles import gathered, streamed, written

COHERE = CohereChat()
REPLY = Reply("r1", 1_700_000_000, "m")
STOP = Finished(Finish("stop"))


def events(stream: bytes) -> list[dict[str, Any]]:
    found = []
    for event in sse.events(stream):
        data = json.loads(sse.data_of(event) or b"")
        assert sse.name_of(event).decode() == data["type"]
        found.append(data)
    return found


def outline(stream: bytes) -> list[str]:
    """The types of the events with their numbers, in short."""
    return [
        f"{event['type']} {event['index']}" if "index" in event else event["type"] for event in events(stream)
    ]


def wrote(*deltas: Delta) -> bytes:
    return written(COHERE, deltas, REPLY)


def check_order(stream: bytes) -> None:
    """One message, in which each block is opened, said and closed before the next is."""
    first, *middle, last = events(stream)
    assert (first["type"], last["type"]) == ("message-start", "message-end")
    open: tuple[str, int] | None = None
    begun: set[tuple[str, int]] = set()
    for event in middle:
        kind, _, step = event["type"].rpartition("-")
        block = (kind, event["index"])
        if kind == "citation":
            continue
        if step == "start":
            assert open is None
            assert block not in begun
            begun.add(block)
            open = block
        else:
            assert open == block
            open = None if step == "end" else block
    assert open is None


def test_a_whole_stream_is_written_event_by_event() -> None:
    stream = wrote(
        Started("x"),
        ThinkingDelta("hm"),
        ThinkingDelta(signature="s"),
        TextDelta("The", 1),
        TextDelta(" sky", 1),
        CitationDelta(Citation("https://e.com", start=4, end=7), 1),
        ToolStarted("c", "f", 2),
        ToolDelta('{"a":1}', 2),
        Finished(Finish("tool_calls")),
        Counted(Usage(7, 3, 2)),
    )
    assert outline(stream) == [
        "message-start",
        "content-start 0",
        "content-delta 0",
        "content-end 0",
        "content-start 1",
        "content-delta 1",
        "content-delta 1",
        "citation-start 0",
        "citation-end 0",
        "content-end 1",
        "tool-call-start 0",
        "tool-call-delta 0",
        "tool-call-end 0",
        "message-end",
    ]
    check_order(stream)
    assert events(stream)[-1]["delta"] == {
        "finish_reason": "TOOL_CALL",
        "usage": {
            "billed_units": {"input_tokens": 7, "output_tokens": 3},
            "tokens": {"input_tokens": 7, "output_tokens": 3},
            "cached_tokens": 2,
        },
    }


def test_calls_that_alternate_come_one_after_the_other() -> None:
    stream = wrote(
        ToolStarted("a", "f", 0),
        ToolStarted("b", "g", 1),
        ToolDelta("{", 0),
        ToolDelta("[", 1),
        ToolDelta("}", 0),
        TextDelta("so", 2),
        ToolDelta("]", 1),
        STOP,
    )
    check_order(stream)
    parts = gathered(COHERE, stream).choices[0].parts
    assert [getattr(part, "arguments", None) or getattr(part, "text", None) for part in parts] == [
        "{}",
        "[]",
        "so",
    ]


def test_a_signed_call_carries_its_signature_in_its_id() -> None:
    stream = wrote(ToolStarted("a", "f", 0, signature="gemini's"), ToolDelta("{}", 0), STOP)
    check_order(stream)
    assert b'"id":"a"' not in stream
    assert gathered(COHERE, stream).choices[0].parts == (ToolCall("a", "f", "{}", "gemini's"),)


def test_text_that_goes_on_later_is_a_block_of_its_own() -> None:
    stream = wrote(TextDelta("a"), ThinkingDelta("hm", part=1), TextDelta("b"), STOP)
    check_order(stream)
    assert outline(stream).count("content-start 2") == 1


def test_what_cohere_cannot_show_is_left_out() -> None:
    stream = wrote(PartDelta(Native("other", {})), TextDelta("x", 1, choice=1), RefusalDelta("no", 2), STOP)
    assert [
        event["delta"]["message"]["content"] for event in events(stream) if event["type"] == "content-delta"
    ] == [{"text": "no"}]


def test_a_citation_before_its_text_is_left_out() -> None:
    check_order(wrote(CitationDelta(Citation("u")), TextDelta("a"), STOP))


def test_an_answer_without_content_is_a_message_all_the_same() -> None:
    assert outline(wrote(STOP)) == ["message-start", "message-end"]


def test_an_answer_cut_by_a_filter_says_so() -> None:
    delta = events(wrote(TextDelta("a"), Finished(Finish("content_filter"))))[-1]["delta"]
    assert delta == {"finish_reason": "ERROR", "error": "The answer was cut off by a content filter."}


def test_logprobs_come_with_their_piece() -> None:
    logprobs = ({"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1.5})
    (event,) = [
        each for each in events(wrote(TextDelta("ab", logprobs=logprobs), STOP)) if "logprobs" in each
    ]
    assert event["logprobs"] == {"text": "ab", "token_ids": [], "logprobs": [-0.5, -1.5]}


@given(answers())
def test_every_stream_keeps_the_order_and_coheres_own_types(answer: Answer) -> None:
    stream = streamed(COHERE, answer, REPLY)
    check_order(stream)
    for event in events(stream):
        read = construct_type(type_=V2ChatStreamResponse, object_=event)
        assert type(read).__name__ == event["type"].title().replace("-", "") + "V2ChatStreamResponse"


said = st.one_of(
    st.builds(TextDelta, st.sampled_from(["a", ""]), st.integers(0, 3)),
    st.builds(ThinkingDelta, st.sampled_from(["t", ""]), part=st.integers(0, 3)),
    st.builds(CitationDelta, st.just(Citation("u")), st.integers(0, 3)),
    st.builds(ToolDelta, st.just("{"), st.integers(0, 3)),
    st.builds(lambda part: ToolStarted(f"c{part}", "f", part), st.integers(0, 3)),
)


@given(st.lists(said, max_size=10))
def test_whatever_order_deltas_come_in_the_events_keep_theirs(deltas: list[Delta]) -> None:
    check_order(wrote(*deltas, STOP))


@pytest.mark.parametrize("gone", [0, 1, 3, -1])
def test_a_stream_with_a_hole_is_found_out(gone: int) -> None:
    whole = sse.events(wrote(TextDelta("a"), TextDelta("b"), ToolStarted("c", "f", 1), STOP))
    del whole[{0: 0, 1: 1, 3: 4, -1: -1}[gone]]
    with pytest.raises(AssertionError):
        check_order(b"".join(whole))
