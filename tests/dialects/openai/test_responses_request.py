"""A Responses request is a conversation, and a conversation is a Responses request.

What differs after a way there and back: a `store` not spoken of is False, usage is always told, turns of the
model or of tools that follow one another are one, a choice of tools named once is required by its name, and
tools of other formats that do not say `strict` are not strict.
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.conversation import (
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
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from dialects.features import FEATURES, fit
from dialects.openai.responses import OpenAIResponses
from dialects.openai.responses_request import read_request, write_request
from tests.dialects.conversations import conversations

replace = msgspec.structs.replace

RESPONSES: Dialect = OpenAIResponses()
SCHEMA = {"type": "object", "properties": {}}
FUNCTION = {"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": True}
SEARCH = {"type": "web_search", "filters": {"allowed_domains": ["a.example"]}}


def body(**members: Any) -> bytes:
    return json.dumps({"model": "m", "input": "hi"} | members).encode()


def read(**members: Any) -> Conversation:
    return read_request(body(**members))


def written(conversation: Conversation) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_request(conversation))
    return found


def canonical(conversation: Conversation) -> Conversation:
    turns: list[Message] = []
    for message in conversation.messages:
        if turns and turns[-1].role == message.role and message.role in ("assistant", "tool"):
            turns[-1] = replace(turns[-1], parts=turns[-1].parts + message.parts)
        else:
            turns.append(message)
    return replace(
        conversation,
        dialect="openai_responses",
        messages=tuple(turns),
        tools=tuple(
            replace(tool, strict=bool(tool.strict)) if isinstance(tool, Tool) else tool
            for tool in conversation.tools
        ),
        include_usage=True,
        store=bool(conversation.store),
    )


@given(conversations())
def test_what_is_written_is_read_as_it_was(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, RESPONSES, Destination("m", unsupported="drop"))
    again = read_request(write_request(fitted))
    assert again == canonical(fitted)
    assert read_request(write_request(again)) == again


MEMBERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("instructions", {"instructions": "be kind"}, {"messages": "checked below"}),
    (
        "sampling",
        {"max_output_tokens": 9, "temperature": 0.5, "top_p": 0.9},
        {"sampling": Sampling(9, 0.5, 0.9)},
    ),
    (
        "tokens asked for",
        {"top_logprobs": 3, "include": ["message.output_text.logprobs"]},
        {"sampling": Sampling(logprobs=3)},
    ),
    ("alternatives alone", {"top_logprobs": 3}, {"extra": {"top_logprobs": 3}}),
    ("a function", {"tools": [FUNCTION]}, {"tools": (Tool("f", "d", SCHEMA, True),)}),
    (
        "a function that is found by a search",
        {"tools": [FUNCTION | {"defer_loading": True}]},
        {"tools": (Tool("f", "d", SCHEMA, True, extra={"defer_loading": True}),)},
    ),
    ("a tool of the vendor", {"tools": [SEARCH]}, {"tools": (NativeTool("openai_responses", SEARCH),)}),
    ("any tool", {"tool_choice": "required"}, {"tool_choice": ToolChoice("required")}),
    (
        "this tool",
        {"tool_choice": {"type": "function", "name": "f"}},
        {"tool_choice": ToolChoice("required", ("f",))},
    ),
    (
        "one of these",
        {
            "tool_choice": {
                "type": "allowed_tools",
                "mode": "auto",
                "tools": [{"type": "function", "name": "f"}],
            }
        },
        {"tool_choice": ToolChoice("auto", ("f",))},
    ),
    (
        "one of these, the vendor's own among them",
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]}},
        {
            "extra": {
                "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]}
            }
        },
    ),
    (
        "a tool of the vendor's",
        {"tool_choice": {"type": "web_search"}},
        {"extra": {"tool_choice": {"type": "web_search"}}},
    ),
    ("one at a time", {"parallel_tool_calls": False}, {"parallel_tools": False}),
    ("JSON", {"text": {"format": {"type": "json_object"}}}, {"format": Format("json")}),
    (
        "a schema",
        {
            "text": {
                "format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True},
                "verbosity": "low",
            }
        },
        {"format": Format("schema", SCHEMA, "n", None, True), "verbosity": "low"},
    ),
    (
        "a format nobody knows",
        {"text": {"format": {"type": "grammar"}}},
        {"extra": {"text": {"format": {"type": "grammar"}}}},
    ),
    (
        "reasoning",
        {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
        {"reasoning": Reasoning("low", show=True)},
    ),
    (
        "reasoning in detail",
        {
            "reasoning": {"effort": "low", "summary": "detailed", "context": "all_turns"},
            "include": ["reasoning.encrypted_content"],
        },
        {
            "reasoning": Reasoning("low", show=True),
            "extra": {"reasoning": {"summary": "detailed", "context": "all_turns"}},
        },
    ),
    (
        "an effort nobody knows",
        {"reasoning": {"effort": "extreme"}},
        {"extra": {"reasoning": {"effort": "extreme"}}},
    ),
    ("stream", {"stream": True}, {"stream": True}),
    ("store", {"store": True}, {"store": True}),
    ("metadata", {"metadata": {"a": "b"}}, {"metadata": {"a": "b"}}),
    ("user", {"user": "u"}, {"user": "u"}),
    (
        "user by the newer name",
        {"safety_identifier": "s", "user": "u"},
        {"user": "s", "extra": {"safety_identifier": "s", "user": "u"}},
    ),
    ("cache", {"prompt_cache_key": "k"}, {"cache_key": "k"}),
    ("tier", {"service_tier": "flex"}, {"service_tier": "flex"}),
    (
        "what only this format has",
        {"truncation": "auto", "client_metadata": {"a": 1}, "include": ["file_search_call.results"]},
        {
            "extra": {
                "truncation": "auto",
                "client_metadata": {"a": 1},
                "include": ["file_search_call.results"],
            }
        },
    ),
]


@pytest.mark.parametrize(("members", "fields"), [row[1:] for row in MEMBERS], ids=[row[0] for row in MEMBERS])
def test_each_member_is_read_and_written_as_it_was(members: dict[str, Any], fields: dict[str, Any]) -> None:
    found = read(**members)
    expected = {"extra": None} | fields
    expected.pop("messages", None)
    assert {name: getattr(found, name) for name in expected} == expected
    again = written(found)
    assert {name: again.get(name) for name in members} == members
    assert set(again) == {"model", "input", "store", *members}


def test_instructions_are_the_first_system_message() -> None:
    found = read(instructions="be kind", input=[{"role": "system", "content": "and short"}])
    assert found.messages == (Message("system", (Text("be kind"),)), Message("system", (Text("and short"),)))
    again = written(found)
    assert again["instructions"] == "be kind"
    assert again["input"][0]["role"] == "system"


@pytest.mark.parametrize("members", [{}, {"instructions": None}, {"instructions": ""}])
def test_without_instructions_there_are_none(members: dict[str, Any]) -> None:
    found = read(**members)
    assert found.messages == (Message("user", (Text("hi"),)),)
    assert "instructions" not in written(found)


def test_nothing_is_kept_by_the_vendor_unless_it_is_asked_to() -> None:
    assert written(read())["store"] is False


def test_thoughts_are_asked_for_sealed_so_that_they_can_be_sent_back() -> None:
    assert written(read(reasoning={"effort": "high"}))["include"] == ["reasoning.encrypted_content"]


def test_a_function_of_another_format_is_not_made_strict() -> None:
    asked = Conversation(dialect="openai_chat", model="m", messages=(), tools=(Tool("f"),))
    assert written(asked)["tools"] == [{"type": "function", "name": "f", "parameters": None, "strict": False}]


@pytest.mark.parametrize(
    ("budget", "effort"),
    [(0, "none"), (1, "low"), (2048, "low"), (2049, "medium"), (8193, "high"), (-1, None)],
)
def test_a_budget_is_an_effort(budget: int, effort: str | None) -> None:
    asked = Conversation(dialect="test", model="m", messages=(), reasoning=Reasoning(budget=budget))
    assert written(asked).get("reasoning", {}).get("effort") == effort


@pytest.mark.parametrize(
    ("members", "param"),
    [
        pytest.param({"previous_response_id": "resp_1"}, "previous_response_id", id="previous"),
        pytest.param({"conversation": {"id": "conv_1"}}, "conversation", id="conversation"),
        pytest.param({"prompt": {"id": "pmpt_1"}}, "prompt", id="prompt"),
        pytest.param(
            {"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0", id="an item by its name"
        ),
    ],
)
def test_what_only_the_vendor_keeps_is_refused(members: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**members)
    assert (refused.value.param, refused.value.code) == (param, "unsupported_parameter")
    assert refused.value.message.startswith(f"'{param}' names ")


def test_an_answer_to_be_fetched_later_is_refused() -> None:
    with pytest.raises(Malformed, match="neither be fetched nor counted") as refused:
        read(background=True)
    assert (refused.value.param, refused.value.code) == ("background", None)  # nobody else could


def test_what_is_kept_by_nobody_is_no_reason_to_refuse() -> None:
    assert read(previous_response_id=None, conversation=None, background=False).extra is None


@pytest.mark.parametrize(
    ("members", "param"),
    [
        pytest.param({"input": 7}, "input", id="input"),
        pytest.param({"input": [{"role": "user", "content": 7}]}, "input.0.content", id="content"),
        pytest.param({"temperature": "warm"}, "temperature", id="temperature"),
        pytest.param({"tools": [{"type": "function"}]}, "tools.0.name", id="a tool of no name"),
        pytest.param({"tools": [{}]}, "tools.0.type", id="a tool of no type"),
        pytest.param({"tool_choice": "maybe"}, "tool_choice.type", id="choice"),
        pytest.param({"tool_choice": {}}, "tool_choice.type", id="choice of nothing"),
        pytest.param({"text": {"format": "json"}}, "text.format", id="format"),
        pytest.param({"text": {"format": {"type": "json_schema"}}}, "text.format.schema", id="schema"),
        pytest.param({"text": {"verbosity": 1}}, "text.verbosity", id="verbosity"),
        pytest.param({"reasoning": {"effort": 1}}, "reasoning.effort", id="effort"),
        pytest.param({"metadata": {"a": 1}}, "metadata[...]", id="metadata"),
    ],
)
def test_a_bad_request_is_refused_with_its_place(members: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**members)
    assert refused.value.param == param


CODEX = {
    "model": "m",
    "instructions": "You are a coding agent. " * 500,
    "input": [
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "sandboxed"}]},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "fix it"}]},
        {"type": "reasoning", "summary": [], "content": None, "encrypted_content": "sealed"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "I look."}],
            "phase": "commentary",
        },
        {
            "type": "local_shell_call",
            "call_id": "s",
            "status": "completed",
            "action": {"type": "exec", "command": ["ls"]},
        },
        {"type": "function_call", "name": "shell", "arguments": "{}", "call_id": "c1"},
        {"type": "function_call_output", "call_id": "c1", "output": "ok"},
        {"type": "custom_tool_call", "call_id": "c2", "name": "apply_patch", "input": "*** Begin"},
        {"type": "custom_tool_call_output", "call_id": "c2", "output": "Done"},
    ],
    "tools": [
        FUNCTION | {"name": "shell", "strict": False},
        {"type": "custom", "name": "apply_patch", "format": {"type": "grammar", "syntax": "lark"}},
        {"type": "namespace", "name": "mcp__files", "tools": [FUNCTION]},
        {"type": "web_search", "external_web_access": True},
        {"type": "local_shell"},
    ],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning": {"effort": "medium", "summary": "auto"},
    "store": False,
    "stream": True,
    "include": ["reasoning.encrypted_content"],
    "prompt_cache_key": "thread",
    "text": {"verbosity": "medium"},
    "client_metadata": {"session": "1"},
}


def test_an_agents_request_fits_another_format_with_hints_dropped_alone() -> None:
    found = read_request(json.dumps(CODEX).encode())
    other = OpenAIResponses()
    other.name = "another"
    other.origins = frozenset(["anthropic"])
    fitted, dropped = fit(found, other, Destination("m", unsupported="error"))
    hints = {feature.name for feature in FEATURES if feature.hint} | {"thinking.foreign"}
    assert {name for name in dropped if not name.startswith("extra.")} <= hints
    assert [message.role for message in fitted.messages] == [
        "system",
        "developer",
        "user",
        "assistant",
        "tool",
    ]
    assert [tool.name for tool in fitted.tools if isinstance(tool, Tool)] == ["shell"]


def test_an_agents_request_loses_nothing_in_its_own_format() -> None:
    found = read_request(json.dumps(CODEX).encode())
    fitted, dropped = fit(found, RESPONSES, Destination("m", unsupported="error"))
    assert (fitted, dropped) == (found, ())
    again = written(found)
    assert {name: again[name] for name in CODEX if name != "input"} == {
        name: value for name, value in CODEX.items() if name != "input"
    }
    assert read_request(write_request(found)) == found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "text", "role", "content", "item"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def spoiled(draw: st.DrawFn, value: Any) -> Any:
    """The same with something else in one place."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        return value | {name: spoiled(draw, value[name])}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], spoiled(draw, value[at]), *value[at + 1 :]]
    return draw(json_values)


@given(st.composite(lambda draw: spoiled(draw, CODEX))())
def test_no_value_of_another_type_breaks_the_reader(request: Any) -> None:
    try:
        found = read_request(json.dumps(request).encode())
    except Malformed as refused:
        assert refused.message
        return
    again = read_request(write_request(found))
    assert read_request(write_request(again)) == again
