"""What the simulator answers."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim import tokens
from gateway.vendors.sim.author import Ask, ToolOffer, compose, point
from gateway.vendors.sim.behaviour import Behaviour, ScriptedCall
from gateway.vendors.sim.script import Choice, Reasoning, Text, ToolCall

WEATHER = ToolOffer("get_weather", {"properties": {"city": {"type": "string"}}})
CLOCK = ToolOffer("get_time", {})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


def answer(behaviour: Behaviour | None = None, seed: int = 0, **ask: Any) -> Choice:
    wanted = Ask(**{"model": "small", "input_tokens": 1, "last_user": "How do trains brake? Tell me.", **ask})
    return compose(wanted, behaviour or Behaviour(), seed).choices[0]


def text(choice: Choice) -> str:
    return "".join(each.text for each in choice.segments if isinstance(each, Text))


def calls(choice: Choice) -> list[tuple[str, Any]]:
    return [(e.name, json.loads(e.arguments)) for e in choice.segments if isinstance(e, ToolCall)]


def test_the_answer_quotes_the_point_of_the_question() -> None:
    assert "How do trains brake" in text(answer())
    assert "Tell me" not in text(answer())


def test_the_echo_says_what_was_said() -> None:
    assert text(answer(model="echo")) == "How do trains brake? Tell me."


def test_the_reasoner_thinks_before_it_speaks() -> None:
    first, second = answer(model="reasoner").segments
    assert isinstance(first, Reasoning) and isinstance(second, Text)


@given(TEXTS, st.integers(0, 99), st.sampled_from(["small", "large", "reasoner", "sim-x"]))
def test_the_same_question_gets_the_same_answer(question: str, seed: int, model: str) -> None:
    assert answer(last_user=question, seed=seed, model=model) == answer(
        last_user=question, seed=seed, model=model
    )


@given(TEXTS, st.integers(0, 300), st.none() | st.integers(1, 300))
def test_a_length_is_kept_and_a_limit_is_not_passed(question: str, length: int, limit: int | None) -> None:
    choice = answer(Behaviour(length=length), model="echo", last_user=question, max_tokens=limit)
    assert tokens.count(text(choice)) == min(length, limit or length)
    assert choice.finish == ("length" if limit is not None and limit < length else "stop")


def test_a_stop_sequence_ends_the_answer_before_it() -> None:
    assert text(answer(model="echo", last_user="one two three", stop=("three", "two"))) == "one "


def test_choices_differ() -> None:
    script = compose(Ask(model="small", input_tokens=1, last_user="Hi", choices=9), Behaviour(), 0)
    assert len({text(choice) for choice in script.choices}) > 1


@pytest.mark.parametrize(
    ("ask", "called"),
    [
        pytest.param({"last_user": "Hello"}, [], id="nothing asks for a tool"),
        pytest.param({"last_user": "Please GET_TIME"}, ["get_time"], id="named by the user"),
        pytest.param({"tool_choice": "required"}, ["get_weather"], id="required"),
        pytest.param({"tool_choice": "required", "forced_tool": "get_time"}, ["get_time"], id="forced"),
        pytest.param({"model": "tools"}, ["get_weather", "get_time"], id="the model that calls them all"),
        pytest.param({"model": "tools", "parallel_tools": False}, ["get_weather"], id="one at a time"),
        pytest.param({"model": "tools", "tool_choice": "none"}, [], id="forbidden"),
        pytest.param({"model": "tools", "tool_results": ("12 °C",)}, [], id="answered already"),
    ],
)
def test_tools_are_called_when(ask: dict[str, Any], called: list[str]) -> None:
    choice = answer(tools=(WEATHER, CLOCK), **ask)
    assert [name for name, _ in calls(choice)] == called
    assert choice.finish == ("tool_calls" if called else "stop")


def test_arguments_follow_the_schema() -> None:
    assert calls(answer(tools=(WEATHER,), tool_choice="required")) == [("get_weather", {"city": "Paris"})]


def test_scripted_calls_go_as_they_are() -> None:
    script = (ScriptedCall("f", {"a": 1}), ScriptedCall("g", '{"b":'))
    segments = answer(Behaviour(tool_calls=script, text="Wait.")).segments
    assert segments == (Text("Wait."), ToolCall("f", '{"a":1}'), ToolCall("g", '{"b":'))


def test_a_tool_result_is_quoted() -> None:
    assert "12 °C" in text(answer(tools=(WEATHER,), tool_results=("12 °C",)))


def test_a_limit_cuts_a_tool_call_within_its_arguments() -> None:
    choice = answer(tools=(WEATHER,), tool_choice="required", max_tokens=4)
    assert choice == Choice((ToolCall("get_weather", '{"ci'),), "length")


@pytest.mark.parametrize(
    ("form", "schema", "value"),
    [
        ("object", None, {"answer": "How do trains brake"}),
        ("schema", {"properties": {"n": {"type": "integer"}}}, {"n": 1}),
    ],
)
def test_json_is_answered_where_json_is_asked_for(form: str, schema: Any, value: Any) -> None:
    assert msgspec.json.decode(text(answer(format=form, schema=schema))) == value


@given(TEXTS)
def test_a_point_is_short_and_on_one_line(message: str) -> None:
    short = point(message)
    assert len(short) <= 120
    assert "\n" not in short
