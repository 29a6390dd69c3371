"""A chat's answer in both its forms has every member that the vendor wrote; a legacy completion's, too."""

from typing import Any

import pytest

from config.kinds import Operation
from tests.dialects.both_forms import are_one_answer, sse, token
from tests.dialects.openai_chat_order import check_order

CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a":"\U0001f600"}'}}
CUSTOM = {"id": "call_2", "type": "custom", "custom": {"name": "patch", "input": "abc"}}
ANNOTATIONS = [
    {
        "type": "url_citation",
        "url_citation": {"url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2},
    }
]
DETAILS = [
    {
        "type": "reasoning.text",
        "text": "hmm.",
        "signature": "sig",
        "format": "anthropic-claude-v1",
        "index": 0,
    }
]
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "x_details": {"accepted": 1}}
HEAD = {"id": "chatcmpl-1", "created": 7, "model": "m", "service_tier": "flex", "system_fingerprint": "fp_1"}


def _delta(
    said: dict[str, Any], logprobs: Any = None, finish: str | None = None, index: int = 0
) -> dict[str, Any]:
    choice = {"index": index, "delta": said, "logprobs": logprobs, "finish_reason": finish}
    return HEAD | {"object": "chat.completion.chunk", "choices": [choice], "usage": None}


CHAT = (
    HEAD
    | {
        "object": "chat.completion",
        "prompt_filter_results": [{"prompt_index": 0}],
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Hi \U0001f600",
                    "refusal": None,
                    "reasoning_content": "hmm.",
                    "reasoning_details": DETAILS,
                    "annotations": ANNOTATIONS,
                    "audio": {"id": "audio_1", "data": "QUJD", "expires_at": 9, "transcript": "hi"},
                    "images": [
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}, "index": 0}
                    ],
                    "tool_calls": [CALL],
                    "x_new": {"kept": True},
                },
                "logprobs": {"content": [token("Hi"), token(" \U0001f600")], "refusal": None},
                "finish_reason": "tool_calls",
                "content_filter_results": {"hate": {"filtered": False}},
            },
            {
                "index": 1,
                "message": {"role": "assistant", "content": "Two", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            },
        ],
        "usage": USAGE,
    },
    sse(
        _delta({"role": "assistant", "content": "", "refusal": None})
        | {"prompt_filter_results": [{"prompt_index": 0}], "obfuscation": "xyz"},
        _delta(
            {"reasoning_content": "hm", "reasoning_details": [DETAILS[0] | {"text": "hm", "signature": None}]}
        ),
        _delta({"role": "assistant", "content": "Two"}, index=1),
        _delta({"reasoning_content": "m.", "reasoning_details": [DETAILS[0] | {"text": "m."}]}),
        _delta({"content": "Hi"}, {"content": [token("Hi")], "refusal": None}),
        _delta({"content": " \ud83d"}, {"content": [token(" \U0001f600")], "refusal": None}),
        _delta({"content": "\ude00", "annotations": ANNOTATIONS}),
        _delta({"audio": {"id": "audio_1", "data": "QQ=="}}),
        _delta({"audio": {"data": "QkM=", "expires_at": 9, "transcript": "hi"}}),
        _delta(
            {
                "images": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}, "index": 0}
                ]
            }
        ),
        _delta({"tool_calls": [{"index": 0} | CALL | {"function": {"name": "look", "arguments": ""}}]}),
        _delta({"tool_calls": [{"index": 0, "function": {"arguments": '{"a":"\ud83d'}}]}),
        _delta({"tool_calls": [{"index": 0, "function": {"arguments": '\ude00"}'}}]}),
        _delta({"x_new": {"kept": True}}),
        _delta({}, finish="stop", index=1),
        (end := _delta({}, finish="tool_calls"))
        | {"choices": [end["choices"][0] | {"content_filter_results": {"hate": {"filtered": False}}}]},
        HEAD | {"object": "chat.completion.chunk", "choices": [], "usage": USAGE},
    )
    + b"data: [DONE]\n\n",
)

CUSTOM_CALL = (
    HEAD
    | {
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": None, "refusal": None, "tool_calls": [CUSTOM]},
                "logprobs": None,
                "finish_reason": "tool_calls",
            }
        ],
        "usage": USAGE,
    },
    sse(
        _delta({"role": "assistant", "content": None}),
        _delta({"tool_calls": [{"index": 0} | CUSTOM | {"custom": {"name": "patch", "input": "a"}}]}),
        _delta({"tool_calls": [{"index": 0, "custom": {"input": "bc"}}]}),
        _delta({}, finish="tool_calls"),
        HEAD | {"object": "chat.completion.chunk", "choices": [], "usage": USAGE},
    )
    + b"data: [DONE]\n\n",
)

_TEXT_LOGPROBS = {
    "tokens": ["a", "b"],
    "token_logprobs": [-1, -2],
    "top_logprobs": [{}, {}],
    "text_offset": [0, 1],
}
_TEXT = {"id": "cmpl-1", "object": "text_completion", "created": 7, "model": "m", "system_fingerprint": "fp"}


def _text(text: str, number: int | None = None, finish: str | None = None) -> dict[str, Any]:
    logprobs = None
    if number is not None:
        logprobs = {name: [values[number]] for name, values in _TEXT_LOGPROBS.items()}
    return _TEXT | {"choices": [{"index": 0, "text": text, "logprobs": logprobs, "finish_reason": finish}]}


COMPLETIONS = (
    _TEXT
    | {
        "choices": [{"index": 0, "text": "ab", "logprobs": _TEXT_LOGPROBS, "finish_reason": "stop"}],
        "usage": USAGE,
    },
    sse(_text("a", 0), _text("b", 1), _text("", finish="stop"), _TEXT | {"choices": [], "usage": USAGE})
    + b"data: [DONE]\n\n",
)


@pytest.mark.parametrize(("whole", "stream"), [CHAT, CUSTOM_CALL])
def test_both_forms_say_the_same(whole: dict[str, Any], stream: bytes) -> None:
    are_one_answer(Operation.CHAT, whole, stream)


def test_the_stream_that_is_made_is_one_for_its_sdks() -> None:
    are_one_answer(Operation.CHAT, *CHAT, check_order)


def test_a_legacy_completion() -> None:
    are_one_answer(Operation.COMPLETIONS, *COMPLETIONS)
