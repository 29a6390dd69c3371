"""Whole answers as the vendor writes them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Citation, Image, Inline, Text, Thinking, ToolCall
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.gemini import answer as answers
from dialects.usage import Usage
from tests.dialects.drawn_schemas import json_values

REPLY = Reply("r1", 1, "alias")


def read(**members: Any) -> Answer:
    return answers.read_answer(json.dumps(members).encode())


def choice(**candidate: Any) -> Choice:
    return read(candidates=[candidate]).choices[0]


WHOLE: dict[str, Any] = {
    "candidates": [
        {
            "index": 0,
            "content": {
                "role": "model",
                "parts": [
                    {"text": "hm", "thought": True},
                    {"text": "Hel"},
                    {"text": "lo"},
                    {"inlineData": {"mimeType": "image/png", "data": "AA=="}},
                    {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"},
                ],
            },
            "finishReason": "STOP",
            "safetyRatings": [],
        },
        {"content": {}, "finishReason": "MAX_TOKENS"},
    ],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7},
    "modelVersion": "gemini-3-pro",
    "responseId": "a/b",
    "createTime": "2026-01-02T03:04:05.678Z",
    "modelStatus": {"x": 1},
}


def test_a_whole_answer_is_read() -> None:
    answer = read(**WHOLE)
    assert answer == Answer(
        "gemini",
        (
            Choice(
                (
                    Thinking("hm", None, "gemini"),
                    Text("Hello"),
                    Image(Inline("image/png", "AA==")),
                    ToolCall("call_a_b_0_4", "f", '{"a":1}', "c2ln"),
                ),
                Finish("tool_calls"),
                extra={"safetyRatings": []},
            ),
            Choice((), Finish("length"), 1),
        ),
        id="a/b",
        model="gemini-3-pro",
        created=1767323045,
        usage=Usage(5, 2),
        extra={"modelStatus": {"x": 1}},
    )
    again = answers.read_answer(answers.write_answer(answer, REPLY))
    assert again == Answer(
        "gemini", answer.choices, answer.id, answer.model, 0, answer.usage, extra=answer.extra
    )


@pytest.mark.parametrize(
    ("reason", "called", "finish"),
    [
        ("STOP", False, "stop"),
        ("STOP", True, "tool_calls"),
        ("MAX_TOKENS", True, "length"),
        ("SAFETY", False, "content_filter"),
        ("IMAGE_SAFETY", False, "content_filter"),
        ("MALFORMED_FUNCTION_CALL", False, "error"),
        ("OTHER", False, "error"),
        ("SOMETHING_NEW", False, "stop"),
    ],
)
def test_a_finish_is_read(reason: str, called: bool, finish: str) -> None:
    assert answers.read_finish(reason, called).reason == finish


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "STOP"),
        ("stop_sequence", "STOP"),
        ("tool_calls", "STOP"),
        ("pause", "STOP"),
        ("length", "MAX_TOKENS"),
        ("context_window", "MAX_TOKENS"),
        ("content_filter", "SAFETY"),
        ("refusal", "SAFETY"),
        ("error", "OTHER"),
    ],
)
def test_a_finish_is_written(finish: Any, reason: str) -> None:
    assert answers.write_finish(Finish(finish)) == reason


def test_a_filtered_candidate_may_have_no_content() -> None:
    assert choice(finishReason="SAFETY") == Choice((), Finish("content_filter"))


def test_chances_are_told_in_openais_shape_and_back() -> None:
    result = {
        "chosenCandidates": [{"token": "é", "logProbability": -0.5}],
        "topCandidates": [{"candidates": [{"token": "a", "logProbability": -1.5}]}],
    }
    tokens = choice(content={"parts": [{"text": "é"}]}, logprobsResult=result).logprobs
    other = {"token": "a", "logprob": -1.5, "bytes": [97]}
    assert tokens == ({"token": "é", "logprob": -0.5, "bytes": [195, 169], "top_logprobs": [other]},)
    assert answers.write_logprobs(tokens) == {"logprobsResult": result}


def test_citations_are_at_their_text() -> None:
    grounded = {
        "groundingChunks": [{"web": {"uri": "https://a", "title": "A"}}],
        "groundingSupports": [{"segment": {"text": "lo", "endIndex": 5}, "groundingChunkIndices": [0]}],
    }
    found = choice(content={"parts": [{"text": "Hello"}]}, groundingMetadata=grounded)
    assert found.parts == (Text("Hello", (Citation("https://a", "A", "lo", 3, 5),)),)
    written = json.loads(answers.write_answer(Answer("other", (found,)), REPLY))
    assert written["candidates"][0]["groundingMetadata"]["groundingChunks"] == grounded["groundingChunks"]
    own = json.loads(answers.write_answer(Answer("gemini", (found,)), REPLY))
    assert own["candidates"][0]["groundingMetadata"] == grounded


def test_who_answers_is_told_where_the_vendor_did_not() -> None:
    body = json.loads(answers.write_answer(Answer("other", (), extra={"x": 1}), REPLY))
    assert body == {"candidates": [], "modelVersion": "alias", "responseId": "r1"}


@pytest.mark.parametrize(
    ("members", "whole"),
    [
        (
            {
                "candidates": [{"content": {"parts": [{"text": "Hi"}]}}],
                "usageMetadata": {"promptTokenCount": 3},
            },
            WholeAnswer(Usage(3), None, 0),
        ),
        (
            {"candidates": [{"content": {"parts": [{"text": "Hi"}, {"functionCall": {"name": "f"}}]}}]},
            WholeAnswer(None, None, 4),
        ),
        (
            {"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}},
            WholeAnswer(None, VendorError("slow", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"), 0),
        ),
        ({"error": "broken"}, WholeAnswer(None, VendorError("broken"), 0)),
        (
            {"usageMetadata": {"promptTokenCount": 28}},
            WholeAnswer(Usage(28), VendorError("the answer has no candidates"), 0),
        ),
        (
            {"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "no"}},
            WholeAnswer(None, VendorError("no", "invalid_request_error", "content_filter"), 0),
        ),
    ],
    ids=str,
)
def test_the_facts_of_an_answer_are_peeked_at(members: dict[str, Any], whole: WholeAnswer) -> None:
    assert answers.peek_answer(json.dumps(members).encode()) == whole


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"{}",
        b'{"candidates":[]}',
        b'{"candidates":7}',
        b'{"candidates":[{"content":{"parts":[{"text":7}]}}]}',
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="^the answer "):
        answers.read_answer(body)
    with pytest.raises(Malformed, match="^the answer "):
        answers.peek_answer(body)


MEMBERS = [
    "candidates",
    "content",
    "parts",
    "text",
    "thought",
    "functionCall",
    "name",
    "index",
    "finishReason",
]
odd = st.recursive(
    json_values,
    lambda inner: st.dictionaries(st.sampled_from([*MEMBERS, "groundingMetadata", "logprobsResult"]), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(odd | st.binary(max_size=9))
def test_whatever_comes_is_an_answer_or_malformed(found: Any) -> None:
    body = found if isinstance(found, bytes) else json.dumps({"candidates": found}).encode()
    try:
        answer = answers.read_answer(body)
    except Malformed:
        return
    assert answer.choices


def test_times_that_are_none_are_nothing() -> None:
    assert [answers.read_time(value) for value in (None, 7, "soon", "1900-01-01T00:00:00Z")] == [0, 0, 0, 0]


def test_half_a_surrogate_pair_does_not_spoil_an_answer() -> None:
    answer = answers.read_answer(b'{"candidates":[{"content":{"parts":[{"text":"\\ud83d"}]}}]}')
    assert answer.choices[0].parts == (Text("?"),)
    assert json.loads(answers.write_answer(answer, REPLY))["candidates"][0]["content"]["parts"] == [
        {"text": "?"}
    ]
