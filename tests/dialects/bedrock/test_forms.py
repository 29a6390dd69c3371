"""An answer of Converse's in both its forms has every member that the vendor wrote."""

import json
from typing import Any

from config.kinds import Operation
from dialects.bedrock.eventstream import pack
from dialects.bedrock.stream import event_headers
from tests.dialects.both_forms import are_one_answer

_CONVERSE_USED = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12, "cacheReadInputTokens": 1}
_CITATION = {"title": "A", "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 1}}}
_REST = {
    "usage": _CONVERSE_USED,
    "metrics": {"latencyMs": 400},
    "trace": {"guardrail": {"x": 1}},
    "performanceConfig": {"latency": "optimized"},
}
_STOP = {"stopReason": "tool_use", "additionalModelResponseFields": {"x": 1}}
_CONVERSED = [
    {"reasoningContent": {"reasoningText": {"text": "hmm.", "signature": "sig"}}},
    {"reasoningContent": {"redactedContent": "AAAA"}},
    {"text": "Hi \U0001f600"},
    {"citationsContent": {"content": [{"text": "cited"}], "citations": [_CITATION]}},
    {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}},
]


def frames(*events: tuple[str, dict[str, Any]]) -> bytes:
    return b"".join(
        pack(event_headers(kind), json.dumps(said | {"p": "abc"}).encode()) for kind, said in events
    )


def _said(index: int, *deltas: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    pieces = [("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}) for delta in deltas]
    return [*pieces, ("contentBlockStop", {"contentBlockIndex": index})]


CONVERSE = (
    {"output": {"message": {"role": "assistant", "content": _CONVERSED}}} | _STOP | _REST,
    frames(
        ("messageStart", {"role": "assistant"}),
        *_said(
            0,
            *({"reasoningContent": said} for said in ({"text": "hm"}, {"text": "m."}, {"signature": "sig"})),
        ),
        *_said(1, {"reasoningContent": {"redactedContent": "AAAA"}}),
        *_said(2, {"text": "Hi \ud83d"}, {"text": "\ude00"}),
        *_said(3, {"text": "ci"}, {"text": "ted"}, {"citation": _CITATION}),
        (
            "contentBlockStart",
            {"contentBlockIndex": 4, "start": {"toolUse": {"toolUseId": "t1", "name": "f"}}},
        ),
        *_said(4, {"toolUse": {"input": '{"a"'}}, {"toolUse": {"input": ":1}"}}),
        ("messageStop", _STOP),
        ("metadata", _REST),
    ),
)


def test_both_forms_say_the_same() -> None:
    are_one_answer(Operation.CONVERSE, *CONVERSE)
