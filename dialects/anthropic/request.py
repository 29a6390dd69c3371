"""Reads and writes requests to Anthropic's Messages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from dialects.anthropic.blocks import NAME, cache_of, mistyped, object_at, rest, text_at
from dialects.anthropic.format import read_format, write_format
from dialects.anthropic.parts import content_of, write_cache
from dialects.anthropic.thinking import given_up, read_reasoning, write_reasoning, write_sampling
from dialects.anthropic.turns import read_turns, write_turns
from dialects.checking import decoded_at
from dialects.conversation import (
    Conversation,
    Extra,
    NativeTool,
    Sampling,
    Tool,
    ToolChoice,
)
from dialects.dialect import Destination, top_level
from dialects.json_objects import encode
from dialects.openai.common import decode_request, edit_body
from dialects.schemas_claude import of_tool

_UNNAMED = "tool"  # stands for a tool called earlier, whose name is unknown
MOST_OUTPUT = 8192  # tokens, the default limit: every current Claude can produce so many

_MODES: Mapping[str, str] = {"auto": "auto", "any": "required", "tool": "required", "none": "none"}
_CHOICES: Mapping[str, str] = {"auto": "auto", "required": "any", "none": "none"}
_TIERS: Mapping[str, str] = {"auto": "auto", "standard_only": "default"}
_TIER_NAMES: Mapping[str, str] = {theirs: name for name, theirs in _TIERS.items()}


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    messages: list[dict[str, Any]]
    max_tokens: int | None = None
    system: str | list[dict[str, Any]] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: dict[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    thinking: dict[str, Any] | None = None
    output_config: dict[str, Any] | None = None
    output_format: dict[str, Any] | None = None  # the older name of output_config.format
    metadata: dict[str, Any] | None = None
    service_tier: str | None = None


_DECODER = msgspec.json.Decoder(_Request)
_KNOWN = frozenset(_Request.__struct_fields__)


def read_messages_request(body: bytes, *, counting: bool = False) -> Conversation:
    """The conversation of a request. Raises Malformed; `counting` requests may omit max_tokens."""
    wire = decode_request(_DECODER, body)
    if wire.max_tokens is None and not counting:
        raise mistyped("max_tokens", "int", None)
    members = top_level(body).items()
    extra: Extra = {name: decoded_at(name, raw) for name, raw in members if name not in _KNOWN}
    config = dict(wire.output_config or {})
    reasoning, unknown = read_reasoning(wire.thinking, config.get("effort"))
    if reasoning is not None and reasoning.effort == config.get("effort"):
        config.pop("effort", None)
    form = read_format(config.pop("format", None) or wire.output_format)
    metadata = dict(wire.metadata or {})
    user = metadata.pop("user_id", None)
    choice, parallel, odd_choice = _read_choice(wire.tool_choice)
    tier = _TIERS.get(wire.service_tier or "", wire.service_tier)
    left = {"thinking": unknown, "output_config": config, "metadata": metadata, "tool_choice": odd_choice}
    extra.update({name: value for name, value in left.items() if value})
    return Conversation(
        dialect=NAME,
        model=wire.model,
        messages=read_turns(wire.system, wire.messages),
        tools=tuple(_read_tool(tool, f"tools.{number}") for number, tool in enumerate(wire.tools or ())),
        tool_choice=choice,
        parallel_tools=parallel,
        sampling=_read_sampling(wire),
        format=form,
        reasoning=reasoning,
        stream=bool(wire.stream),
        include_usage=True,
        user=user if isinstance(user, str) else None,
        service_tier=tier,
        extra=extra or None,
    )


def _read_sampling(wire: _Request) -> Sampling:
    return Sampling(
        max_output=wire.max_tokens,
        temperature=wire.temperature,
        top_p=wire.top_p,
        top_k=wire.top_k,
        stop=tuple(wire.stop_sequences or ()),
    )


def _read_choice(found: Extra | None) -> tuple[ToolChoice | None, bool | None, Extra | None]:
    """The choice, whether tools may run in parallel, and the original if its type is unknown."""
    if found is None:
        return None, None, None
    kind = text_at(found, "type", "tool_choice")
    mode = _MODES.get(kind)
    if mode is None:
        return None, None, found
    names = (text_at(found, "name", "tool_choice"),) if kind == "tool" else ()
    alone = found.get("disable_parallel_tool_use")
    return ToolChoice(mode, names), None if alone is None else not alone, None  # type: ignore[arg-type]


def _read_tool(found: Extra, place: str) -> Tool | NativeTool:
    if found.get("type", "custom") not in ("custom", None):
        return NativeTool(NAME, found)
    description, strict = found.get("description"), found.get("strict")
    return Tool(
        text_at(found, "name", place),
        description if isinstance(description, str) else None,
        object_at(found.get("input_schema"), f"{place}.input_schema"),
        strict if isinstance(strict, bool) else None,
        cache_of(found),
        rest(found, "type", "name", "description", "input_schema", "strict"),
    )


def write_messages_request(conversation: Conversation, to: Destination) -> bytes:
    """The body for a vendor: as a caller of this format wrote it, else adapted to what Claude accepts."""
    most = _most(conversation, to)
    members = write_members(conversation, to, most)
    members["max_tokens"] = most
    if conversation.stream:
        members["stream"] = True
    return finish(members, to)


def unsaid(conversation: Conversation, to: Destination) -> tuple[str, ...]:
    """The features dropped because they conflict with others, and a service tier that it cannot express."""
    names = given_up(conversation, to, _most(conversation, to))
    wordless = conversation.service_tier is not None and _write_tier(conversation) is None
    return (*names, "service_tier") if wordless else names


def _most(conversation: Conversation, to: Destination) -> int:
    """The output limit, which the API requires."""
    return conversation.sampling.max_output or to.output_limit or MOST_OUTPUT


def write_members(conversation: Conversation, to: Destination, most: int) -> Extra:
    """The top level of a request, without max_tokens and stream."""
    system, turns = write_turns(conversation, to)
    ours = conversation.dialect == NAME
    if system and not turns and not ours:
        # Other formats allow instructions alone; here they become the user's turn, as there must be one.
        system, turns = [], [{"role": "user", "content": content_of(system)}]
    members: Extra = {"model": to.model, "messages": turns}
    if system:
        members["system"] = content_of(system)
    _put_tools(members, conversation)
    tier = _write_tier(conversation)
    if tier is not None:
        members["service_tier"] = tier
    thought = write_reasoning(conversation, to, most)
    members |= write_sampling(conversation, thought.thinks)
    asks = conversation.extra or conversation.format is not None or conversation.user is not None
    if not asks and thought.thinking is None and thought.effort is None:
        return members  # the common case
    extra = dict(conversation.extra or {})
    for name, said in (
        ("thinking", thought.thinking),
        ("output_config", _write_config(write_format(conversation), thought.effort)),
        ("metadata", None if conversation.user is None else {"user_id": conversation.user}),
    ):
        value = {**(said or {}), **extra.pop(name, {})}
        if value:
            members[name] = value
    return members | extra if extra else members


def _put_tools(members: Extra, conversation: Conversation) -> None:
    """Add the tools, if any, and the choice among them."""
    ours = conversation.dialect == NAME
    if conversation.tools:
        members["tools"] = [_write_tool(tool, ours=ours) for tool in conversation.tools]
        choice = _write_choice(conversation)
        if choice is not None:
            members["tool_choice"] = choice
    elif not ours:
        spoken_of = _spoken_of(members["messages"])
        if spoken_of:
            # "Requests which include `tool_use` or `tool_result` blocks must define tools": those that
            # the turns mention are declared, and none may be called.
            members["tools"] = [_write_tool(Tool(name), ours=True) for name in spoken_of]
            members["tool_choice"] = {"type": "none"}


def _write_tier(conversation: Conversation) -> str | None:
    tier = conversation.service_tier
    if tier is None:
        return None
    return _TIER_NAMES.get(tier, tier if conversation.dialect == NAME else None)


def finish(members: Extra, to: Destination) -> bytes:
    """The body, its top level adapted to the destination: renames, drops, required members."""
    if to.renames:
        return edit(encode(members), to)
    for name in to.drops:
        members.pop(name, None)
    return encode({**members, **to.sets} if to.sets else members)


def edit(body: bytes, to: Destination) -> bytes:
    """The body with its top level edited; this format always reports usage, so nothing asks for it."""
    return edit_body(body, replace(to, ask_usage=False) if to.ask_usage else to)


def _write_tool(tool: Tool | NativeTool, *, ours: bool) -> Extra:
    if isinstance(tool, NativeTool):
        return tool.value
    written: Extra = {"name": tool.name}
    if tool.description:
        written["description"] = tool.description
    schema = tool.parameters or {"properties": {}}
    # "input_schema.type: Field required"
    written["input_schema"] = {"type": "object", **(schema if ours else of_tool(schema, strict=tool.strict))}
    if tool.strict is not None:
        written["strict"] = tool.strict
    if tool.cache is not None:
        written["cache_control"] = write_cache(tool.cache)
    return written | (tool.extra or {})


def _spoken_of(turns: list[Extra]) -> list[str]:
    """The names of the tools that the turns mention."""
    names: dict[str, None] = {}
    for turn in turns:
        content = turn["content"]
        for block in content if type(content) is list else ():
            if block["type"] == "tool_use":
                names[block["name"]] = None
            elif block["type"] == "tool_result" and not names:
                names[_UNNAMED] = None
    return list(names)


def _write_choice(conversation: Conversation) -> Extra | None:
    choice, parallel = conversation.tool_choice, conversation.parallel_tools
    if choice is None and parallel is not False:
        return None
    choice = choice or ToolChoice("auto")
    if choice.mode == "required" and choice.names:
        written: Extra = {"type": "tool", "name": choice.names[0]}
    else:
        written = {"type": _CHOICES[choice.mode]}
    if parallel is not None and choice.mode != "none":
        written["disable_parallel_tool_use"] = not parallel
    return written


def _write_config(form: Extra | None, effort: str | None) -> Extra | None:
    if form is None and effort is None:
        return None
    config = {"effort": effort, "format": form}
    return {name: value for name, value in config.items() if value is not None}
