"""An event that is made for what was held says that, and begins, calls and counts nothing again."""

from typing import Any

import pytest

from dialects.alone import alone
from dialects.spots import SPOTS, Json


def said(name: str, event: Json, at: int = -1) -> Json:
    """The event for what was held at one of its spots."""
    spots = list(SPOTS[name].find(event))
    spot = spots.pop(at)
    return alone(event, spot, spots, "held")


CALL = {
    "index": 1,
    "id": "call_1",
    "type": "function",
    "function": {"name": "f", "arguments": "{"},
}


@pytest.mark.parametrize(
    ("name", "event", "other"),
    [
        (
            "openai_chat",
            {
                "id": "c",
                "created": 1,
                "choices": [
                    {"index": 0, "delta": {"content": "no"}},
                    {
                        "index": 2,
                        "delta": {"tool_calls": [CALL]},
                        "logprobs": {"x": 1},
                        "finish_reason": None,
                    },
                ],
                "usage": {"total_tokens": 3},
            },
            {
                "id": "c",
                "created": 1,
                "choices": [
                    {
                        "index": 2,
                        "delta": {
                            "tool_calls": [
                                {"index": 1, "type": "function", "function": {"arguments": "held"}},
                            ]
                        },
                        "finish_reason": None,
                    }
                ],
            },
        ),
        (
            "openai_chat",
            {"choices": [{"index": 0, "delta": {"reasoning": "a", "content": "b"}}]},
            {"choices": [{"index": 0, "delta": {"reasoning": "", "content": "held"}}]},
        ),
        (
            "openai_chat",
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"tool_calls": [{"function": {}}, {"function": {"arguments": "{"}}]},
                    }
                ]
            },
            {
                "choices": [
                    {"index": 0, "delta": {"tool_calls": [{"function": {"arguments": "held"}, "index": 1}]}}
                ]
            },
        ),
        (
            "openai_chat",
            {
                "choices": [
                    {"delta": {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}
                ]
            },
            {"choices": [{"delta": {"content": [{"type": "text", "text": "held"}]}}]},
        ),
        (
            "gemini",
            {
                "candidates": [
                    {
                        "content": {
                            "role": "model",
                            "parts": [
                                {"functionCall": {"name": "f", "args": {}}},
                                {"text": "b", "thought": True, "thoughtSignature": "s"},
                            ],
                        },
                        "groundingMetadata": {},
                    }
                ],
                "usageMetadata": {"totalTokenCount": 3},
                "modelVersion": "m",
            },
            {
                "candidates": [
                    {"content": {"role": "model", "parts": [{"text": "held", "thought": True}]}},
                ],
                "modelVersion": "m",
            },
        ),
        (
            "gemini",
            {"candidates": [{"content": {}}, {"content": {"parts": [{"text": "b"}]}}]},
            {"candidates": [{"content": {"parts": [{"text": "held"}]}, "index": 1}]},
        ),
        (
            "openai_responses",
            {
                "type": "response.output_text.delta",
                "item_id": "i",
                "delta": "b",
                "logprobs": [{"token": "b"}],
            },
            {"type": "response.output_text.delta", "item_id": "i", "delta": "held", "logprobs": []},
        ),
        (
            "ollama_generate",
            {"model": "m", "thinking": "a", "response": "b", "done": False},
            {"model": "m", "thinking": "", "response": "held", "done": False},
        ),
    ],
)
def test_nothing_but_its_text_is_said_again(name: str, event: Json, other: Any) -> None:
    assert said(name, event) == other


def test_the_event_stays_as_it_is() -> None:
    event: Json = {"choices": [{"index": 0, "delta": {"reasoning": "a", "content": "b"}}]}
    said("openai_chat", event, 0)
    assert event == {"choices": [{"index": 0, "delta": {"reasoning": "a", "content": "b"}}]}
