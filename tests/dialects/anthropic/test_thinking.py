"""Wishes to think are asked in the way that each Claude takes, and nothing that forbids it stands beside."""

from typing import Any

import pytest

from dialects.anthropic.blocks import NAME
from dialects.anthropic.thinking import (
    Thought,
    hindrance,
    read_reasoning,
    write_reasoning,
    write_sampling,
)
from dialects.conversation import (
    Conversation,
    Message,
    Reasoning,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Destination

ANY = Destination("m")
BY_BUDGET = Destination("m", cannot=frozenset(["reasoning.effort"]))
BY_EFFORT = Destination("m", cannot=frozenset(["reasoning.budget"]))
HI = Message("user", (Text("hi"),))


def asked(
    reasoning: Reasoning | None, *messages: Message, dialect: str = "openai_chat", **rest: Any
) -> Conversation:
    return Conversation(dialect=dialect, model="m", messages=messages or (HI,), reasoning=reasoning, **rest)


@pytest.mark.parametrize(
    ("thinking", "effort", "wish", "rest"),
    [
        pytest.param(None, None, None, None, id="nothing"),
        pytest.param(None, "low", Reasoning("low"), None, id="effort alone"),
        pytest.param({"type": "adaptive"}, "high", Reasoning("high", -1), None, id="adaptive"),
        pytest.param({"type": "enabled", "budget_tokens": 5}, None, Reasoning(None, 5), None, id="budget"),
        pytest.param({"type": "disabled"}, None, Reasoning("none"), None, id="off"),
        pytest.param({"type": "disabled"}, "low", Reasoning("low", 0), None, id="off, with effort"),
        pytest.param(
            {"type": "adaptive", "display": "omitted"}, None, Reasoning(None, -1, False), None, id="hidden"
        ),
        pytest.param(
            {"type": "adaptive", "display": "summarized"}, None, Reasoning(None, -1, True), None, id="shown"
        ),
        pytest.param({"type": "between_tools"}, None, None, {"type": "between_tools"}, id="another type"),
        pytest.param({"type": "adaptive", "x": 1}, None, Reasoning(None, -1), {"x": 1}, id="more members"),
        pytest.param(
            {"type": "enabled", "budget_tokens": "5"},
            "low",
            Reasoning("low"),
            {"type": "enabled", "budget_tokens": "5"},
            id="an odd budget is the vendor's to judge",
        ),
        pytest.param(None, "turbo", None, None, id="an effort of tomorrow"),
    ],
)
def test_a_wish_is_read(thinking: Any, effort: Any, wish: Reasoning | None, rest: Any) -> None:
    assert read_reasoning(thinking, effort) == (wish, rest)


ADAPTIVE = {"type": "adaptive"}
OFF = Thought({"type": "disabled"})


def budget(tokens: int) -> dict[str, Any]:
    return {"type": "enabled", "budget_tokens": tokens}


@pytest.mark.parametrize(
    ("wish", "to", "thought"),
    [
        pytest.param(None, ANY, Thought(), id="nothing"),
        pytest.param(Reasoning("none"), ANY, OFF, id="none"),
        pytest.param(Reasoning(None, 0), ANY, OFF, id="no budget"),
        pytest.param(Reasoning("high"), ANY, Thought(ADAPTIVE, "high"), id="effort"),
        pytest.param(Reasoning("minimal"), ANY, Thought(ADAPTIVE, "low"), id="minimal"),
        pytest.param(Reasoning(None, 4000), ANY, Thought(budget(4000)), id="budget"),
        pytest.param(Reasoning(None, -1), ANY, Thought(ADAPTIVE), id="as the model likes"),
        pytest.param(
            Reasoning(show=True), ANY, Thought({**ADAPTIVE, "display": "summarized"}), id="thoughts to see"
        ),
        pytest.param(Reasoning(show=False), ANY, Thought(), id="thoughts not to see"),
        pytest.param(Reasoning("minimal"), BY_BUDGET, Thought(budget(1024)), id="a budget for minimal"),
        pytest.param(Reasoning("low"), BY_BUDGET, Thought(budget(2048)), id="a budget for low"),
        pytest.param(Reasoning("medium"), BY_BUDGET, Thought(budget(8192)), id="a budget for medium"),
        pytest.param(Reasoning("high"), BY_BUDGET, Thought(budget(15000)), id="room for the answer"),
        pytest.param(Reasoning(None, -1), BY_BUDGET, Thought(budget(8192)), id="a budget for anything"),
        pytest.param(Reasoning(None, 9), ANY, Thought(budget(1024)), id="the least budget"),
        pytest.param(Reasoning(None, 2000), BY_EFFORT, Thought(ADAPTIVE, "low"), id="a small budget"),
        pytest.param(Reasoning(None, 5000), BY_EFFORT, Thought(ADAPTIVE, "medium"), id="a budget"),
        pytest.param(Reasoning(None, 20000), BY_EFFORT, Thought(ADAPTIVE, "high"), id="a large budget"),
        pytest.param(Reasoning("max", 2000), BY_EFFORT, Thought(ADAPTIVE, "max"), id="both"),
    ],
)
def test_a_wish_is_asked_as_the_model_takes_it(
    wish: Reasoning | None, to: Destination, thought: Thought
) -> None:
    assert write_reasoning(asked(wish), to, 20000) == thought


def test_nobody_thinks_where_there_is_no_room() -> None:
    assert write_reasoning(asked(Reasoning("high")), BY_BUDGET, 1200) == OFF


@pytest.mark.parametrize(
    ("wish", "thought"),
    [
        (Reasoning("low"), Thought(None, "low")),
        (Reasoning("low", 0), Thought({"type": "disabled"}, "low")),
        (Reasoning(None, 19999), Thought(budget(19999))),
        (Reasoning(None, 9), Thought(budget(9))),
        (Reasoning("high", -1, False), Thought({**ADAPTIVE, "display": "omitted"}, "high")),
    ],
)
def test_a_caller_of_this_format_gets_what_it_wrote(wish: Reasoning, thought: Thought) -> None:
    assert write_reasoning(asked(wish, dialect=NAME), ANY, 20000) == thought


CALL = ToolCall("t", "f")
CALLED = (HI, Message("assistant", (CALL,)), Message("tool", (ToolResult("t"),)))
THOUGHT = (HI, Message("assistant", (Thinking("x", "S", "anthropic"), CALL)), CALLED[2])
FORCED = {"tools": (Tool("f"),), "tool_choice": ToolChoice("required")}


@pytest.mark.parametrize(
    ("conversation", "tokens", "reason"),
    [
        pytest.param(asked(None), 2000, None, id="nothing"),
        pytest.param(asked(None, **FORCED), -1, "tool_choice", id="a tool is forced"),
        pytest.param(asked(None, tool_choice=ToolChoice("required")), -1, None, id="no tool to force"),
        pytest.param(asked(None, *CALLED), 2000, "history", id="a call without thoughts"),
        pytest.param(asked(None, *CALLED), -1, None, id="adaptive thinking does not mind"),
        pytest.param(asked(None, *THOUGHT), 2000, None, id="a call with thoughts"),
        pytest.param(
            asked(None, *CALLED, Message("assistant", (Text("ok"),)), HI), 2000, None, id="calls of the past"
        ),
        pytest.param(asked(None, HI, Message("assistant", (Text("I"),))), -1, "prefill", id="prefill"),
        pytest.param(asked(None, dialect=NAME, **FORCED), -1, None, id="the caller knows the format"),
    ],
)
def test_what_forbids_thinking_is_named(conversation: Conversation, tokens: int, reason: str | None) -> None:
    assert hindrance(conversation, tokens) == reason


def test_where_thinking_is_forbidden_it_is_turned_off() -> None:
    assert write_reasoning(asked(Reasoning("high"), **FORCED), ANY, 9000) == Thought(
        {"type": "disabled"}, "high"
    )
    assert not OFF.thinks and not Thought().thinks and Thought(ADAPTIVE).thinks


@pytest.mark.parametrize(
    ("sampling", "thinks", "written"),
    [
        (Sampling(temperature=1.7, top_k=5), False, {"temperature": 1.0, "top_k": 5}),
        (Sampling(temperature=0.0, top_p=0.5), False, {"temperature": 0.0, "top_p": 0.5}),
        (Sampling(temperature=0.5, top_p=0.5, top_k=5), True, {}),
        (Sampling(temperature=1.5, top_p=0.97), True, {"temperature": 1.0, "top_p": 0.97}),
        (Sampling(stop=("x", " ", "\n")), False, {"stop_sequences": ["x"]}),
        (Sampling(stop=(" ",)), False, {}),
    ],
)
def test_sampling_is_bent_to_what_is_taken(sampling: Sampling, thinks: bool, written: dict[str, Any]) -> None:
    assert write_sampling(asked(None, sampling=sampling), thinks) == written


def test_sampling_of_a_caller_of_this_format_stays() -> None:
    sampling = Sampling(temperature=1.7, top_p=0.5, stop=(" ",))
    written = write_sampling(asked(None, dialect=NAME, sampling=sampling), True)
    assert written == {"temperature": 1.7, "top_p": 0.5, "stop_sequences": [" "]}
