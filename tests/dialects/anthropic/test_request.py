"""Requests are read whole, refused with the place, and written as a Claude takes them."""

import json
from typing import Any

import pytest

from dialects.anthropic.blocks import NAME
from dialects.anthropic.request import MOST_OUTPUT, read_messages_request, write_messages_request
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
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Destination
from dialects.errors import Malformed

TO = Destination("claude-x")
USER = Message("user", (Text("hi"),))
HOUR = {"type": "ephemeral", "ttl": "1h"}
HI = [{"role": "user", "content": "hi"}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}

# What an agent at work sends.
AGENT: dict[str, Any] = {
    "model": "claude-x",
    "max_tokens": 32000,
    "stream": True,
    "system": [
        {"type": "text", "text": "You are an agent."},
        {"type": "text", "text": "Rules.", "cache_control": {**HOUR, "scope": "global"}},
    ],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "list", "cache_control": HOUR}]},
        {"role": "system", "content": "The date is known."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "S1"},
                {"type": "redacted_thinking", "data": "D"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}},
                {
                    "type": "tool_use",
                    "id": "toolu_2",
                    "name": "Read",
                    "input": {"path": "a", "limit": 5},
                    "caller": {"type": "direct"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "a\nb"},
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_2",
                    "content": [{"type": "text", "text": "no such file"}],
                    "is_error": True,
                    "cache_control": {"type": "ephemeral"},
                },
                {"type": "text", "text": "<system-reminder>Be brief.</system-reminder>"},
            ],
        },
    ],
    "tools": [
        {"name": "Bash", "description": "Runs.", "input_schema": SCHEMA, "eager_input_streaming": True},
        {"name": "Read", "description": "Reads.", "input_schema": SCHEMA, "cache_control": HOUR},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 8},
    ],
    "tool_choice": {"type": "auto"},
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high", "task_budget": {"type": "tokens", "total": 5}},
    "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
    "metadata": {"user_id": "u1"},
    "speed": "fast",
}


def read(**members: Any) -> Conversation:
    return read_messages_request(
        json.dumps({"model": "m", "max_tokens": 5, "messages": HI} | members).encode()
    )


def written(conversation: Conversation, to: Destination = TO) -> dict[str, Any]:
    return json.loads(write_messages_request(conversation, to))


def asked(**fields: Any) -> Conversation:
    fields = {"messages": (Message("user", (Text("hi"),)),), "dialect": "openai_chat"} | fields
    return Conversation(model="m", **fields)


def test_an_agents_request_comes_back_as_it_was_but_for_short_forms() -> None:
    expected = json.loads(json.dumps(AGENT))
    expected["messages"][3]["content"][1]["content"] = "no such file"
    assert written(read_messages_request(json.dumps(AGENT).encode())) == expected


def test_an_agents_request_is_understood() -> None:
    agent = read_messages_request(json.dumps(AGENT).encode())
    assert [message.role for message in agent.messages] == [
        "system",
        "user",
        "system",
        "assistant",
        "tool",
        "user",
    ]
    assert agent.tools[0].extra == {"eager_input_streaming": True}  # type: ignore[union-attr]
    assert agent.tools[2] == NativeTool(NAME, AGENT["tools"][2])
    assert agent.reasoning == Reasoning("high", -1)
    assert (agent.user, agent.stream, agent.include_usage) == ("u1", True, True)
    assert agent.extra == {
        "context_management": AGENT["context_management"],
        "output_config": {"task_budget": {"type": "tokens", "total": 5}},
        "speed": "fast",
    }


@pytest.mark.parametrize(
    ("members", "fields"),
    [
        pytest.param({"temperature": 1, "top_p": 0.5, "top_k": 3}, {}, id="sampling"),
        pytest.param({"stop_sequences": ["a", "b"]}, {}, id="stop"),
        pytest.param({"system": "be brief"}, {}, id="system"),
        pytest.param({"service_tier": "standard_only"}, {"service_tier": "default"}, id="tier"),
        pytest.param({"service_tier": "auto"}, {"service_tier": "auto"}, id="any tier"),
        pytest.param({"service_tier": "new"}, {"service_tier": "new"}, id="a tier of tomorrow"),
        pytest.param({"metadata": {"user_id": "u", "x": 1}}, {"user": "u"}, id="more metadata"),
        pytest.param({"thinking": {"type": "disabled"}}, {"reasoning": Reasoning("none")}, id="no thinking"),
        pytest.param({"thinking": {"type": "between_tools"}}, {"reasoning": None}, id="unknown thinking"),
        pytest.param({"output_config": {"effort": "turbo"}}, {"reasoning": None}, id="unknown effort"),
        pytest.param(
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "low"}},
            {"format": Format("schema", SCHEMA), "reasoning": Reasoning("low")},
            id="a schema",
        ),
        pytest.param({"mcp_servers": [{"url": "u"}], "container": "c"}, {}, id="what nobody here knows"),
    ],
)
def test_what_a_caller_of_this_format_wrote_passes_as_it_was_written(
    members: dict[str, Any], fields: dict[str, Any]
) -> None:
    found = read(**members)
    assert {name: getattr(found, name) for name in fields} == fields
    assert written(found) == {"model": "claude-x", "max_tokens": 5, "messages": HI} | members


def test_the_older_name_of_a_schema_is_understood() -> None:
    assert read(output_format={"type": "json_schema", "schema": SCHEMA}).format == Format("schema", SCHEMA)


TOOLS = {"tools": [{"name": "f", "input_schema": SCHEMA}]}


@pytest.mark.parametrize(
    ("choice", "read_as", "parallel"),
    [
        ({"type": "auto"}, ToolChoice("auto"), None),
        ({"type": "any"}, ToolChoice("required"), None),
        ({"type": "none"}, ToolChoice("none"), None),
        ({"type": "tool", "name": "f"}, ToolChoice("required", ("f",)), None),
        ({"type": "auto", "disable_parallel_tool_use": True}, ToolChoice("auto"), False),
        ({"type": "any", "disable_parallel_tool_use": False}, ToolChoice("required"), True),
        ({"type": "new", "x": 1}, None, None),
    ],
)
def test_a_choice_of_tools_travels_both_ways(
    choice: dict[str, Any], read_as: ToolChoice | None, parallel: bool | None
) -> None:
    found = read(tool_choice=choice, **TOOLS)
    assert (found.tool_choice, found.parallel_tools) == (read_as, parallel)
    assert written(found)["tool_choice"] == choice


@pytest.mark.parametrize(
    ("fields", "choice"),
    [
        ({"parallel_tools": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        ({"parallel_tools": True}, None),
        ({"parallel_tools": False, "tool_choice": ToolChoice("none")}, {"type": "none"}),
        ({"tool_choice": ToolChoice("required"), "tools": ()}, None),
        ({"tool_choice": ToolChoice("auto", ("f",))}, {"type": "auto"}),
    ],
)
def test_a_choice_is_written_only_where_it_is_taken(
    fields: dict[str, Any], choice: dict[str, Any] | None
) -> None:
    assert written(asked(**{"tools": (Tool("f"),)} | fields)).get("tool_choice") == choice


def test_a_tool_is_written_with_all_that_is_demanded() -> None:
    tools = (Tool("f"), Tool("g", "d", {"properties": {}}, True, CacheHint("5m")))
    assert written(asked(tools=tools))["tools"] == [
        {"name": "f", "input_schema": {"type": "object", "properties": {}}},
        {
            "name": "g",
            "description": "d",
            "input_schema": {"type": "object", "properties": {}, "additionalProperties": False},
            "strict": True,
            "cache_control": {"type": "ephemeral", "ttl": "5m"},
        },
    ]


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        (Message("assistant", (ToolCall("c", "f"),)), "f"),
        (Message("tool", (ToolResult("c", (Text("ok"),)),)), "tool"),
    ],
)
def test_tools_of_the_history_are_offered_and_not_to_be_called(turn: Message, name: str) -> None:
    body = written(asked(messages=(USER, turn, USER)))
    assert [tool["name"] for tool in body["tools"]] == [name]
    assert body["tool_choice"] == {"type": "none"}
    assert "tools" not in written(asked(messages=(USER, turn, USER), dialect=NAME))


@pytest.mark.parametrize(
    ("sampling", "to", "most"),
    [
        (Sampling(max_output=7), Destination("m", output_limit=9), 7),
        (Sampling(), Destination("m", output_limit=9), 9),
        (Sampling(), Destination("m"), MOST_OUTPUT),
    ],
)
def test_an_answer_is_always_bounded(sampling: Sampling, to: Destination, most: int) -> None:
    assert written(asked(sampling=sampling), to)["max_tokens"] == most


def test_instructions_alone_are_what_is_asked() -> None:
    found = written(asked(messages=(Message("system", (Text("tell a joke"),)),)))
    assert found["messages"] == [{"role": "user", "content": "tell a joke"}]
    assert "system" not in found


def test_instructions_alone_of_a_caller_of_this_format_are_the_vendors_to_judge() -> None:
    found = written(read(system="tell a joke", messages=[]))
    assert (found["system"], found["messages"]) == ("tell a joke", [])


def test_a_tier_of_another_vendor_is_left_out() -> None:
    assert "service_tier" not in written(asked(service_tier="flex"))
    assert written(asked(service_tier="default"))["service_tier"] == "standard_only"


def test_other_clouds_get_their_version_and_no_model() -> None:
    to = Destination(
        "claude-x",
        drops=frozenset(["model", "top_k"]),
        renames={"speed": "pace"},
        sets={"anthropic_version": "vertex-2023-10-16"},
    )
    found = written(read(speed="fast", top_k=5), to)
    assert found == {
        "max_tokens": 5,
        "messages": HI,
        "pace": "fast",
        "anthropic_version": "vertex-2023-10-16",
    }


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"max_tokens": None}, "max_tokens"),
        ({"max_tokens": "5"}, "max_tokens"),
        ({"model": 7}, "model"),
        ({"messages": "hi"}, "messages"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"system": 7}, "system"),
        ({"system": [{"type": "text"}]}, "system.0.text"),
        ({"temperature": "hot"}, "temperature"),
        ({"stop_sequences": "x"}, "stop_sequences"),
        ({"tools": [{"name": "f"}]}, "tools.0.input_schema"),
        ({"tools": [{"input_schema": {}}]}, "tools.0.name"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.name"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"thinking": "on"}, "thinking"),
        ({"output_config": {"format": 7}}, "output_config.format"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(members: dict[str, Any], place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**members)
    assert refused.value.param == place


def test_of_equal_keys_the_last_one_counts() -> None:
    body = b'{"model":"a","model":"b","max_tokens":1,"messages":[],"speed":1,"speed":2}'
    found = read_messages_request(body)
    assert (found.model, found.extra) == ("b", {"speed": 2})


@pytest.mark.parametrize("value", [b"1e999", b"9" * 5000, b'{"a": [1e999]}'])
def test_a_number_beyond_every_bound_is_malformed_also_in_what_nobody_knows(value: bytes) -> None:
    body = b'{"model": "m", "max_tokens": 5, "messages": [], "odd": %b}' % value
    with pytest.raises(Malformed) as told:
        read_messages_request(body)
    assert told.value.param == "odd"
