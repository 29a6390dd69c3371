"""Turns come in the order and the form that every Claude takes."""

from typing import Any

import pytest

from dialects.anthropic.blocks import NAME
from dialects.anthropic.turns import read_turns, write_turns
from dialects.conversation import Conversation, Message, Native, Text, ToolCall, ToolResult
from dialects.dialect import Destination
from dialects.errors import Malformed

TO = Destination("m")
CALL = ToolCall("t", "f", "{}")
USED = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": "ok"}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def said(role: Any, *words: str) -> Message:
    return Message(role, tuple(map(Text, words)))


def written(*messages: Message, dialect: str = "openai_chat", to: Destination = TO) -> Any:
    return write_turns(Conversation(dialect=dialect, model="m", messages=messages), to)


def test_instructions_at_the_beginning_stand_apart() -> None:
    system, turns = written(said("system", "a", "b"), said("developer", "c"), said("user", "hi"))
    assert system == [text("a"), text("b"), text("c")]
    assert turns == [{"role": "user", "content": "hi"}]


def test_later_instructions_of_other_formats_join_the_first_ones() -> None:
    system, turns = written(
        said("system", "a"),
        said("user", "hi"),
        Message("assistant", (CALL,)),
        said("developer", "be brief"),
        Message("tool", (ToolResult("t", (Text("ok"),)),)),
        said("user", "go on"),
    )
    assert system == [text("a"), text("be brief")]
    assert turns == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [USED]},
        {"role": "user", "content": [RESULT, text("go on")]},
    ]


def test_instructions_at_the_very_end_are_what_is_asked() -> None:
    system, turns = written(said("user", "hi"), said("assistant", "yes"), said("system", "go on"))
    assert (system, turns[-1]) == ([], {"role": "user", "content": "go on"})


def test_results_come_first_in_their_turn() -> None:
    _, turns = written(
        Message("assistant", (CALL,)),
        said("system", "be brief"),
        Message("tool", (ToolResult("t", (Text("ok"),)),)),
        dialect=NAME,
        to=Destination("m", cannot=frozenset(["system.inside"])),
    )
    assert turns[-1] == {"role": "user", "content": [RESULT, text("be brief")]}


INSIDE = (said("user", "hi"), said("assistant", "yes"), said("user", "go"), said("system", "be brief"))


def test_later_instructions_of_a_caller_of_this_format_stay_in_their_place() -> None:
    _, turns = written(*INSIDE, dialect=NAME)
    assert turns[-1] == {"role": "system", "content": "be brief"}


def test_a_model_that_takes_no_later_instructions_gets_them_from_the_user() -> None:
    _, turns = written(*INSIDE, dialect=NAME, to=Destination("m", cannot=frozenset(["system.inside"])))
    assert turns[-1] == {"role": "user", "content": [text("go"), text("be brief")]}


def test_turns_of_one_role_are_one_turn() -> None:
    _, turns = written(said("user", "a"), said("user", "b"), said("assistant", "c"), said("assistant", "d"))
    assert turns == [
        {"role": "user", "content": [text("a"), text("b")]},
        {"role": "assistant", "content": [text("c"), text("d")]},
    ]


def test_a_turn_of_nothing_is_left_out() -> None:
    _, turns = written(said("user", "a"), said("assistant", ""), said("user", "b"))
    assert turns == [{"role": "user", "content": [text("a"), text("b")]}]


def test_an_answer_begun_for_the_model_does_not_end_in_white_space() -> None:
    _, turns = written(said("user", "a"), said("assistant", "Once \n"), dialect=NAME)
    assert turns[-1] == {"role": "assistant", "content": "Once"}
    _, turns = written(said("user", "a"), said("assistant", "Once \n"), said("user", "b"))
    assert turns[1] == {"role": "assistant", "content": "Once \n"}


def test_the_conversation_is_not_changed_by_writing() -> None:
    native = Native(NAME, {"type": "text", "text": "odd "})
    asked = Conversation(dialect=NAME, model="m", messages=(Message("assistant", (native,)),))
    write_turns(asked, TO)
    assert native.value == {"type": "text", "text": "odd "}


def test_results_are_read_as_a_turn_of_their_own() -> None:
    turns = read_turns(
        [text("a")],
        [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [USED]},
            {"role": "user", "content": [text("go on"), RESULT]},
            {"role": "system", "content": "be brief"},
        ],
    )
    assert turns == (
        said("system", "a"),
        said("user", "hi"),
        Message("assistant", (CALL,)),
        Message("tool", (ToolResult("t", (Text("ok"),)),)),
        said("user", "go on"),
        said("system", "be brief"),
    )


def test_members_that_nobody_knows_travel_with_their_turn() -> None:
    turns = read_turns(None, [{"role": "user", "content": "hi", "x": 1}])
    assert turns == (Message("user", (Text("hi"),), extra={"x": 1}),)
    assert written(*turns, dialect=NAME)[1] == [{"role": "user", "content": "hi", "x": 1}]


@pytest.mark.parametrize(
    ("turn", "place"),
    [
        ({"role": "tool", "content": "x"}, "messages.1.role"),
        ({"content": "x"}, "messages.1.role"),
        ({"role": "user"}, "messages.1.content"),
        ({"role": "user", "content": [{"type": "text"}]}, "messages.1.content.0.text"),
    ],
)
def test_a_wrong_turn_is_refused_with_its_place(turn: dict[str, Any], place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_turns(None, [{"role": "user", "content": "hi"}, turn])
    assert refused.value.param == place
