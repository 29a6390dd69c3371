"""Requests of clients: what they wish, and where they say what OpenAI would refuse."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.conversation import (
    CacheHint,
    Conversation,
    Format,
    Message,
    NativeTool,
    Reasoning,
    Sampling,
    Text,
    Tool,
    ToolChoice,
)
from dialects.errors import Malformed
from dialects.openai.chat_request import read_request

WORDS = st.sampled_from(["type", "function", "name", "role", "content", "json_schema", "user", "text"])
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
MESSAGES = [{"role": "user", "content": "hi"}]
FUNCTION = {"name": "f", "parameters": {"type": "object"}}
NAMED = {"type": "function", "function": {"name": "f"}}


def read(**fields: Any) -> Conversation:
    return read_request(json.dumps({"model": "m", "messages": MESSAGES} | fields).encode())


def plain(**fields: Any) -> Conversation:
    said = (Message("user", (Text("hi"),)),)
    return Conversation(dialect="openai_chat", model="m", messages=said, **fields)


SAME = [
    pytest.param({}, {}, id="nothing more"),
    pytest.param({"max_tokens": 7}, {"sampling": Sampling(max_output=7)}, id="the older cap"),
    pytest.param(
        {"max_tokens": 7, "max_completion_tokens": 5}, {"sampling": Sampling(max_output=5)}, id="both caps"
    ),
    pytest.param({"stop": "a"}, {"sampling": Sampling(stop=("a",))}, id="one stop"),
    pytest.param({"stop": ["a", "b"]}, {"sampling": Sampling(stop=("a", "b"))}, id="stops"),
    pytest.param({"stop": None, "n": None}, {}, id="nulls"),
    pytest.param(
        {"temperature": 1, "top_p": 0.5, "seed": 3, "n": 2, "logit_bias": {"50": -100}},
        {"sampling": Sampling(temperature=1.0, top_p=0.5, seed=3, choices=2, logit_bias={"50": -100.0})},
        id="sampling",
    ),
    pytest.param(
        {"logprobs": True, "top_logprobs": 3}, {"sampling": Sampling(logprobs=3)}, id="alternatives"
    ),
    pytest.param({"logprobs": True}, {"sampling": Sampling(logprobs=0)}, id="the token alone"),
    pytest.param({"logprobs": False, "top_logprobs": 3}, {}, id="no logprobs"),
    pytest.param(
        {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": False}},
        {
            "stream": True,
            "include_usage": True,
            "extra": {"stream_options": {"include_obfuscation": False}},
        },
        id="stream",
    ),
    pytest.param(
        {"tools": [{"type": "function", "function": FUNCTION}], "parallel_tool_calls": False},
        {"tools": (Tool("f", parameters={"type": "object"}),), "parallel_tools": False},
        id="a tool",
    ),
    pytest.param(
        {
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "f", "description": "d", "strict": True, "x": 1},
                    "cache_control": {"type": "ephemeral", "ttl": "1h"},
                }
            ]
        },
        {
            "tools": (
                Tool(
                    "f",
                    "d",
                    None,
                    True,
                    CacheHint("1h"),
                    {"cache_control": {"type": "ephemeral", "ttl": "1h"}, "function": {"x": 1}},
                ),
            )
        },
        id="a tool with more to it",
    ),
    pytest.param(
        {"tools": [{"type": "custom", "custom": {"name": "c"}}]},
        {"tools": (NativeTool("openai_chat", {"type": "custom", "custom": {"name": "c"}}),)},
        id="a tool that takes free text",
    ),
    pytest.param(
        {"functions": [FUNCTION], "function_call": {"name": "f"}},
        {
            "tools": (Tool("f", parameters={"type": "object"}),),
            "tool_choice": ToolChoice("required", ("f",)),
            "legacy_functions": True,
        },
        id="functions",
    ),
    pytest.param({"function_call": "none"}, {"tool_choice": ToolChoice("none")}, id="no function"),
    pytest.param({"tool_choice": "required"}, {"tool_choice": ToolChoice("required")}, id="any tool"),
    pytest.param({"tool_choice": "any"}, {"tool_choice": ToolChoice("required")}, id="Mistral's word"),
    pytest.param({"tool_choice": {"type": "auto"}}, {"tool_choice": ToolChoice("auto")}, id="an object"),
    pytest.param({"tool_choice": NAMED}, {"tool_choice": ToolChoice("required", ("f",))}, id="this tool"),
    pytest.param(
        {
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [NAMED, NAMED]},
            }
        },
        {"tool_choice": ToolChoice("auto", ("f", "f"))},
        id="these tools",
    ),
    pytest.param(
        {"tool_choice": {"type": "custom", "custom": {"name": "c"}}},
        {"extra": {"tool_choice": {"type": "custom", "custom": {"name": "c"}}}},
        id="a tool only this format knows",
    ),
    pytest.param(
        {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{}]}}},
        {
            "extra": {
                "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{}]}}
            }
        },
        id="tools without names",
    ),
    pytest.param({"response_format": {"type": "text"}}, {}, id="text"),
    pytest.param({"response_format": {"type": "json_object"}}, {"format": Format("json")}, id="json"),
    pytest.param(
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": {}, "strict": True},
            }
        },
        {"format": Format("schema", {}, "n", None, True)},
        id="schema",
    ),
    pytest.param(
        {"response_format": {"type": "grammar"}},
        {"extra": {"response_format": {"type": "grammar"}}},
        id="a format of one vendor's own",
    ),
    pytest.param({"reasoning_effort": "low"}, {"reasoning": Reasoning("low")}, id="effort"),
    pytest.param(
        {"reasoning_effort": "default"}, {"extra": {"reasoning_effort": "default"}}, id="Groq's effort"
    ),
    pytest.param({"user": "u"}, {"user": "u"}, id="user"),
    pytest.param(
        {"safety_identifier": "s"}, {"user": "s", "extra": {"safety_identifier": "s"}}, id="the newer user"
    ),
    pytest.param(
        {
            "metadata": {"a": "b"},
            "store": True,
            "service_tier": "flex",
            "prompt_cache_key": "k",
            "verbosity": "low",
        },
        {
            "metadata": {"a": "b"},
            "store": True,
            "service_tier": "flex",
            "cache_key": "k",
            "verbosity": "low",
        },
        id="about the call",
    ),
    pytest.param(
        {"modalities": ["audio"], "prediction": {}},
        {"extra": {"modalities": ["audio"], "prediction": {}}},
        id="the rest",
    ),
]


@pytest.mark.parametrize(("fields", "wishes"), SAME)
def test_a_wish_is_read(fields: dict[str, Any], wishes: dict[str, Any]) -> None:
    assert read(**fields) == plain(**wishes)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        pytest.param({"model": 7}, "model", id="model"),
        pytest.param({"messages": {}}, "messages", id="no list"),
        pytest.param({"messages": [7]}, "messages.0", id="no message"),
        pytest.param({"messages": [{"role": "user"}]}, "messages.0.content", id="nothing said"),
        pytest.param({"messages": [{"content": "hi"}]}, "messages.0.role", id="nobody"),
        pytest.param({"messages": [{"role": "x", "content": "hi"}]}, "messages.0.role", id="a stranger"),
        pytest.param({"temperature": "hot"}, "temperature", id="temperature"),
        pytest.param({"stop": [1]}, "stop.0", id="stop"),
        pytest.param({"tools": [{}]}, "tools.0.function", id="no tool"),
        pytest.param({"tools": [7]}, "tools.0", id="a number for a tool"),
        pytest.param({"tools": [{"function": {}}]}, "tools.0.function.name", id="no name"),
        pytest.param({"tool_choice": "some"}, "tool_choice", id="choice"),
        pytest.param({"tool_choice": {}}, "tool_choice", id="empty choice"),
        pytest.param({"tool_choice": {"type": "function"}}, "tool_choice", id="no function"),
        pytest.param({"function_call": {}}, "function_call", id="no function called"),
        pytest.param({"response_format": {}}, "response_format.type", id="format"),
        pytest.param(
            {"response_format": {"type": "json_schema"}}, "response_format.json_schema", id="no schema"
        ),
        pytest.param({"metadata": {"a": 1}}, "metadata[...]", id="metadata"),
    ],
)
def test_what_openai_would_refuse_is_refused_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed, match="^Invalid request body at ") as refused:
        read(**fields)
    assert refused.value.param == param


def test_of_equal_keys_the_last_counts() -> None:
    body = b'{"model":"a","messages":[],"model":"b","stop":"x","stop":"y"}'
    found = read_request(body)
    assert (found.model, found.sampling.stop, found.messages) == ("b", ("y",), ())


@given(st.dictionaries(st.sampled_from(["messages", "tools", "tool_choice", "response_format"]), ODD))
def test_odd_json_is_read_or_refused_and_nothing_else(fields: dict[str, Any]) -> None:
    try:
        assert read(**fields).model == "m"
    except Malformed as refused:
        assert refused.param


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"model":"m"}', b"[" * 2000])
def test_bytes_that_are_no_request_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_request(body)
