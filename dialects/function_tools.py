"""Tools in OpenAI's format, for the other vendors that adopted it."""

from typing import Any

from dialects.conversation import Extra, NativeTool, Tool, ToolChoice
from dialects.members import Members, checked

_NO_PARAMETERS: Extra = {"type": "object", "properties": {}}


def read_tool(value: Any, place: str, dialect: str) -> Tool | NativeTool:
    """A function tool; any other type becomes a NativeTool of the dialect. Raises Malformed."""
    kind = checked(value, dict, place).get("type") or "function"
    if kind != "function":
        return NativeTool(dialect, value)
    function = Members(Members(value, place).need("function", dict), f"{place}.function")
    return Tool(
        function.need("name", str),
        function.take("description", str),
        function.take("parameters", dict),
        extra=function.rest(),
    )


def write_tool(tool: Tool | NativeTool) -> Extra:
    """The tool in OpenAI's format, always with a schema of its arguments, which those vendors require."""
    if isinstance(tool, NativeTool):
        return tool.value
    function: Extra = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = _NO_PARAMETERS if tool.parameters is None else tool.parameters
    return {"type": "function", "function": function | (tool.extra or {})}


def allowed(tools: tuple[Tool | NativeTool, ...], choice: ToolChoice | None) -> tuple[Tool | NativeTool, ...]:
    """The tools that a tool choice allows.

    For formats whose tool choice cannot name one: showing the model only these has the same effect.
    """
    if choice is None or not choice.names:
        return tools
    return tuple(tool for tool in tools if isinstance(tool, Tool) and tool.name in choice.names)
