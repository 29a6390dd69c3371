"""Reads and writes the tools of a Converse request, and the tool choice."""

from typing import Any

import msgspec

from dialects.bedrock.members import a_text, an_array, an_object, rest_of, the_only
from dialects.bedrock.reading import NAME, read_cache
from dialects.bedrock.writing import cache_point
from dialects.conversation import (
    Conversation,
    Extra,
    NativeTool,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.schemas_claude import of_tool

Tools = tuple[Tool | NativeTool, ...]

_ANYTHING = {"type": "object", "properties": {}}
_UNNAMED = "tool"  # stands for a tool called earlier, whose name is unknown

replace = msgspec.structs.replace


def read_tools(config: Any) -> tuple[Tools, ToolChoice | None, Extra]:
    """Tools, the choice, and unknown members under `toolConfig`. Raises Malformed with the place."""
    if config is None:
        return (), None, {}
    tools: list[Tool | NativeTool] = []
    for number, each in enumerate(
        an_array(an_object(config, "toolConfig").get("tools") or [], "toolConfig.tools")
    ):
        place = f"toolConfig.tools.{number}"
        name, said = the_only(each, place)
        last = tools[-1] if tools else None
        if name == "toolSpec":
            tools.append(_tool(said, f"{place}.{name}"))
        elif name == "cachePoint" and isinstance(last, Tool) and last.cache is None:
            tools[-1] = replace(last, cache=read_cache(said, place))
        else:
            tools.append(NativeTool(NAME, {name: said}))
    rest = rest_of(config, "tools", "toolChoice")
    return tuple(tools), _choice(config.get("toolChoice")), {"toolConfig": rest} if rest else {}


def _tool(value: Any, place: str) -> Tool:
    name = a_text(an_object(value, place).get("name"), f"{place}.name")
    text, schema = value.get("description"), value.get("inputSchema")
    where = f"{place}.inputSchema"
    parameters = an_object(schema, where).get("json")
    strict = value.get("strict")
    return Tool(
        name,
        None if text is None else a_text(text, f"{place}.description"),
        None if parameters is None else an_object(parameters, f"{where}.json"),
        strict if isinstance(strict, bool) else None,
        extra=rest_of(value, "name", "description", "inputSchema", "strict") or None,
    )


def _choice(value: Any) -> ToolChoice | None:
    if value is None:
        return None
    name, said = the_only(value, "toolConfig.toolChoice")
    if name == "any":
        return ToolChoice("required")
    if name == "tool":
        place = "toolConfig.toolChoice.tool"
        return ToolChoice("required", (a_text(an_object(said, place).get("name"), f"{place}.name"),))
    return ToolChoice("auto")


def write_tools(conversation: Conversation, more: Extra | None, unsaid: list[str]) -> Extra | None:
    """toolConfig, or None if it would be empty; adds inexpressible features to `unsaid`."""
    choice, names = conversation.tool_choice, called(conversation)
    none = choice is not None and choice.mode == "none"
    if none and not names:
        return None  # Bedrock cannot express it, but without tools none can be called
    tools = [
        block for tool in conversation.tools for block in _tool_blocks(tool, own=conversation.dialect == NAME)
    ]
    if not tools:
        # Claude rejects a history with tool calls unless tools are offered:
        # https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html
        tools = [block for name in names for block in _tool_blocks(Tool(name), own=True)]
    elif none:
        unsaid.append("tool_choice.none")
    if not tools:
        return None
    written: Extra = {"tools": tools}
    if choice is not None and not none and conversation.tools:
        written["toolChoice"] = _written_choice(choice)
    return written | (more or {})


def called(conversation: Conversation) -> list[str]:
    """The names of the tools that the history mentions."""
    names: dict[str, None] = {}
    for message in conversation.messages:
        for part in message.parts:
            if isinstance(part, ToolCall):
                names[part.name] = None
            elif isinstance(part, ToolResult) and not names:
                names[part.name or _UNNAMED] = None
    return list(names)


def _tool_blocks(tool: Tool | NativeTool, *, own: bool) -> list[Extra]:
    if isinstance(tool, NativeTool):
        return [tool.value]
    spec: Extra = {"name": tool.name}
    if tool.description and tool.description.strip():  # an empty one is rejected
        spec["description"] = tool.description
    schema = _ANYTHING if tool.parameters is None else tool.parameters
    if not own:
        schema = of_tool(schema, strict=tool.strict)
    spec["inputSchema"] = {"json": schema if "type" in schema else {"type": "object"} | schema}
    if tool.strict is not None:
        spec["strict"] = tool.strict
    block = {"toolSpec": spec | (tool.extra or {})}
    return [block] if tool.cache is None else [block, cache_point(tool.cache)]


def _written_choice(choice: ToolChoice) -> Extra:
    if choice.mode == "auto":
        return {"auto": {}}
    return {"tool": {"name": choice.names[0]}} if choice.names else {"any": {}}
