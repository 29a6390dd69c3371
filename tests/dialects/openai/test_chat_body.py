"""Requests for vendors: what was fitted is written, and reads the same."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from dialects.conversation import (
    Conversation,
    File,
    Format,
    Inline,
    Message,
    NativeTool,
    Part,
    Reasoning,
    RedactedThinking,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
)
from dialects.dialect import Destination
from dialects.features import fit
from dialects.openai.chat import OpenAIChat
from tests.dialects.conversations import conversations

# A whole conversation takes long to draw on a busy machine.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHAT = OpenAIChat()
TO = Destination("m", unsupported="drop")
replace = msgspec.structs.replace


def canonical(conversation: Conversation) -> Conversation:
    """What a chat request can tell apart: the format's own name; thoughts in one text before all else,
    calls after all else; a name for every document that is in the request; a budget's effort."""
    return replace(
        conversation,
        dialect=CHAT.name,
        model="m",
        messages=tuple(
            replace(message, parts=_canonical(message.parts)) for message in conversation.messages
        ),
    )


def _canonical(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    thought = "\n\n".join(part.text for part in parts if isinstance(part, Thinking))
    rest = [part for part in parts if not isinstance(part, Thinking | RedactedThinking)]
    named = [
        replace(part, name=part.name or "document.pdf")
        if isinstance(part, File) and isinstance(part.source, Inline)
        else part
        for part in rest
    ]
    first = [Thinking(thought)] if thought else []
    return (*first, *sorted(named, key=lambda part: isinstance(part, ToolCall)))


def written(conversation: Conversation, to: Destination = TO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CHAT.write_request(conversation, to))
    return found


def asked(**fields: Any) -> Conversation:
    said = (Message("user", (Text("hi"),)),)
    return Conversation(**({"dialect": "test", "model": "x", "messages": said} | fields))


@SLOW
@given(conversations())
def test_what_is_written_reads_the_same(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, CHAT, TO)
    assert CHAT.read_request(CHAT.write_request(fitted, TO)) == canonical(fitted)


@SLOW
@given(conversations(CHAT.name))
def test_reading_and_writing_change_nothing_the_second_time(conversation: Conversation) -> None:
    once = CHAT.write_request(fit(conversation, CHAT, TO)[0], TO)
    again, dropped = fit(CHAT.read_request(once), CHAT, TO)
    assert (CHAT.write_request(again, TO), dropped) == (once, ())


@pytest.mark.parametrize(
    ("fields", "members"),
    [
        pytest.param({}, {}, id="nothing more"),
        pytest.param({"sampling": Sampling(max_output=7)}, {"max_completion_tokens": 7}, id="the newer cap"),
        pytest.param({"sampling": Sampling(logprobs=0)}, {"logprobs": True}, id="logprobs of the token"),
        pytest.param(
            {"sampling": Sampling(logprobs=3)}, {"logprobs": True, "top_logprobs": 3}, id="and others"
        ),
        pytest.param({"sampling": Sampling(stop=("a",), choices=2)}, {"stop": ["a"], "n": 2}, id="n"),
        pytest.param({"reasoning": Reasoning("max")}, {"reasoning_effort": "xhigh"}, id="beyond the highest"),
        pytest.param(
            {"reasoning": Reasoning("max"), "dialect": "openai_chat"},
            {"reasoning_effort": "max"},
            id="one's own words",
        ),
        pytest.param({"reasoning": Reasoning(budget=0)}, {"reasoning_effort": "none"}, id="no budget"),
        pytest.param({"reasoning": Reasoning(budget=2000)}, {"reasoning_effort": "low"}, id="budget"),
        pytest.param({"reasoning": Reasoning(budget=90000)}, {"reasoning_effort": "high"}, id="large budget"),
        pytest.param({"reasoning": Reasoning(budget=-1)}, {}, id="as the model likes"),
        pytest.param(
            {"tool_choice": ToolChoice("required", ("f",))},
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            id="one tool",
        ),
        pytest.param(
            {"tool_choice": ToolChoice("auto", ("f", "g"))},
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {
                        "mode": "auto",
                        "tools": [
                            {"type": "function", "function": {"name": "f"}},
                            {"type": "function", "function": {"name": "g"}},
                        ],
                    },
                }
            },
            id="some tools",
        ),
        pytest.param(
            {
                "tools": (
                    Tool("f", extra={"function": {"x": 1}, "y": 2}),
                    NativeTool("openai_chat", {"type": "custom"}),
                )
            },
            {
                "tools": [
                    {"type": "function", "function": {"name": "f", "x": 1}, "y": 2},
                    {"type": "custom"},
                ]
            },
            id="tools with more to them",
        ),
        pytest.param({"format": Format("json")}, {"response_format": {"type": "json_object"}}, id="json"),
        pytest.param(
            {"format": Format("schema", {"type": "object"})},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": {"type": "object"}},
                }
            },
            id="a schema without a name",
        ),
        pytest.param(
            {
                "stream": True,
                "include_usage": True,
                "extra": {"stream_options": {"include_obfuscation": False}},
            },
            {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": False}},
            id="options of the stream",
        ),
        pytest.param(
            {"dialect": "openai_chat", "user": "u", "extra": {"safety_identifier": "u", "prediction": {}}},
            {"safety_identifier": "u", "prediction": {}},
            id="a user under the newer name",
        ),
        pytest.param(
            {"store": False, "metadata": {"a": "b"}, "cache_key": "k", "parallel_tools": False},
            {
                "store": False,
                "metadata": {"a": "b"},
                "prompt_cache_key": "k",
                "parallel_tool_calls": False,
            },
            id="about the call",
        ),
    ],
)
def test_only_what_was_asked_for_is_written(fields: dict[str, Any], members: dict[str, Any]) -> None:
    base = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    assert written(asked(**fields)) == base | members


def test_the_target_has_the_last_word() -> None:
    to = Destination(
        "m",
        ask_usage=True,
        drops=frozenset(["temperature"]),
        renames={"max_completion_tokens": "max_tokens"},
        sets={"safe_prompt": True},
    )
    sampling = Sampling(max_output=7, temperature=0.5)
    assert written(asked(sampling=sampling, stream=True), to) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
        "safe_prompt": True,
    }


def test_usage_is_not_asked_for_where_nothing_streams() -> None:
    assert "stream_options" not in written(asked(), Destination("m", ask_usage=True))
