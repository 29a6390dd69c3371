"""Tools in OpenAI's shape, and which of them a choice leaves."""

from typing import Any

import msgspec
import pytest
from hypothesis import given

from dialects.conversation import NativeTool, Tool, ToolChoice
from dialects.errors import Malformed
from dialects.function_tools import allowed, read_tool, write_tool
from tests.dialects.conversations import tools


@given(tools)
def test_a_tool_is_read_as_it_was_written(tool: Tool) -> None:
    bare = msgspec.structs.replace(tool, strict=None, cache=None)
    assert read_tool(write_tool(bare), "tools.0", "d") == bare


def test_a_tool_without_a_schema_takes_nothing() -> None:
    assert write_tool(Tool("f"))["function"]["parameters"] == {"type": "object", "properties": {}}


def test_a_tool_of_another_type_is_the_dialects_own() -> None:
    value = {"type": "web", "x": 1}
    assert read_tool(value, "tools.0", "d") == NativeTool("d", value)
    assert write_tool(NativeTool("d", value)) == value


def test_what_nobody_knows_of_a_function_stays_with_it() -> None:
    value = {"type": "function", "function": {"name": "f", "parameters": {}, "x": 1}}
    assert write_tool(read_tool(value, "tools.0", "d")) == value


@pytest.mark.parametrize(
    ("value", "param"),
    [(7, "tools.0"), ({}, "tools.0.function"), ({"function": {}}, "tools.0.function.name")],
    ids=str,
)
def test_what_is_no_tool_is_refused_with_its_place(value: Any, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_tool(value, "tools.0", "d")
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (None, ["a", "b", "native"]),
        (ToolChoice("required"), ["a", "b", "native"]),
        (ToolChoice("required", ("b",)), ["b"]),
        (ToolChoice("auto", ("a", "b")), ["a", "b"]),
    ],
    ids=str,
)
def test_a_choice_leaves_the_tools_it_names(choice: ToolChoice | None, names: list[str]) -> None:
    offered = (Tool("a"), Tool("b"), NativeTool("d", {}))
    assert [getattr(tool, "name", "native") for tool in allowed(offered, choice)] == names
