"""A wish is taken out alone, and what does not have it stays the same object."""

from collections.abc import Callable

import pytest

from dialects import choices
from dialects.conversation import Conversation, Format, Reasoning, Sampling, ToolChoice

Strip = Callable[[Conversation], Conversation]


def asked(**more: object) -> Conversation:
    return Conversation(dialect="openai_chat", model="m", messages=(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("strip", "there", "left"),
    [
        (choices.no_choice("none"), {"tool_choice": ToolChoice("none")}, {}),
        (choices.no_choice("required"), {"tool_choice": ToolChoice("required", ("f",))}, {}),
        (
            choices.one_name,
            {"tool_choice": ToolChoice("auto", ("f", "g"))},
            {"tool_choice": ToolChoice("auto")},
        ),
        (
            choices.no_names_of_tools,
            {"tool_choice": ToolChoice("auto", ("f",))},
            {"tool_choice": ToolChoice("auto")},
        ),
        (choices.no_parallel_wish, {"parallel_tools": False}, {}),
        (choices.no_schema, {"format": Format("schema", {}, "s")}, {}),
        (choices.no_json, {"format": Format("json")}, {}),
        (choices.no_denial, {"reasoning": Reasoning("none")}, {}),
        (choices.no_denial, {"reasoning": Reasoning(budget=0)}, {}),
        (choices.one_choice, {"sampling": Sampling(choices=3)}, {}),
    ],
)
def test_one_wish_is_taken_out(strip: Strip, there: dict[str, object], left: dict[str, object]) -> None:
    assert strip(asked(**there)) == asked(**left)


@pytest.mark.parametrize(
    ("strip", "other"),
    [
        (choices.no_choice("none"), {"tool_choice": ToolChoice("auto")}),
        (choices.one_name, {"tool_choice": ToolChoice("auto", ("f",))}),
        (choices.no_names_of_tools, {"tool_choice": ToolChoice("auto")}),
        (choices.no_parallel_wish, {"parallel_tools": True}),
        (choices.no_schema, {"format": Format("json")}),
        (choices.no_json, {"format": Format("schema", {}, "s")}),
        (choices.no_denial, {"reasoning": Reasoning("low")}),
        (choices.no_denial, {"reasoning": Reasoning(budget=-1)}),
    ],
)
def test_another_wish_stays(strip: Strip, other: dict[str, object]) -> None:
    conversation = asked(**other)
    assert strip(conversation) is conversation
