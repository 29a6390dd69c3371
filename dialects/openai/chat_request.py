"""Reads a chat request into the typed form: https://platform.openai.com/docs/api-reference/chat/create."""

from typing import Any

import msgspec

from dialects.checking import checked, unknown, wrong
from dialects.conversation import (
    Conversation,
    Extra,
    Format,
    NativeTool,
    Sampling,
    Tool,
    ToolChoice,
)
from dialects.openai.chat_parts import NAME, cache_of
from dialects.openai.chat_turns import read_messages
from dialects.openai.common import StreamOptions, decode_request
from dialects.openai.thinking_wishes import read_wish


class Wishes(msgspec.Struct, frozen=True, gc=False):
    """The settings that chat and legacy completions have in common."""

    model: str
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None  # not OpenAI's own, but most imitators have it
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    user: str | None = None


class _Wire(Wishes, frozen=True, gc=False, kw_only=True):
    messages: list[Any]
    max_completion_tokens: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    tools: list[Any] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: list[Any] | None = None
    function_call: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    response_format: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    safety_identifier: str | None = None
    metadata: dict[str, str] | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    store: bool | None = None


class _Function(msgspec.Struct, frozen=True, gc=False):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class _Tool(msgspec.Struct, frozen=True, gc=False):
    function: _Function
    type: str = "function"


class _Schema(msgspec.Struct, frozen=True, gc=False):
    name: str
    schema: dict[str, Any] | None = None
    description: str | None = None
    strict: bool | None = None


class _Format(msgspec.Struct, frozen=True, gc=False):
    json_schema: _Schema


OBJECT = msgspec.json.Decoder(dict[str, Any])
_MODES: dict[str, ToolChoice] = {
    "auto": ToolChoice("auto"),
    "none": ToolChoice("none"),
    "required": ToolChoice("required"),
    "any": ToolChoice("required"),  # Mistral: https://docs.mistral.ai/capabilities/function_calling
}


def read_request(body: bytes) -> Conversation:
    """Raises Malformed, with the position, on bytes that are not a request."""
    found = decode_request(OBJECT, body)
    wire = checked(found, _Wire)
    extra: Extra = unknown(found, _Wire) or {}
    return Conversation(
        dialect=NAME,
        model=wire.model,
        messages=read_messages(wire.messages),
        tools=_tools(wire) if wire.tools or wire.functions else (),
        tool_choice=_choice(wire, extra),
        parallel_tools=wire.parallel_tool_calls,
        sampling=_sampling(wire),
        format=_format(wire.response_format, extra),
        reasoning=read_wish(wire.reasoning_effort, extra),
        stream=bool(wire.stream),
        include_usage=read_options(found.get("stream_options"), extra),
        user=_user(wire, extra),
        metadata=wire.metadata,
        service_tier=wire.service_tier,
        cache_key=wire.prompt_cache_key,
        store=wire.store,
        verbosity=wire.verbosity,
        legacy_functions=wire.functions is not None,
        extra=extra or None,
    )


def sampling_of(wire: Wishes, max_output: int | None, logprobs: int | None) -> Sampling:
    """The sampling settings that the two formats have in common."""
    stop = wire.stop or ()
    return Sampling(
        max_output=max_output,
        temperature=wire.temperature,
        top_p=wire.top_p,
        top_k=wire.top_k,
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        seed=wire.seed,
        choices=wire.n or 1,
        frequency_penalty=wire.frequency_penalty,
        presence_penalty=wire.presence_penalty,
        logit_bias=wire.logit_bias,
        logprobs=logprobs,
    )


def _sampling(wire: _Wire) -> Sampling:
    cap = wire.max_tokens if wire.max_completion_tokens is None else wire.max_completion_tokens
    return sampling_of(wire, cap, (wire.top_logprobs or 0) if wire.logprobs else None)


def read_options(found: Any, extra: Extra) -> bool:
    """Whether usage is requested; other stream options are put into `extra`."""
    if not isinstance(found, dict):
        return False
    rest = unknown(found, StreamOptions)
    if rest:
        extra["stream_options"] = rest
    return bool(found.get("include_usage"))


def _user(wire: _Wire, extra: Extra) -> str | None:
    # The newer name is kept besides the older one, which every vendor knows.
    if wire.safety_identifier is not None:
        extra["safety_identifier"] = wire.safety_identifier
    return wire.safety_identifier if wire.user is None else wire.user


def _format(found: dict[str, Any] | None, extra: Extra) -> Format | None:
    kind = found and found.get("type")
    if found is None or kind == "text":
        return None
    if kind == "json_object":
        return Format("json")
    if kind != "json_schema":
        if not isinstance(kind, str):
            raise wrong("response_format.type", "a format must name its type")
        extra["response_format"] = found
        return None
    schema = checked(found, _Format, "response_format").json_schema
    return Format("schema", schema.schema, schema.name, schema.description, schema.strict)


def _tools(wire: _Wire) -> tuple[Tool | NativeTool, ...]:
    offered = [*(wire.tools or ()), *({"function": each} for each in wire.functions or ())]
    return tuple(_tool(each, f"tools.{number}") for number, each in enumerate(offered))


def _tool(found: Any, place: str) -> Tool | NativeTool:
    if isinstance(found, dict) and found.get("type", "function") != "function":
        return NativeTool(NAME, found)
    function = checked(found, _Tool, place).function
    extra = unknown(found, _Tool) or {}
    inner = unknown(found["function"], _Function)
    if inner:
        extra["function"] = inner
    return Tool(
        function.name,
        function.description,
        function.parameters,
        function.strict,
        cache_of(found),
        extra or None,
    )


def _choice(wire: _Wire, extra: Extra) -> ToolChoice | None:
    choice, place = wire.tool_choice, "tool_choice"
    if choice is None and wire.function_call is not None:
        choice, place = wire.function_call, "function_call"
        if isinstance(choice, dict):
            choice = {"type": "function", "function": choice}
    if choice is None:
        return None
    if isinstance(choice, str):
        if choice not in _MODES:
            raise wrong(place, f"there is no mode {choice!r}")
        return _MODES[choice]
    kind = choice.get("type")
    read = _function_choice if kind == "function" else _allowed if kind == "allowed_tools" else None
    found = read(choice) if read else _MODES.get(str(kind))
    if found is None:
        if kind == "function" or not isinstance(kind, str):
            raise wrong(place, "it names no function")
        extra["tool_choice"] = choice  # it concerns tools specific to this format
    return found


def _function_choice(choice: dict[str, Any]) -> ToolChoice | None:
    name = _name_of(choice)
    return None if name is None else ToolChoice("required", (name,))


def _allowed(choice: dict[str, Any]) -> ToolChoice | None:
    allowed = choice.get("allowed_tools")
    if not isinstance(allowed, dict) or allowed.get("mode") not in ("auto", "required"):
        return None
    tools = allowed.get("tools")
    names = [_name_of(tool) for tool in tools] if isinstance(tools, list) else []
    named = tuple(name for name in names if name is not None)
    if not names or len(named) < len(names):
        return None
    return ToolChoice(allowed["mode"], named)


def _name_of(tool: Any) -> str | None:
    function = tool.get("function") if isinstance(tool, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else None
