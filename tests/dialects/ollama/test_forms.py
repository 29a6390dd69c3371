"""An answer of Ollama's in both its forms has every member that the server wrote."""

import json
from typing import Any

from config.kinds import Operation
from tests.dialects.both_forms import are_one_answer, token

_OLLAMA_CALL = {"id": "call_1", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}}
_OLLAMA_END = {
    "done": True,
    "done_reason": "stop",
    "total_duration": 9,
    "load_duration": 1,
    "prompt_eval_count": 3,
    "prompt_eval_duration": 2,
    "eval_count": 4,
    "eval_duration": 5,
}
_OLLAMA = {"model": "m", "created_at": "2026-01-02T03:04:05Z", "remote_host": "https://ollama.example"}


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


OLLAMA_CHAT = (
    _OLLAMA
    | {
        "message": {
            "role": "assistant",
            "content": "Hi \U0001f600",
            "thinking": "hmm.",
            "tool_calls": [_OLLAMA_CALL],
        }
    }
    | {"logprobs": [token("Hi"), token(" \U0001f600")]}
    | _OLLAMA_END,
    lines(
        *(
            _OLLAMA | {"message": {"role": "assistant", "content": "", "thinking": text}, "done": False}
            for text in ("hm", "m.")
        ),
        _OLLAMA
        | {"message": {"role": "assistant", "content": "Hi"}, "logprobs": [token("Hi")], "done": False},
        _OLLAMA
        | {
            "message": {"role": "assistant", "content": " \ud83d"},
            "logprobs": [token(" \U0001f600")],
            "done": False,
        },
        _OLLAMA | {"message": {"role": "assistant", "content": "\ude00"}, "done": False},
        _OLLAMA
        | {"message": {"role": "assistant", "content": "", "tool_calls": [_OLLAMA_CALL]}, "done": False},
        _OLLAMA | {"message": {"role": "assistant", "content": ""}} | _OLLAMA_END,
    ),
)
OLLAMA_GENERATE = (
    _OLLAMA | {"response": "Hi", "thinking": "hmm.", "context": [1, 2]} | _OLLAMA_END,
    lines(
        _OLLAMA | {"response": "", "thinking": "hmm.", "done": False},
        _OLLAMA | {"response": "H", "done": False},
        _OLLAMA | {"response": "i", "done": False},
        _OLLAMA | {"response": "", "context": [1, 2]} | _OLLAMA_END,
    ),
)


def test_both_forms_of_a_chat_say_the_same() -> None:
    are_one_answer(Operation.OLLAMA_CHAT, *OLLAMA_CHAT)


def test_both_forms_of_a_prompts_answer_say_the_same() -> None:
    are_one_answer(Operation.OLLAMA_GENERATE, *OLLAMA_GENERATE)
