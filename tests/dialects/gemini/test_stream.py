"""Chunks as the vendor streams them, delta by delta, and what it should never have sent."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Citation, Image, Inline, Native
from dialects.dialect import Reply
from dialects.errors import VendorError
from dialects.gemini.stream import GeminiReader
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from tests.dialects.drawn_schemas import json_values

STARTED = Started("r1", "gemini-3-pro")


def event(**chunk: Any) -> bytes:
    return (
        b"data: "
        + json.dumps({"modelVersion": "gemini-3-pro", "responseId": "r1", **chunk}).encode()
        + b"\r\n\r\n"
    )


def said(*parts: Any, **candidate: Any) -> bytes:
    return event(candidates=[{"content": {"role": "model", "parts": list(parts)}, "index": 0, **candidate}])


def read(*events: bytes) -> list[Delta]:
    reader = GeminiReader()
    deltas = [delta for each in events for delta in reader.read(each)]
    assert reader.end() == ()
    assert not reader.done
    return deltas


def test_texts_thoughts_and_the_end_with_what_was_used() -> None:
    usage = {"promptTokenCount": 5, "totalTokenCount": 5}
    last = {"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 3, "totalTokenCount": 10}
    finish = {"content": {"parts": [{"text": ""}]}, "finishReason": "STOP"}
    assert read(
        event(candidates=[{"content": {"parts": [{"text": "h", "thought": True}]}}], usageMetadata=usage),
        event(candidates=[{"content": {"parts": [{"text": "m", "thought": True}]}}], usageMetadata=usage),
        said({"text": "Hel"}),
        said({"text": "lo"}),
        event(candidates=[finish], usageMetadata=last),
    ) == [
        STARTED,
        ThinkingDelta("h", origin="gemini"),
        Counted(Usage(5)),
        ThinkingDelta("m", origin="gemini"),
        TextDelta("Hel", 1),
        TextDelta("lo", 1),
        Finished(Finish("stop")),
        Counted(Usage(5, 5, reasoning=3)),
    ]


def test_a_call_comes_whole_with_its_signature_and_ends_in_tool_calls() -> None:
    call = {"functionCall": {"id": "x1", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"}
    assert read(said({"text": "so"}, call, {"functionCall": {"name": "g"}}), said(finishReason="STOP")) == [
        STARTED,
        TextDelta("so"),
        ToolStarted("x1", "f", 1, signature="c2ln"),
        ToolDelta('{"a":1}', 1),
        ToolStarted("call_r1_0_2", "g", 2),
        ToolDelta("{}", 2),
        Finished(Finish("tool_calls")),
    ]


def test_signatures_are_parts_of_their_own_at_texts_and_the_end_of_thoughts() -> None:
    assert read(
        said({"text": "a", "thought": True}),
        said({"text": "b", "thought": True, "thoughtSignature": "s1"}),
        said({"text": "c", "thought": True}),
        said({"text": "", "thought": True, "thoughtSignature": "s2"}),
        said({"text": "d"}),
        said({"text": "", "thoughtSignature": "s3"}),
    )[1:] == [
        ThinkingDelta("a", origin="gemini"),
        ThinkingDelta("b", "s1", "gemini"),
        ThinkingDelta("c", origin="gemini", part=1),
        ThinkingDelta("", "s2", "gemini", part=1),
        TextDelta("d", 2),
        ThinkingDelta("", "s3", "gemini", part=3),
    ]


def test_what_comes_whole_is_a_part_of_its_own() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "AA=="}}
    code = {"executableCode": {"code": "1"}}
    assert read(said({"text": "a"}, picture, code, {"text": "b"}))[1:] == [
        TextDelta("a"),
        PartDelta(Image(Inline("image/png", "AA==")), 1),
        PartDelta(Native("gemini", code), 2),
        TextDelta("b", 3),
    ]


def test_several_candidates_are_told_apart() -> None:
    first = {"content": {"parts": [{"text": "a"}]}, "index": 0}
    second = {"content": {"parts": [{"text": "b"}]}, "index": 1, "finishReason": "MAX_TOKENS"}
    assert read(event(candidates=[first, second]))[1:] == [
        TextDelta("a"),
        TextDelta("b", 0, 1),
        Finished(Finish("length"), 1),
    ]


def test_chances_and_citations_come_with_their_text() -> None:
    chances = {"chosenCandidates": [{"token": "a", "logProbability": -1}]}
    grounded = {
        "groundingChunks": [{"web": {"uri": "https://a"}}],
        "groundingSupports": [{"groundingChunkIndices": [0]}],
    }
    token = {"token": "a", "logprob": -1, "bytes": [97], "top_logprobs": []}
    assert read(said({"text": "a"}, logprobsResult=chances), said(groundingMetadata=grounded))[1:] == [
        TextDelta("a", logprobs=(token,)),
        CitationDelta(Citation("https://a")),
    ]


def test_what_is_cited_is_found_in_all_that_was_said_and_told_once() -> None:
    grounded = {
        "groundingChunks": [{"web": {"uri": "https://a"}}],
        "groundingSupports": [
            {"segment": {"startIndex": 5, "endIndex": 10, "text": "Köln"}, "groundingChunkIndices": [0]}
        ],
    }
    chunks = [said({"text": each}) for each in ("Dom, ", "Kö", "ln")]
    heard = read(*chunks, said(groundingMetadata=grounded), said(groundingMetadata=grounded))
    assert heard[-1] == CitationDelta(Citation("https://a", None, "Köln", 5, 9))
    assert sum(isinstance(delta, CitationDelta) for delta in heard) == 1

    out = OpenAIChat().writer(Reply("r", 1, "m")).write(heard)
    assert b'"start_index":5,"end_index":9' in out


def test_a_blocked_prompt_ends_filtered() -> None:
    assert read(event(promptFeedback={"blockReason": "SAFETY"}, usageMetadata={"promptTokenCount": 4})) == [
        STARTED,
        Finished(Finish("content_filter")),
        Counted(Usage(4)),
    ]


def test_a_prompt_that_is_blocked_amid_its_answer_ends_every_choice_filtered() -> None:
    blocked = event(promptFeedback={"blockReason": "PROHIBITED_CONTENT"})
    assert read(said({"text": "a"}, index=0), said({"text": "b"}, index=1, finishReason="STOP"), blocked)[
        1:
    ] == [
        TextDelta("a"),
        TextDelta("b", choice=1),
        Finished(Finish("stop"), 1),
        Finished(Finish("content_filter")),
    ]


def test_an_end_is_told_once_and_an_unspecified_one_never() -> None:
    ends = said({"text": "a"}, finishReason="STOP"), said({"text": "b"}, finishReason="STOP")
    assert read(said(finishReason="FINISH_REASON_UNSPECIFIED"), *ends)[1:] == [
        TextDelta("a"),
        Finished(Finish("stop")),
        TextDelta("b"),
    ]


@pytest.mark.parametrize(
    "wire",
    [
        b'data: {"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}\n\n',
        b'data: [{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]\r\n\r\n',
        b'data: {"error":\ndata: {"message":"busy","status":"UNAVAILABLE"}}\n\n',
    ],
)
def test_an_error_event_fails_with_the_vendors_words(wire: bytes) -> None:
    assert read(wire) == [Failed(VendorError("busy", "UNAVAILABLE", "UNAVAILABLE"))]


@pytest.mark.parametrize("said", [{"message": "busy"}, {"detail": "busy"}, {"error": {"message": "busy"}}])
def test_an_event_that_is_named_an_error_is_one(said: dict[str, Any]) -> None:
    (failed,) = read(b"event: error\ndata: " + json.dumps(said).encode() + b"\n\n")
    assert isinstance(failed, Failed) and failed.error.message == "busy"


@pytest.mark.parametrize(
    "wire",
    [
        b"data: {\n\n",
        b"data: 7\n\n",
        b"data: nonsense\n\n",
        said({"text": 7}),
        event(candidates="x"),
        event(candidates=[{"content": []}]),
        said({"functionCall": {"name": "f", "args": "{}"}}),
    ],
)
def test_what_nobody_can_read_fails(wire: bytes) -> None:
    last = read(wire)[-1]
    assert isinstance(last, Failed)
    assert last.error.code == "malformed_event"


@pytest.mark.parametrize("wire", [b": ping\n\n", b"\n\n", b"data: [DONE]\n\n", b"event: x\n\n", b"data:\r\r"])
def test_what_says_nothing_is_nothing(wire: bytes) -> None:
    assert read(wire) == []


def test_odd_values_are_read_as_far_as_they_go() -> None:
    odd = event(
        candidates=[{"content": None, "index": -1, "finishReason": 7}],
        usageMetadata={"promptTokenCount": "5"},
    )
    assert read(odd) == [STARTED, Counted(Usage(5))]
    assert read(said({"text": "a", "new": {}}, new=1), event(usageMetadata=7, modelVersion=None)) == [
        STARTED,
        TextDelta("a"),
    ]
    assert read(b'data:{"candidates":[{"content":{"parts":[{"text":"\\ud83d"}]}}]}\n\n') == [
        Started(),
        TextDelta("\ud83d"),
    ]


MEMBERS = [
    "candidates",
    "content",
    "parts",
    "text",
    "thought",
    "thoughtSignature",
    "functionCall",
    "name",
    "args",
]
MORE = [
    "index",
    "finishReason",
    "usageMetadata",
    "promptFeedback",
    "error",
    "groundingMetadata",
    "logprobsResult",
]
odd_values = st.recursive(
    json_values,
    lambda inner: (
        st.dictionaries(st.sampled_from([*MEMBERS, *MORE]), inner, max_size=4) | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)
good = st.sampled_from(
    [
        said({"text": "a"}),
        said({"functionCall": {"name": "f"}}),
        said(finishReason="STOP"),
        event(usageMetadata={}),
    ]
)


@settings(deadline=None)
@given(st.lists(good | odd_values | st.binary(max_size=12), max_size=6), st.booleans())
def test_whatever_comes_in_whatever_order_is_read_or_fails(found: Sequence[Any], array: bool) -> None:
    reader = GeminiReader(array=array)
    for each in found:
        wire = each if isinstance(each, bytes) else b"data: " + json.dumps(each).encode() + b"\n\n"
        deltas = reader.read(wire[6:] if array else wire)
        assert not [each for each in deltas if isinstance(each, TextDelta) and not each.text]
        assert not [
            each for each in deltas if isinstance(each, ThinkingDelta) and not (each.text or each.signature)
        ]


@settings(deadline=None)
@given(st.integers(0, 200))
def test_a_truncated_event_fails_or_says_nothing(length: int) -> None:
    whole = said({"text": "Hello"}, finishReason="STOP")
    deltas = read(whole[: min(length, len(whole) - 5)])
    assert not any(isinstance(delta, Finished) for delta in deltas)


def partial(**call: Any) -> bytes:
    return said({"functionCall": call})


def test_a_call_whose_arguments_come_in_pieces_is_one_call() -> None:
    reader = GeminiReader()
    events = [
        partial(name="f", id="i", willContinue=True),
        partial(
            partialArgs=[{"jsonPath": "$.a", "stringValue": "x", "willContinue": True}], willContinue=True
        ),
        partial(partialArgs=[{"jsonPath": "$.a", "stringValue": "y"}], willContinue=True),
        partial(partialArgs=[{"jsonPath": "$.b", "numberValue": 2}]),
        partial(),
        said({"text": "ok"}, finishReason="STOP"),
    ]
    assert [delta for each in events for delta in reader.read(each)] == [
        STARTED,
        ToolStarted("i", "f", 0, 0, None),
        ToolDelta('{"a":"xy","b":2}', 0, 0),
        TextDelta("ok", 1, 0),
        Finished(Finish("tool_calls"), 0),
    ]


def test_a_call_is_over_at_the_next_one_and_at_the_end() -> None:
    found = read(
        partial(name="f", willContinue=True),
        partial(name="g", args={"x": 1}, willContinue=True),
        partial(partialArgs=[{"jsonPath": "$.y", "boolValue": True}], willContinue=True),
        said(finishReason="STOP"),
    )
    assert [each.arguments for each in found if isinstance(each, ToolDelta)] == ["{}", '{"x":1,"y":true}']
    assert isinstance(found[-1], Finished)


@pytest.mark.parametrize("first", [{"partialArgs": [{"jsonPath": "$.a"}]}, {}])
def test_a_call_that_nobody_began_is_none(first: dict[str, Any]) -> None:
    assert any(isinstance(each, Failed) for each in read(partial(**first)))
