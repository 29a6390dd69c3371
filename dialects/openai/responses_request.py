"""Reads and writes Responses requests."""

from typing import Any, get_args

import msgspec

from dialects.carrying import unpack
from dialects.conversation import (
    Conversation,
    Effort,
    Extra,
    Format,
    Message,
    NativeTool,
    Reasoning,
    Sampling,
    Text,
    Tool,
    ToolChoice,
)
from dialects.dialect import top_level
from dialects.errors import Malformed
from dialects.openai.common import decode_request
from dialects.openai.efforts import effort_of
from dialects.openai.responses_items import read_input, write_input
from dialects.openai.responses_parts import NAME, is_carried, need, optional, rest

_ENCODE = msgspec.json.Encoder().encode
_ANY = msgspec.json.Decoder()
_TRUE = msgspec.Raw(b"true")

_LOGPROBS = "message.output_text.logprobs"
_ENCRYPTED = "reasoning.encrypted_content"
_EFFORTS = frozenset(get_args(Effort))


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    input: str | list[dict[str, Any]]
    instructions: str | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    text: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_logprobs: int | None = None
    include: list[str] | None = None
    stream: bool | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    service_tier: str | None = None
    background: bool | None = None
    previous_response_id: Any = None
    conversation: Any = None
    prompt: Any = None


_ITEMS = msgspec.json.Decoder(list[dict[str, Any]])
_REQUEST = msgspec.json.Decoder(_Request)
_KNOWN = frozenset(_Request.__struct_fields__)

# References that only the vendor that stores the object can resolve.
_KEPT = {
    "previous_response_id": "an earlier response that the vendor keeps",
    "conversation": "a conversation that the vendor keeps",
    "prompt": "a prompt that the vendor keeps",
}


def answered_at_once(written: bytes) -> bytes:
    """The body itself, as `edit_body` wrote it. Raises Malformed if it asks for a background response."""
    # Top-level names now have one spelling; the same bytes deeper in the body may mean something else.
    if b'"background":true' in written and top_level(written).get("background") == _TRUE:
        raise _later()
    return written


def _later() -> Malformed:
    return Malformed(
        "'background' asks for an answer to be fetched later, which can neither be fetched nor counted here: "
        "leave it out. A streamed answer may take long.",
        param="background",
    )


def read_request(body: bytes) -> Conversation:
    request = decode_request(_REQUEST, body)
    if request.background:
        raise _later()
    for name, what in _KEPT.items():
        if getattr(request, name):
            raise Malformed(
                f"'{name}' names {what}. The model that answers here can only see what is in the request: "
                f"send the whole conversation as 'input'.",
                param=name,
                code="unsupported_parameter",
            )
    unknown = {name: raw for name, raw in top_level(body).items() if name not in _KNOWN}
    extra = {name: decode_request(_ANY, bytes(raw)) for name, raw in unknown.items()}
    include = list(request.include or ())
    # `instructions` become the first system message: OpenAI treats them as one.
    first = (Message("system", (Text(request.instructions),)),) if request.instructions else ()
    return Conversation(
        dialect=NAME,
        model=request.model,
        messages=(*first, *read_input(request.input)),
        tools=tuple(_read_tool(tool, f"tools.{number}") for number, tool in enumerate(request.tools or ())),
        tool_choice=_read_choice(request.tool_choice, extra),
        parallel_tools=request.parallel_tool_calls,
        sampling=_read_sampling(request, include, extra),
        format=_read_format(request.text or {}, extra),
        reasoning=_read_reasoning(request.reasoning or {}, include, extra),
        stream=bool(request.stream),
        include_usage=True,
        user=_read_user(request, extra),
        metadata=request.metadata,
        service_tier=request.service_tier,
        cache_key=request.prompt_cache_key,
        store=request.store,
        verbosity=optional((request.text or {}).get("verbosity"), str, "text.verbosity"),
        extra=(extra | {"include": include} if include else extra) or None,
    )


def _read_user(request: _Request, extra: Extra) -> str | None:
    """`safety_identifier` is the newer name; `extra` records which of the two was used."""
    if request.safety_identifier is None:
        return request.user
    extra["safety_identifier"] = request.safety_identifier
    if request.user is not None:
        extra["user"] = request.user
    return request.safety_identifier


def _read_tool(tool: Extra, place: str) -> Tool | NativeTool:
    if tool.get("type") != "function":
        need(tool.get("type"), str, f"{place}.type")
        return NativeTool(NAME, tool)
    strict = tool.get("strict")
    return Tool(
        need(tool.get("name"), str, f"{place}.name"),
        optional(tool.get("description"), str, f"{place}.description"),
        optional(tool.get("parameters"), dict, f"{place}.parameters"),
        strict if isinstance(strict, bool) else None,
        extra=rest(tool, "type", "name", "description", "parameters", "strict"),
    )


def _read_choice(choice: str | Extra | None, extra: Extra) -> ToolChoice | None:
    """The tool choice; one that names a built-in tool of the vendor stays in `extra`."""
    match choice:
        case None:
            return None
        case "auto" | "none" | "required":
            return ToolChoice(choice)
        case {"type": "function", "name": str(name)}:
            return ToolChoice("required", (name,))
        case {"type": "allowed_tools", "mode": "auto" | "required" as mode, "tools": list(tools)} if tools:
            names = tuple(tool.get("name") for tool in tools if _is_function(tool))
            if len(names) == len(tools):
                return ToolChoice(mode, names)
    need(choice.get("type") if isinstance(choice, dict) else None, str, "tool_choice.type")
    extra["tool_choice"] = choice
    return None


def _is_function(tool: object) -> bool:
    return isinstance(tool, dict) and tool.get("type") == "function" and isinstance(tool.get("name"), str)


def _read_sampling(request: _Request, include: list[str], extra: Extra) -> Sampling:
    logprobs = None
    if _LOGPROBS in include:
        include.remove(_LOGPROBS)
        logprobs = request.top_logprobs or 0
    elif request.top_logprobs is not None:
        extra["top_logprobs"] = request.top_logprobs
    return Sampling(
        max_output=request.max_output_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        logprobs=logprobs,
    )


def _read_format(text: Extra, extra: Extra) -> Format | None:
    form, unread = text.get("format"), rest(text, "format", "verbosity") or {}
    found = None
    match form:
        case None | {"type": "text"}:
            pass
        case {"type": "json_object"}:
            found = Format("json")
        case {"type": "json_schema"}:
            found = _read_schema(form)
        case _:
            unread["format"] = need(form, dict, "text.format")
    if unread:
        extra["text"] = unread
    return found


def _read_schema(form: Extra) -> Format:
    strict = form.get("strict")
    return Format(
        "schema",
        need(form.get("schema"), dict, "text.format.schema"),
        optional(form.get("name"), str, "text.format.name"),
        optional(form.get("description"), str, "text.format.description"),
        strict if isinstance(strict, bool) else None,
    )


def _read_reasoning(wish: Extra, include: list[str], extra: Extra) -> Reasoning | None:
    unread = rest(wish, "effort", "summary") or {}
    effort, summary = wish.get("effort"), wish.get("summary")
    if effort is not None and need(effort, str, "reasoning.effort") not in _EFFORTS:
        unread["effort"], effort = effort, None
    if summary not in (None, "auto"):
        unread["summary"] = need(summary, str, "reasoning.summary")
    if unread:
        extra["reasoning"] = unread
    if effort is None and summary is None:
        return None
    # It is always requested together with reasoning.
    if _ENCRYPTED in include:
        include.remove(_ENCRYPTED)
    return Reasoning(effort, show=True if summary is not None else None)


def write_request(conversation: Conversation) -> bytes:
    """The body for any target; `edit_body` adapts it to one."""
    extra = dict(conversation.extra or {})
    instructions, messages = _instructions(conversation.messages)
    members: Extra = {
        "model": conversation.model,
        "instructions": instructions,
        "input": write_input(messages),
    }
    members["tools"] = [_write_tool(tool, conversation.dialect) for tool in conversation.tools] or None
    members["tool_choice"] = _write_choice(conversation.tool_choice)
    members["parallel_tool_calls"] = conversation.parallel_tools
    members |= _write_sampling(conversation.sampling)
    members["text"] = _write_text(conversation, extra.pop("text", {})) or None
    own, unread = conversation.dialect == NAME, extra.pop("reasoning", {})
    members["reasoning"] = _write_reasoning(conversation.reasoning, unread, own=own) or None
    members["include"] = _write_include(conversation, extra.pop("include", ())) or None
    members["stream"] = conversation.stream or None
    # The vendor stores answers by default, which the caller could not retrieve.
    members["store"] = bool(conversation.store)
    members["metadata"] = conversation.metadata
    members["service_tier"] = conversation.service_tier
    members["prompt_cache_key"] = conversation.cache_key
    members["user"] = None if "safety_identifier" in extra else conversation.user
    written = {name: value for name, value in members.items() if value is not None} | extra
    return _ENCODE(written)


def without_carried(body: bytes) -> bytes:
    """The body without other vendors' thinking and signatures.

    A conversation that another vendor answered before contains them, and OpenAI cannot decrypt them.
    """
    try:
        members: Extra = top_level(body)
        items = _ITEMS.decode(members["input"])
    except (KeyError, ValueError, RecursionError):
        return body  # left for the vendor to validate
    members["input"] = [_bare_item(item) for item in items if not is_carried(item.get("encrypted_content"))]
    return _ENCODE(members)


def _bare_item(item: Extra) -> Extra:
    id = item.get("call_id")
    return item | {"call_id": unpack(id)[0]} if isinstance(id, str) else item


def _instructions(messages: tuple[Message, ...]) -> tuple[str | None, tuple[Message, ...]]:
    match messages:
        case (Message("system", (Text(extra=None, citations=()) as only,), name=None, extra=None), *_) if (
            only.text
        ):
            return only.text, messages[1:]
    return None, messages


def _write_tool(tool: Tool | NativeTool, dialect: str) -> Extra:
    if isinstance(tool, NativeTool):
        return tool.value
    written: Extra = {"type": "function", "name": tool.name, "parameters": tool.parameters}
    if tool.description is not None:
        written["description"] = tool.description
    if tool.strict is not None:
        written["strict"] = tool.strict
    elif dialect != NAME:
        # Strict is the default in this API only:
        # https://platform.openai.com/docs/guides/migrate-to-responses
        written["strict"] = False
    return written | (tool.extra or {})


def _write_choice(choice: ToolChoice | None) -> str | Extra | None:
    if choice is None:
        return None
    tools = [{"type": "function", "name": name} for name in choice.names]
    if not tools or choice.mode == "none":
        return choice.mode
    if choice.mode == "required" and len(tools) == 1:
        return {"type": "function", "name": choice.names[0]}
    return {"type": "allowed_tools", "mode": choice.mode, "tools": tools}


def _write_sampling(sampling: Sampling) -> Extra:
    return {
        "max_output_tokens": sampling.max_output,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_logprobs": sampling.logprobs,
    }


def _write_text(conversation: Conversation, unread: Extra) -> Extra:
    text: Extra = {}
    form = conversation.format
    if form is not None and form.kind == "json":
        text["format"] = {"type": "json_object"}
    elif form is not None:
        said = {"description": form.description, "strict": form.strict}
        text["format"] = {
            "type": "json_schema",
            "name": form.name or "answer",  # required
            "schema": form.schema or {},
            **{name: value for name, value in said.items() if value is not None},
        }
    if conversation.verbosity is not None:
        text["verbosity"] = conversation.verbosity
    return text | unread


def _write_reasoning(wish: Reasoning | None, unread: Extra, *, own: bool) -> Extra:
    written: Extra = {}
    if wish is not None:
        effort = effort_of(wish, own=own)
        if effort is not None:
            written["effort"] = effort
        if wish.show:
            written["summary"] = "auto"
    return written | unread


def _write_include(conversation: Conversation, unread: list[str] | tuple[()]) -> list[str]:
    include = list(unread)
    if conversation.reasoning is not None and _ENCRYPTED not in include:
        include.append(_ENCRYPTED)
    if conversation.sampling.logprobs is not None:
        include.append(_LOGPROBS)
    return include
