"""Turns as chat messages: each thing in the member that vendors read it from."""

from typing import Any

import pytest

from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Image,
    Inline,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Role,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.dialect import Destination
from dialects.errors import Unsupported
from dialects.openai.chat import OpenAIChat
from dialects.openai.chat_messages import misplaced, write_messages
from dialects.openai.completions import OpenAICompletions

PICTURE = Image(Inline("image/png", "QQ=="))
CALLED = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def write(
    role: Role, *parts: Part, own: bool = False, drop: bool = False, **rest: Any
) -> list[dict[str, Any]]:
    return write_messages([Message(role, parts, **rest)], own=own, drop=drop)


@pytest.mark.parametrize(
    ("parts", "members"),
    [
        pytest.param((Text("a"),), {"content": "a"}, id="text"),
        pytest.param((), {"content": ""}, id="nothing"),
        pytest.param((ToolCall("a", "f"),), {"content": None, "tool_calls": [CALLED]}, id="a call"),
        pytest.param((ToolCall("a", "f", ""),), {"content": None, "tool_calls": [CALLED]}, id="no arguments"),
        pytest.param(
            (ToolCall("a", "f", extra={"x": 1, "id": "b"}),),
            {"content": None, "tool_calls": [CALLED | {"x": 1}]},
            id="a call with more to it",
        ),
        pytest.param((Refusal("no"),), {"content": None, "refusal": "no"}, id="refusal"),
        pytest.param(
            (Text("a"), Refusal("no")),
            {"content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}]},
            id="refusal after a text",
        ),
        pytest.param(
            (Thinking("h"), RedactedThinking("d"), Thinking("m"), Text("a")),
            {"content": "a", "reasoning_content": "h\n\nm"},
            id="thoughts",
        ),
        pytest.param((Audio(Stored("s")),), {"content": "", "audio": {"id": "s"}}, id="its own sound"),
        pytest.param(
            (Text("a"), Native("openai_chat", {"id": "c", "type": "custom"}), ToolCall("a", "f")),
            {"content": "a", "tool_calls": [{"id": "c", "type": "custom"}, CALLED]},
            id="a call with free text",
        ),
    ],
)
def test_what_a_model_said_has_its_members(parts: tuple[Part, ...], members: dict[str, Any]) -> None:
    assert write("assistant", *parts) == [{"role": "assistant", **members}]


def test_names_and_the_rest_stand_beside_the_content() -> None:
    assert write("user", Text("a"), name="ann", extra={"x": 1, "role": "odd"}) == [
        {"x": 1, "role": "user", "content": "a", "name": "ann"}
    ]


def test_each_result_is_a_message() -> None:
    results = (
        ToolResult("a", (Text("1"),), extra={"x": 1}),
        ToolResult("b", (Text("2"), Text("3"))),
        ToolResult("c"),
    )
    assert write("tool", *results) == [
        {"role": "tool", "tool_call_id": "a", "content": "1", "x": 1},
        {
            "role": "tool",
            "tool_call_id": "b",
            "content": [{"type": "text", "text": "2"}, {"type": "text", "text": "3"}],
        },
        {"role": "tool", "tool_call_id": "c", "content": ""},
    ]


def test_what_a_tool_saw_follows_all_results() -> None:
    first, second, seen = write("tool", ToolResult("a", (PICTURE,)), ToolResult("b", (Text("2"),)))
    assert (first["role"], second["role"], seen["role"]) == ("tool", "tool", "user")
    assert isinstance(first["content"], str)
    assert [part["type"] for part in seen["content"]] == ["text", "image_url"]
    assert "a" in seen["content"][0]["text"]


def test_its_own_picture_goes_back_only_in_its_own_format() -> None:
    (message,) = write("assistant", Text("a"), PICTURE, own=True)
    assert message["images"] == [{"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}]
    assert write("assistant", Text("a"), PICTURE, drop=True) == [{"role": "assistant", "content": "a"}]


@pytest.mark.parametrize(
    ("role", "part", "name"),
    [
        ("system", PICTURE, "image.inline"),
        ("developer", File(Stored("f")), "file.stored"),
        ("assistant", PICTURE, "image.inline"),
        ("assistant", Audio(Inline("audio/wav", "QQ==")), "audio.inline"),
        ("user", Audio(Stored("s")), "audio.stored"),
        ("user", Audio(Url("u")), "audio.url"),
        ("user", Image(Stored("f")), "image.stored"),
        ("user", Refusal("no"), "refusal"),
        ("tool", Text("a"), "text"),
    ],
)
def test_what_has_no_place_is_refused_or_dropped_as_the_target_wants(
    role: Role, part: Part, name: str
) -> None:
    with pytest.raises(Unsupported) as refused:
        write(role, part, part)
    assert refused.value.param == name
    assert refused.value.message.count(name) == 1
    assert all(not message["content"] for message in write(role, part, drop=True))


@pytest.mark.parametrize(
    ("turns", "names"),
    [
        ((Message("user", (Text("a"), PICTURE)),), ()),
        ((Message("assistant", (Text("a"), PICTURE)), Message("assistant", (PICTURE,))), ("image.inline",)),
        ((Message("system", (PICTURE, Refusal("no"))),), ("image.inline", "refusal")),
        ((Message("tool", (ToolResult("a", (PICTURE,)),)),), ()),
        ((Message("tool", (ToolResult("a"), PICTURE)),), ("image.inline",)),
    ],
    ids=["where it belongs", "said twice", "several", "of a result", "beside a result"],
)
def test_what_is_left_out_for_want_of_a_place_is_named(
    turns: tuple[Message, ...], names: tuple[str, ...]
) -> None:
    assert misplaced(turns, own=False) == names
    asked = Conversation(dialect="gemini", model="m", messages=turns)
    assert OpenAIChat().unsaid(asked, Destination("m", unsupported="drop")) == names
    assert OpenAIChat().unsaid(asked, Destination("m")) == ()
    assert OpenAICompletions().unsaid(asked, Destination("m", unsupported="drop")) == ()
