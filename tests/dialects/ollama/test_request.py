"""Ollama's options, formats, levels of thought."""

from typing import Any

import msgspec
import pytest

from dialects.conversation import Conversation, Format, Message, Reasoning, Sampling, Text
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.ollama.request import read_request, write_request

TO = Destination("m")


def read(**fields: Any) -> Conversation:
    return read_request(
        msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "hi"}]} | fields)
    )


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        (
            {"options": {"num_predict": 9, "temperature": 0.5, "seed": 1}},
            "sampling",
            Sampling(9, 0.5, seed=1),
        ),
        (
            {"options": {"top_p": 0.5, "top_k": 3, "stop": ["X"]}},
            "sampling",
            Sampling(top_p=0.5, top_k=3, stop=("X",)),
        ),
        (
            {"options": {"frequency_penalty": 1, "presence_penalty": 2}},
            "sampling",
            Sampling(frequency_penalty=1, presence_penalty=2),
        ),
        ({"logprobs": True, "top_logprobs": 2}, "sampling", Sampling(logprobs=2)),
        ({"logprobs": True}, "sampling", Sampling(logprobs=0)),
        (
            {"options": {"num_ctx": 4096, "num_predict": -1}, "keep_alive": "5m"},
            "extra",
            {"options": {"num_ctx": 4096, "num_predict": -1}, "keep_alive": "5m"},
        ),
        ({"options": {"num_ctx": 1, "seed": 2}}, "extra", {"options": {"num_ctx": 1}}),
        ({"format": "json"}, "format", Format("json")),
        ({"format": {"type": "object"}}, "format", Format("schema", {"type": "object"})),
        ({"think": True}, "reasoning", Reasoning(budget=-1)),
        ({"think": False}, "reasoning", Reasoning("none")),
        ({"think": "low"}, "reasoning", Reasoning("low")),
        ({"stream": False}, "stream", False),
        ({"stream": True}, "stream", True),
    ],
    ids=str,
)
def test_a_member_is_read_and_written_again(fields: dict[str, Any], field: str, value: Any) -> None:
    asked = read(**fields)
    assert getattr(asked, field) == value
    written = msgspec.json.decode(write_request(asked, TO))
    assert {name: written[name] for name in fields} == fields


def test_a_request_streams_unless_it_says_not_to() -> None:
    assert read().stream
    assert msgspec.json.decode(write_request(read(), TO))["stream"] is True


def test_whether_to_stream_is_always_written() -> None:
    asked = Conversation(dialect="x", model="m", messages=(Message("user", (Text("hi"),)),))
    assert msgspec.json.decode(write_request(asked, TO)) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": False,
    }


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"format": ""}, "format", None),
        ({"options": {"stop": "X"}}, "sampling", Sampling(stop=("X",))),
        ({"options": {"seed": 1.0}}, "sampling", Sampling(seed=1)),
        ({"options": None}, "sampling", Sampling()),
        ({"top_logprobs": 3}, "sampling", Sampling()),
    ],
    ids=str,
)
def test_other_ways_to_say_it_are_read(fields: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(read(**fields), field) == value


@pytest.mark.parametrize(
    ("reasoning", "think"),
    [
        (Reasoning("minimal"), "low"),
        (Reasoning("xhigh"), "high"),
        (Reasoning(budget=0), False),
        (Reasoning(budget=1024), "low"),
        (Reasoning(budget=4096), "medium"),
        (Reasoning(budget=32000), "high"),
        (Reasoning(show=True), None),
    ],
    ids=str,
)
def test_a_budget_is_a_level(reasoning: Reasoning, think: Any) -> None:
    asked = msgspec.structs.replace(read(), reasoning=reasoning)
    assert msgspec.json.decode(write_request(asked, TO)).get("think") == think


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": {}}, "messages"),
        ({"messages": [{"role": "developer"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [1]}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "images": [1]}]}, "messages.0.images.0"),
        ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages.0.tool_calls.0.function"),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": 7}}]}
                ]
            },
            "messages.0.tool_calls.0.function.arguments",
        ),
        ({"options": {"seed": "x"}}, "options.seed"),
        ({"options": {"stop": [1]}}, "options.stop"),
        ({"format": "xml"}, "format"),
        ({"think": "much"}, "think"),
        ({"think": 1}, "think"),
    ],
    ids=str,
)
def test_what_ollama_would_refuse_is_refused_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**fields)
    assert refused.value.param == param
