"""An answer of Gemini's in both its forms has every member that the vendor wrote."""

import json
from typing import Any

from config.kinds import Operation
from tests.dialects.both_forms import are_one_answer, sse

_SAFE = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}]
_GROUNDED = {
    "webSearchQueries": ["q"],
    "searchEntryPoint": {"renderedContent": "<b>"},
    "groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}],
    "groundingSupports": [
        {"segment": {"startIndex": 0, "endIndex": 2, "text": "Hi"}, "groundingChunkIndices": [0]}
    ],
}
_PARTS: list[dict[str, Any]] = [
    {"text": "hmm.", "thought": True},
    {"text": "Hi \U0001f600"},
    {"executableCode": {"language": "PYTHON", "code": "1"}},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
    {"functionCall": {"id": "x1", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"},
]
_CONTENT = {
    "candidates": [
        {
            "content": {"role": "model", "parts": _PARTS},
            "index": 0,
            "finishReason": "STOP",
            "safetyRatings": _SAFE,
            "groundingMetadata": _GROUNDED,
            "citationMetadata": {
                "citations": [{"startIndex": 0, "endIndex": 2, "uri": "https://b.example", "license": "MIT"}]
            },
            "urlContextMetadata": {"urlMetadata": []},
            "avgLogprobs": -0.1,
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 5,
        "candidatesTokenCount": 2,
        "totalTokenCount": 7,
        "trafficType": "ON_DEMAND",
    },
    "modelVersion": "m",
    "responseId": "r1",
    "createTime": "2026-01-02T03:04:05.678Z",
}
_CANDIDATE: dict[str, Any] = _CONTENT["candidates"][0]  # type: ignore[index]


def _chunks() -> list[dict[str, Any]]:
    pieces = [
        [{"text": "hm", "thought": True}],
        [{"text": "m.", "thought": True}, {"text": "Hi \ud83d"}],
        [{"text": "\ude00"}],
        *([part] for part in _PARTS[2:]),
    ]
    told = {name: value for name, value in _CONTENT.items() if name != "candidates"}
    chunks = [
        {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, "safetyRatings": _SAFE}]}
        | told
        for parts in pieces
    ]
    rest = {name: value for name, value in _CANDIDATE.items() if name != "content"}
    return [*chunks, {"candidates": [{"content": {"role": "model", "parts": [{"text": ""}]}} | rest]} | told]


GENERATE_CONTENT = (_CONTENT, sse(*_chunks()))
GENERATE_CONTENT_ARRAY = (_CONTENT, json.dumps(_chunks()).encode())


def test_both_forms_say_the_same() -> None:
    are_one_answer(Operation.GENERATE_CONTENT, *GENERATE_CONTENT)


def test_a_stream_that_is_an_array() -> None:
    are_one_answer(Operation.GENERATE_CONTENT_ARRAY, *GENERATE_CONTENT_ARRAY)
