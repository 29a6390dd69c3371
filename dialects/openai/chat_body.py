"""Writes a conversation as the body of a chat request for a vendor."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialects.conversation import (
    Conversation,
    Format,
    NativeTool,
    Sampling,
    Tool,
    ToolChoice,
)
from dialects.dialect import Destination
from dialects.openai.chat_messages import write_messages
from dialects.openai.chat_parts import NAME
from dialects.openai.common import edit_body
from dialects.openai.efforts import effort_of
from dialects.openai.thinking_wishes import WORDS

_ENCODE = msgspec.json.Encoder().encode
_SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
)
_ABOUT = {
    "parallel_tools": "parallel_tool_calls",
    "verbosity": "verbosity",
    "user": "user",
    "metadata": "metadata",
    "service_tier": "service_tier",
    "cache_key": "prompt_cache_key",
    "store": "store",
}


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body. Raises Unsupported for parts that no chat message can hold, unless they may be dropped."""
    own = conversation.dialect == NAME
    members: dict[str, Any] = {
        "model": to.model,
        "messages": write_messages(conversation.messages, own=own, drop=to.unsupported == "drop"),
    }
    if conversation.tools:
        members["tools"] = [_tool(tool) for tool in conversation.tools]
    if conversation.tool_choice is not None:
        members["tool_choice"] = _choice(conversation.tool_choice)
    members |= write_sampling(conversation.sampling)
    members |= _caps(conversation.sampling)
    if conversation.format is not None:
        members["response_format"] = _format(conversation.format)
    wish = conversation.reasoning
    effort = None if wish is None else effort_of(wish, own=own)
    if effort is not None and (conversation.extra is None or conversation.extra.keys().isdisjoint(WORDS)):
        members["reasoning_effort"] = effort
    for field, name in _ABOUT.items():
        value = getattr(conversation, field)
        if value is not None:
            members[name] = value
    if own and members.get("user") == (conversation.extra or {}).get("safety_identifier"):
        members.pop("user", None)
    return finished(members, conversation, to)


def finished(members: dict[str, Any], conversation: Conversation, to: Destination) -> bytes:
    """The body, with the members common to OpenAI's formats added and edited for its destination."""
    if conversation.stream:
        members["stream"] = True
    # "The 'stream_options' parameter is only allowed when 'stream' is enabled"
    if conversation.include_usage and conversation.stream:
        members["stream_options"] = {"include_usage": True}
    for name, value in (conversation.extra or {}).items():
        # Both may have stream options.
        members[name] = (
            value | members.get(name, {}) if name == "stream_options" else members.get(name, value)
        )
    asks = to.ask_usage and conversation.stream
    body = _ENCODE(members)
    if not (to.drops or to.renames or to.sets or asks or to.prefill):
        return body
    return edit_body(body, Destination(to.model, asks, to.drops, to.renames, to.sets, prefill=to.prefill))


def write_sampling(sampling: Sampling) -> dict[str, Any]:
    """The members that have the same name in chat and legacy completions."""
    members = {name: value for name in _SAMPLING if (value := getattr(sampling, name)) is not None}
    if sampling.stop:
        members["stop"] = sampling.stop
    if sampling.choices != 1:
        members["n"] = sampling.choices
    return members


def _caps(sampling: Sampling) -> Mapping[str, Any]:
    members: dict[str, Any] = {}
    if sampling.max_output is not None:
        members["max_completion_tokens"] = sampling.max_output
    if sampling.logprobs is not None:
        members["logprobs"] = True
        if sampling.logprobs:
            members["top_logprobs"] = sampling.logprobs
    return members


def _tool(tool: Tool | NativeTool) -> dict[str, Any]:
    if isinstance(tool, NativeTool):
        return tool.value
    function: dict[str, Any] = {"name": tool.name}
    for name in ("description", "parameters", "strict"):
        if getattr(tool, name) is not None:
            function[name] = getattr(tool, name)
    extra = tool.extra or {}
    return {"type": "function", **extra, "function": extra.get("function", {}) | function}


def _choice(choice: ToolChoice) -> str | dict[str, Any]:
    if not choice.names or choice.mode == "none":
        return choice.mode
    tools = [{"type": "function", "function": {"name": name}} for name in choice.names]
    if len(tools) == 1 and choice.mode == "required":
        return tools[0]
    return {"type": "allowed_tools", "allowed_tools": {"mode": choice.mode, "tools": tools}}


def _format(form: Format) -> dict[str, Any]:
    if form.kind == "json":
        return {"type": "json_object"}
    said = {"name": form.name or "answer", "schema": form.schema, "strict": form.strict}
    said["description"] = form.description
    return {"type": "json_schema", "json_schema": {k: v for k, v in said.items() if v is not None}}
