"""Reads and writes tools in Gemini's format: https://ai.google.dev/api/caching#Tool."""

from typing import Any

from dialects.conversation import NativeTool, Tool, ToolChoice
from dialects.gemini.members import object_in, objects_in, rest_of, text_in, texts_in, wrong
from dialects.gemini.parts import NAME
from dialects.schemas_gemini import as_written, from_gemini

PLACE = "toolConfig.functionCallingConfig"
_OF_FUNCTION = frozenset(["name", "description", "parameters", "parametersJsonSchema"])


def read_tools(found: Any) -> tuple[Tool | NativeTool, ...]:
    """The tools of a request. Raises Malformed, with the place."""
    tools: list[Tool | NativeTool] = []
    for number, tool in enumerate(objects_in(found, "tools")):
        for name, value in tool.items():
            if name == "functionDeclarations":
                place = f"tools.{number}.{name}"
                functions = objects_in(value, place)
                tools += [_read_function(each, f"{place}.{at}") for at, each in enumerate(functions)]
            elif value is not None:
                tools.append(NativeTool(NAME, {name: value}))
    return tuple(tools)


def _read_function(function: dict[str, Any], place: str) -> Tool:
    name = text_in(function, "name", place)
    if not name:
        raise wrong(f"{place}.name", "the name of a function", name)
    parameters = function.get("parametersJsonSchema")
    if parameters is None:
        parameters = from_gemini(function.get("parameters"))
    if parameters is not None and not isinstance(parameters, dict):
        raise wrong(f"{place}.parameters", "an object", parameters)
    return Tool(
        name, text_in(function, "description", place), parameters, extra=rest_of(function, _OF_FUNCTION)
    )


def write_tools(tools: tuple[Tool | NativeTool, ...]) -> list[dict[str, Any]]:
    """The tools in wire form: all functions share one tool, each of the vendor's own tools is separate."""
    functions = [_write_function(tool) for tool in tools if isinstance(tool, Tool)]
    natives = [tool.value for tool in tools if isinstance(tool, NativeTool) and tool.dialect == NAME]
    return [{"functionDeclarations": functions}, *natives] if functions else natives


def _write_function(tool: Tool) -> dict[str, Any]:
    wire: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        wire["description"] = tool.description
    if tool.parameters:  # a function without parameters has no such member
        wire |= as_written(tool.parameters, "parameters", "parametersJsonSchema")
    return {**wire, **(tool.extra or {})}


def read_choice(config: dict[str, Any]) -> tuple[ToolChoice | None, dict[str, Any] | None]:
    """The choice in a toolConfig, and the rest of it."""
    calling = object_in(config.get("functionCallingConfig"), PLACE)
    mode = text_in(calling, "mode", PLACE)
    names = texts_in(calling, "allowedFunctionNames", PLACE)
    rest = rest_of(config, frozenset(["functionCallingConfig"])) or {}
    of_calling = rest_of(calling, frozenset(["mode", "allowedFunctionNames"])) or {}
    choice: ToolChoice | None = None
    match (mode or "").upper():
        case "AUTO":
            choice = ToolChoice("auto")
        case "VALIDATED":
            choice = ToolChoice("auto", names)
            if not names:
                of_calling["mode"] = mode
        case "ANY":
            choice = ToolChoice("required", names)
        case "NONE":
            choice = ToolChoice("none")
    if of_calling:
        rest["functionCallingConfig"] = of_calling
    return choice, rest or None


def write_choice(choice: ToolChoice | None) -> dict[str, Any]:
    if choice is None:
        return {}
    if choice.mode == "none":
        return {"functionCallingConfig": {"mode": "NONE"}}
    mode = "ANY" if choice.mode == "required" else "AUTO"
    if not choice.names:
        return {"functionCallingConfig": {"mode": mode}}
    # Names are rejected with AUTO: https://ai.google.dev/api/caching#FunctionCallingConfig
    mode = "VALIDATED" if mode == "AUTO" else mode
    return {"functionCallingConfig": {"mode": mode, "allowedFunctionNames": list(choice.names)}}
