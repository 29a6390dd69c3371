"""An answer of Cohere's in both its forms has every member that the vendor wrote."""

import json
from typing import Any

import pytest

from config.kinds import Operation
from tests.dialects.both_forms import again, are_one_answer, sse

_SOURCES = [{"type": "document", "id": "d1", "document": {"snippet": "x"}}]
_COHERE_CITED = {
    "start": 0,
    "end": 2,
    "text": "Hi",
    "sources": _SOURCES,
    "type": "TEXT_CONTENT",
    "content_index": 1,
}
_COHERE_CALL = {"id": "f_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
_COHERE_USED = {
    "billed_units": {"input_tokens": 5, "output_tokens": 2},
    "tokens": {"input_tokens": 70, "output_tokens": 4},
}
_COHERE_LOGPROBS = [
    {"text": text, "token_ids": [n], "logprobs": [-0.5]} for n, text in enumerate(("Hi", " \U0001f600"))
]
_COHERE_CONTENT = [{"type": "thinking", "thinking": "hmm."}, {"type": "text", "text": "Hi \U0001f600"}]


def _cohere(
    kind: str, index: int | None = None, more: dict[str, Any] | None = None, **said: Any
) -> dict[str, Any]:
    event: dict[str, Any] = {"type": kind}
    if index is not None:
        event["index"] = index
    return event | ({"delta": {"message": said}} if said else {}) | (more or {})


_COHERE_START = _cohere("message-start", more={"id": "x"}, role="assistant", content=[], tool_plan="")
COHERE = (
    {
        "id": "x",
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": _COHERE_CONTENT, "citations": [_COHERE_CITED]},
        "usage": _COHERE_USED,
        "logprobs": _COHERE_LOGPROBS,
    },
    sse(
        _COHERE_START,
        _cohere("content-start", 0, content={"type": "thinking", "thinking": ""}),
        _cohere("content-delta", 0, content={"thinking": "hmm."}),
        _cohere("content-end", 0),
        _cohere("content-start", 1, content={"type": "text", "text": ""}),
        _cohere("content-delta", 1, {"logprobs": _COHERE_LOGPROBS[0]}, content={"text": "Hi"}),
        _cohere("content-delta", 1, {"logprobs": _COHERE_LOGPROBS[1]}, content={"text": " \U0001f600"}),
        _cohere("citation-start", 0, citations=_COHERE_CITED),
        _cohere("citation-end", 0),
        _cohere("content-end", 1),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": _COHERE_USED}},
        named=True,
    ),
)
COHERE_CALL = (
    {
        "id": "x",
        "finish_reason": "TOOL_CALL",
        "message": {"role": "assistant", "tool_plan": "I look.", "tool_calls": [_COHERE_CALL]},
        "usage": _COHERE_USED,
    },
    sse(
        _COHERE_START,
        _cohere("tool-plan-delta", tool_plan="I "),
        _cohere("tool-plan-delta", tool_plan="look."),
        _cohere("tool-call-start", 0, tool_calls=_COHERE_CALL | {"function": {"name": "f", "arguments": ""}}),
        _cohere("tool-call-delta", 0, tool_calls={"function": {"arguments": '{"a":1}'}}),
        _cohere("tool-call-end", 0),
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": _COHERE_USED}},
        named=True,
    ),
)


def test_a_plan_comes_behind_what_was_thought() -> None:
    thought = {"type": "thinking", "thinking": "hmm."}
    message = COHERE_CALL[0]["message"] | {"content": [thought]}
    made = again(
        Operation.COHERE_CHAT, json.dumps(COHERE_CALL[0] | {"message": message}).encode(), stream=True
    )
    assert made.index(b"hmm.") < made.index(b"I look.") < made.index(b"tool-call-start")


@pytest.mark.parametrize(("whole", "stream"), [COHERE, COHERE_CALL])
def test_both_forms_say_the_same(whole: dict[str, Any], stream: bytes) -> None:
    are_one_answer(Operation.COHERE_CHAT, whole, stream)
