"""Chunks as the vendor's SDKs read them, from deltas in any order that an answer may have."""

import json
from typing import Any

import pytest
from google.genai import types

from dialects.answer import (
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
from dialects.conversation import Citation, Image, Inline, Native, RedactedThinking
from dialects.dialect import Reply
from dialects.gemini.writer import GeminiWriter
from dialects.usage import Usage

REPLY = Reply("r1", 1, "alias")
STOP = Finished(Finish("stop"))
END = [{"text": ""}]


def chunks(*deltas: Delta) -> list[dict[str, Any]]:
    writer = GeminiWriter(REPLY)
    wire = b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])
    assert wire.endswith(b"\n\n")
    events = wire.split(b"\n\n")[:-1]
    for event in events:
        types.GenerateContentResponse.model_validate_json(event.removeprefix(b"data: "))
    return [json.loads(event.removeprefix(b"data: ")) for event in events]


def parts(*deltas: Delta) -> list[list[dict[str, Any]]]:
    return [chunk["candidates"][0]["content"]["parts"] for chunk in chunks(*deltas)]


@pytest.mark.parametrize(
    "said",
    [
        (TextDelta("a"),),
        (ThinkingDelta("a", "S", "anthropic"), TextDelta("b", 1)),
        (TextDelta("a"), CitationDelta(Citation("https://a.example"))),
        (ToolStarted("t", "f"), ToolDelta("{}")),
        (),
    ],
    ids=["text", "thought", "cited", "call", "nothing"],
)
def test_every_chunk_says_a_part(said: tuple[Delta, ...]) -> None:
    # Where one chunk says none, a chat of the SDK takes the answer for invalid, and leaves it, with what was
    # asked, out of all that it sends next: https://github.com/googleapis/python-genai
    assert all(parts(Started("a1", "m1"), *said, STOP, Counted(Usage(5, 3))))


def test_a_stream_is_pieces_and_an_end_with_what_was_used() -> None:
    usage = Usage(5, 3, reasoning=1)
    assert chunks(Started("a1", "m1"), TextDelta('He"l'), TextDelta("lo\n"), STOP, Counted(usage)) == [
        {
            "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}],
            "modelVersion": "m1",
            "responseId": "a1",
        }
        for text in ('He"l', "lo\n")
    ] + [
        {
            "candidates": [
                {"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}
            ],
            "usageMetadata": {
                "promptTokenCount": 5,
                "candidatesTokenCount": 2,
                "thoughtsTokenCount": 1,
                "totalTokenCount": 8,
            },
            "modelVersion": "m1",
            "responseId": "a1",
        }
    ]


def test_who_answers_is_told_where_the_vendor_did_not() -> None:
    assert {
        (chunk["modelVersion"], chunk["responseId"]) for chunk in chunks(Started(), TextDelta("a"), STOP)
    } == {("alias", "r1")}


def test_calls_whose_pieces_alternate_come_out_whole_and_in_their_order() -> None:
    written = parts(
        TextDelta("so"),
        ToolStarted("x1", "f", 1, signature="c2ln"),
        ToolStarted("x2", "g", 2),
        ToolDelta('{"b"', 2),
        ToolDelta('{"a":', 1),
        ToolDelta(":2}", 2),
        ToolDelta("1}", 1),
        Finished(Finish("tool_calls")),
    )
    assert written == [
        [{"text": "so"}],
        [
            {"functionCall": {"id": "x1", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"},
            {"functionCall": {"id": "x2", "name": "g", "args": {"b": 2}}},
        ],
        END,
    ]


def test_a_call_is_written_before_what_follows_it() -> None:
    call = {"functionCall": {"id": "x1", "name": "f", "args": {}}}
    assert parts(ToolStarted("x1", "f"), TextDelta("then", 1), STOP) == [[call], [{"text": "then"}], END]
    assert parts(ToolStarted("x1", "f"), ThinkingDelta("hm", part=1), STOP)[0] == [call]
    assert parts(ToolStarted("x1", "f")) == [[call]]


@pytest.mark.parametrize(
    ("delta", "part"),
    [
        (ThinkingDelta("hm"), {"text": "hm", "thought": True}),
        (ThinkingDelta("hm", "c2ln", "gemini"), {"text": "hm", "thought": True, "thoughtSignature": "c2ln"}),
        (RefusalDelta("no"), {"text": "no"}),
        (
            PartDelta(Image(Inline("image/png", "AA=="))),
            {"inlineData": {"mimeType": "image/png", "data": "AA=="}},
        ),
        (
            PartDelta(RedactedThinking("d", "anthropic")),
            {"text": "", "thought": True, "thoughtSignature": "c2lnbmFsYm94Ojo6YW50aHJvcGljOnJlZGFjdGVkOmQ="},
        ),
    ],
    ids=repr,
)
def test_each_kind_of_piece_is_a_part(delta: Delta, part: dict[str, Any]) -> None:
    assert parts(delta, STOP)[0] == [part]


def test_halves_of_a_surrogate_pair_reach_the_client_that_joins_them() -> None:
    writer = GeminiWriter(REPLY)
    halves = [json.loads(writer.write([TextDelta(half)])[6:]) for half in ("\ud83d", "\ude00")]
    texts = [chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in halves]
    assert "".join(texts).encode("utf-16", "surrogatepass").decode("utf-16") == "\U0001f600"


@pytest.mark.parametrize(
    "delta", [TextDelta(""), ThinkingDelta(""), PartDelta(Native("other", {})), ToolDelta("x")]
)
def test_what_says_nothing_is_no_chunk(delta: Delta) -> None:
    assert GeminiWriter(REPLY).write([delta]) == b""


def test_citations_come_at_the_end_and_chances_with_their_text() -> None:
    token = {"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": []}
    first, last = chunks(
        TextDelta("a", logprobs=(token,)), CitationDelta(Citation("https://a", "A", "a")), STOP
    )
    assert first["candidates"][0]["logprobsResult"]["chosenCandidates"] == [
        {"token": "a", "logProbability": -1.0}
    ]
    assert last["candidates"][0]["groundingMetadata"]["groundingChunks"] == [
        {"web": {"uri": "https://a", "title": "A"}}
    ]


def test_several_choices_end_in_one_chunk() -> None:
    last = chunks(TextDelta("a"), TextDelta("b", 0, 1), STOP, Finished(Finish("length"), 1))[-1]
    assert [(each["index"], each["finishReason"]) for each in last["candidates"]] == [
        (0, "STOP"),
        (1, "MAX_TOKENS"),
    ]


def test_an_array_grows_and_is_closed() -> None:
    writer = GeminiWriter(REPLY, array=True)
    assert writer.write([TextDelta("a")]).startswith(b'[{"candidates"')
    assert writer.write([TextDelta("b"), STOP]).startswith(b',\n{"candidates"')
    assert writer.end().endswith(b"}\n]")
    assert GeminiWriter(REPLY, array=True).end() == b"[]"
