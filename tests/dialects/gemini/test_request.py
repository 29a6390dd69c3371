"""Requests as Gemini's callers write them, and as its servers want them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.conversation import Conversation, Message, Sampling, Text, Thinking, Tool, ToolCall, ToolResult
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.gemini.request import read_request, write_request
from dialects.gemini.signatures import PLACEHOLDER
from tests.dialects.drawn_schemas import json_values

TO = Destination("gemini-3-pro")


def read(**members: Any) -> Conversation:
    return read_request(json.dumps(members).encode())


def written(*messages: Message, to: Destination = TO, **rest: Any) -> Any:
    return json.loads(write_request(Conversation(dialect="x", model="m", messages=messages, **rest), to))


def test_a_whole_request_is_read() -> None:
    conversation = read(
        systemInstruction={"parts": [{"text": "be brief"}]},
        contents=[
            {"role": "user", "parts": [{"text": "hi"}]},
            {
                "role": "model",
                "parts": [
                    {"functionCall": {"id": "x1", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"}
                ],
            },
            {
                "role": "user",
                "parts": [{"functionResponse": {"id": "x1", "name": "f", "response": {"result": "ok"}}}],
            },
        ],
        tools=[{"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"type": "object"}}]}],
        generationConfig={"maxOutputTokens": 100},
        safetySettings=[],
        serviceTier="standard",
        model="models/gemini-3-pro",
    )
    assert conversation == Conversation(
        dialect="gemini",
        model="gemini-3-pro",
        messages=(
            Message("system", (Text("be brief"),)),
            Message("user", (Text("hi"),)),
            Message("assistant", (ToolCall("x1", "f", '{"a":1}', "c2ln"),)),
            Message("tool", (ToolResult("x1", (Text("ok"),), "f"),)),
        ),
        tools=(Tool("f", parameters={"type": "object"}),),
        sampling=Sampling(max_output=100),
        include_usage=True,
        service_tier="default",
        extra={"safetySettings": []},
    )


def test_snake_case_says_the_same() -> None:
    snake = read(
        system_instruction={"parts": {"text": "s"}},
        contents={
            "parts": [{"function_call": {"name": "f", "args": {"in_ner": 1}}, "thought_signature": "c2ln"}],
            "role": "model",
        },
        generation_config={"max_output_tokens": 5, "thinking_config": {"include_thoughts": True}},
        tool_config={"function_calling_config": {"mode": "any", "allowed_function_names": ["f"]}},
        cached_content="c",
    )
    camel = read(
        systemInstruction={"parts": [{"text": "s"}]},
        contents=[
            {
                "parts": [{"functionCall": {"name": "f", "args": {"in_ner": 1}}, "thoughtSignature": "c2ln"}],
                "role": "model",
            }
        ],
        generationConfig={"maxOutputTokens": 5, "thinkingConfig": {"includeThoughts": True}},
        toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
        cachedContent="c",
    )
    assert snake == camel
    assert snake.messages[1].parts == (ToolCall("call_0_0", "f", '{"in_ner":1}', "c2ln"),)


def test_results_without_ids_belong_to_the_calls_of_their_names_in_turn() -> None:
    call = {"functionCall": {"name": "f"}}
    told = [
        {"functionResponse": {"name": "f", "response": {"output": word}}} for word in ("one", "two", "odd")
    ]
    turns = read(contents=[{"role": "model", "parts": [call, call]}, {"parts": told}]).messages
    assert [part.id for part in turns[0].parts if isinstance(part, ToolCall)] == ["call_0_0", "call_0_1"]
    assert turns[1].parts == (
        ToolResult("call_0_0", (Text("one"),), "f"),
        ToolResult("call_0_1", (Text("two"),), "f"),
        ToolResult("call_1_2", (Text("odd"),), "f"),
    )


def test_what_functions_gave_is_a_turn_beside_the_users() -> None:
    result = {"functionResponse": {"id": "x", "name": "f", "response": {}}}
    turns = read(
        contents=[{"parts": [result, {"text": "a"}, {"text": "b"}]}, {"parts": [{"text": "c"}]}]
    ).messages
    assert [(turn.role, len(turn.parts)) for turn in turns] == [("tool", 1), ("user", 2), ("user", 1)]


def test_chunks_that_a_caller_kept_of_a_stream_are_one_turn_again() -> None:
    chunks = [
        {"text": "h", "thought": True},
        {"text": "m", "thought": True, "thoughtSignature": "c2ln"},
        {"text": "Hel"},
        {"text": "lo"},
    ]
    turns = read(contents=[{"role": "model", "parts": [chunk]} for chunk in chunks]).messages
    assert turns == (Message("assistant", (Thinking("hm", "c2ln", "gemini"), Text("Hello"))),)


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({}, "contents"),
        ({"contents": "hi"}, "contents"),
        ({"contents": [7]}, "contents.0"),
        ({"contents": [{"role": "system"}]}, "contents.0.role"),
        ({"contents": [{"parts": "hi"}]}, "contents.0.parts"),
        ({"contents": [{"parts": [{"text": 1}]}]}, "contents.0.parts.0.text"),
        ({"contents": [], "systemInstruction": "s"}, "systemInstruction"),
        ({"contents": [], "generationConfig": []}, "generationConfig"),
        ({"contents": [], "generationConfig": {"temperature": "hot"}}, "generationConfig.temperature"),
        ({"contents": [], "tools": [{"functionDeclarations": [{}]}]}, "tools.0.functionDeclarations.0.name"),
        ({"contents": [], "toolConfig": {"functionCallingConfig": 7}}, "toolConfig.functionCallingConfig"),
    ],
    ids=str,
)
def test_what_the_vendor_would_refuse_is_refused_with_its_place(members: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**members)
    assert refused.value.param == param


NAMES = [
    *("contents", "parts", "role", "text", "thought", "thoughtSignature", "functionCall", "functionResponse"),
    *("name", "args", "response", "tools", "functionDeclarations", "parameters", "generationConfig", "topK"),
    *("toolConfig", "functionCallingConfig", "mode", "systemInstruction", "fileData", "fileUri", "mime_type"),
]
odd = st.recursive(
    json_values,
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), odd, max_size=4), odd)
def test_whatever_is_sent_is_read_or_refused(members: dict[str, Any], contents: Any) -> None:
    try:
        conversation = read(**{**members, "contents": contents})
    except Malformed:
        return
    assert isinstance(json.loads(write_request(conversation, TO)), dict)


def test_instructions_from_anywhere_are_the_one_instruction() -> None:
    body = written(
        Message("system", (Text("a"),)), Message("user", (Text("hi"),)), Message("developer", (Text("b"),))
    )
    assert body == {
        "systemInstruction": {"parts": [{"text": "a"}, {"text": "b"}]},
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
    }


def test_the_first_call_of_a_turn_is_signed_where_the_model_demands_it() -> None:
    turn = Message("assistant", (Text("so"), ToolCall("x1", "f"), ToolCall("x2", "f")))
    new = written(turn)["contents"][0]["parts"]
    assert [part.get("thoughtSignature") for part in new] == [None, PLACEHOLDER, None]
    old = written(turn, to=Destination("gemini-2.5-pro"))["contents"][0]["parts"]
    assert not any("thoughtSignature" in part for part in old)
    own = written(Message("assistant", (ToolCall("x1", "f", signature="c2ln"),)))["contents"][0]["parts"]
    assert own[0]["thoughtSignature"] == "c2ln"


def test_results_are_named_after_their_calls_and_empty_turns_left_out() -> None:
    body = written(
        Message("assistant", (ToolCall("x1", "f", "broken"),)),
        Message("tool", (ToolResult("x1", (Text("ok"),)),)),
        Message("user", (Text(""),)),
    )
    assert body["contents"][0]["parts"][0]["functionCall"]["args"] == {"invalid_arguments": "broken"}
    assert body["contents"][1]["parts"][0]["functionResponse"]["name"] == "f"
    assert len(body["contents"]) == 2


def test_what_only_this_format_knows_is_put_back_and_the_targets_wishes_come_last() -> None:
    conversation = read(
        contents=[],
        generationConfig={
            "topK": 3,
            "speechConfig": {"a": 1},
            "thinkingConfig": {"thinkingBudget": 5, "x": 1},
        },
        toolConfig={"retrievalConfig": {}, "functionCallingConfig": {"mode": "AUTO", "y": 2}},
        labels={"a": "b"},
    )
    to = Destination("m", drops=frozenset(["toolConfig"]), renames={"labels": "tags"}, sets={"z": 1})
    assert json.loads(write_request(conversation, to)) == {
        "contents": [],
        "generationConfig": {
            "topK": 3,
            "speechConfig": {"a": 1},
            "thinkingConfig": {"thinkingBudget": 5, "x": 1},
        },
        "tags": {"a": "b"},
        "z": 1,
    }
    assert json.loads(write_request(conversation, TO))["toolConfig"] == {
        "retrievalConfig": {},
        "functionCallingConfig": {"mode": "AUTO", "y": 2},
    }


@pytest.mark.parametrize(
    ("tier", "member"), [("default", "standard"), ("flex", "flex"), ("auto", None), (None, None)]
)
def test_tiers_are_said_in_the_vendors_words(tier: str | None, member: str | None) -> None:
    assert written(service_tier=tier).get("serviceTier") == member


@pytest.mark.parametrize(("dialect", "role"), [("openai_chat", "user"), ("gemini", "system")])
def test_instructions_alone_are_what_the_user_asks(dialect: str, role: str) -> None:
    alone = Conversation(dialect=dialect, model="m", messages=(Message("system", (Text("hi"),)),))
    written = json.loads(write_request(alone, Destination("m")))
    assert ("systemInstruction" in written) is (role == "system")
    assert written["contents"] == ([{"role": "user", "parts": [{"text": "hi"}]}] if role == "user" else [])


def test_how_a_stream_ended_is_no_part_of_a_turn() -> None:
    said = {"role": "model", "parts": [{"text": "Hi"}]}
    ended = {"role": "model", "parts": [{"text": ""}]}
    body = {"contents": [{"role": "user", "parts": [{"text": "a"}]}, said, ended]}
    assert read_request(json.dumps(body).encode()).messages[-1] == Message("assistant", (Text("Hi"),))
