"""Reads and writes Cohere's chat requests: https://docs.cohere.com/reference/chat."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
from msgspec import structs

from dialects.cohere import documents
from dialects.cohere.content import (
    NAME,
    read_assistant,
    read_content,
    read_result,
    write_assistant,
    write_content,
    write_result,
)
from dialects.conversation import (
    Conversation,
    Extra,
    Format,
    Image,
    Message,
    Reasoning,
    Role,
    Sampling,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Destination
from dialects.function_tools import allowed, read_tool, write_tool
from dialects.members import Members, read_members, string, unknown
from dialects.openai.common import edit_body

_ENCODE = msgspec.json.Encoder().encode

CANNOT = frozenset(
    [
        "choices",
        "logit_bias",
        "tools.strict",
        "parallel_tools",
        "verbosity",
        "image.stored",
        "audio",
        "video",
        "file",
        "file.plain",
        "refusal",
        "thinking.redacted",
        "thinking.signature",
        "thinking.id",
        "tool_call.signature",
        "tool_result.error",
        "tool_result.name",
        "prefill",  # a final assistant turn is allowed, but answered rather than continued
        "name",
        "developer",
        "cache",
        "user",
        "metadata",
        "service_tier",
        "cache_key",
        "store",
    ]
)

# Cohere takes only budgets: https://docs.cohere.com/docs/reasoning. None: no limit.
_BUDGETS = {"minimal": 512, "low": 1024, "medium": 4096, "high": 16384, "xhigh": 32768, "max": None}
_ASKS: dict[str, Role] = {"system": "system", "user": "user"}
_CHOICES = ("REQUIRED", "NONE")


def read_request(body: bytes) -> Conversation:
    """The conversation of a request. Raises Malformed, with the place, on what Cohere would reject."""
    members = read_members(body)
    model = members.need("model", str)
    members.keep("messages", members.need("messages", list))
    conversation = Conversation(
        dialect=NAME,
        model=model,
        messages=tuple(_read_messages(members)),
        tools=members.each("tools", lambda value, place: read_tool(value, place, NAME)),
        tool_choice=_read_choice(members),
        sampling=_read_sampling(members),
        format=_read_format(members),
        reasoning=_read_thinking(members),
        stream=members.take("stream", bool) or False,
        include_usage=True,
    )
    messages, extra = documents.placed(conversation.messages, members.rest())
    return structs.replace(conversation, messages=messages, extra=extra)


def _read_messages(members: Members) -> Iterator[Message]:
    results: list[ToolResult] = []
    for value, place in members.items("messages"):
        message = Members(value, place)
        role = message.need("role", str)
        if role == "tool":
            results.append(read_result(message))
            continue
        if results:
            yield Message("tool", tuple(results))
            results = []
        yield _read_message(message, role)
    if results:
        yield Message("tool", tuple(results))


def _read_message(message: Members, role: str) -> Message:
    if role == "assistant":
        parts, extra = read_assistant(message)
        return Message("assistant", parts, extra=extra)
    if role not in _ASKS:
        raise unknown(message.at("role"), role, "system, user, assistant, tool")
    content = tuple(read_content(message))
    return Message(_ASKS[role], content, extra=message.rest())


def _read_choice(members: Members) -> ToolChoice | None:
    word = members.take("tool_choice", str)
    if word is None:
        return None
    if word not in _CHOICES:
        raise unknown("tool_choice", word, "REQUIRED, NONE")
    return ToolChoice("required" if word == "REQUIRED" else "none")


def _read_sampling(members: Members) -> Sampling:
    return Sampling(
        max_output=members.take("max_tokens", int),
        temperature=members.take("temperature", float),
        top_p=members.take("p", float),
        top_k=members.take("k", int),
        stop=members.each("stop_sequences", string),
        seed=members.take("seed", int),
        frequency_penalty=members.take("frequency_penalty", float),
        presence_penalty=members.take("presence_penalty", float),
        logprobs=0 if members.take("logprobs", bool) else None,
    )


def _read_format(members: Members) -> Format | None:
    value = members.take("response_format", dict)
    if value is None:
        return None
    form = Members(value, "response_format")
    kind = form.need("type", str)
    if kind not in ("text", "json_object"):
        raise unknown("response_format.type", kind, "text, json_object")
    # The older name of the member is `schema`.
    schema = form.take("json_schema", dict) or form.take("schema", dict)
    if kind == "text":
        return None
    return Format("json") if schema is None else Format("schema", schema)


def _read_thinking(members: Members) -> Reasoning | None:
    value = members.take("thinking", dict)
    if value is None:
        return None
    thinking = Members(value, "thinking")
    kind = thinking.need("type", str)
    if kind not in ("enabled", "disabled"):
        raise unknown("thinking.type", kind, "enabled, disabled")
    budget = thinking.take("token_budget", int)
    if kind == "disabled":
        return Reasoning(budget=0)
    return Reasoning(budget=-1 if budget is None else budget)


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body of a request to Cohere."""
    messages, rested_on = documents.taken(conversation.messages)
    members: Extra = {"model": to.model, "messages": list(_write_messages(messages))}
    if rested_on:
        members[documents.MEMBER] = rested_on
    choice = conversation.tool_choice
    # https://docs.cohere.com/docs/tool-use-usage-patterns: a choice cannot name a tool.
    tools = [write_tool(tool) for tool in allowed(conversation.tools, choice)]
    if tools:
        members["tools"] = tools
        if choice is not None and choice.mode != "auto":
            members["tool_choice"] = "REQUIRED" if choice.mode == "required" else "NONE"
    members |= _written_sampling(conversation.sampling)
    if conversation.format is not None:
        members["response_format"] = _written_format(conversation.format)
    if conversation.reasoning is not None:
        members |= _written_thinking(conversation.reasoning)
    if conversation.stream:
        members["stream"] = True
    return edit_body(_ENCODE(members | (conversation.extra or {})), replace(to, ask_usage=False))


def _write_messages(messages: list[Message]) -> Iterator[Extra]:
    for message in messages:
        if message.role == "assistant":
            said = write_assistant(message.parts, message.extra)
            if len(said) > 1:  # an empty turn is rejected
                yield said
        elif message.role == "tool":
            yield from _write_results(message)
        else:
            role = "user" if message.role == "user" else "system"
            yield {"role": role, "content": write_content(message.parts)} | (message.extra or {})


def _write_results(message: Message) -> Iterator[Extra]:
    """A message per result; their images follow in a user turn, the only kind that may have any."""
    shown: list[Image] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            yield write_result(part)
            shown += [each for each in part.parts if isinstance(each, Image)]
    if shown:
        yield {"role": "user", "content": write_content(shown)}


def _written_sampling(sampling: Sampling) -> Extra:
    named = {
        "max_tokens": sampling.max_output,
        "temperature": sampling.temperature,
        "p": sampling.top_p,
        "k": sampling.top_k,
        "stop_sequences": list(sampling.stop) or None,
        "seed": sampling.seed,
        "frequency_penalty": sampling.frequency_penalty,
        "presence_penalty": sampling.presence_penalty,
        # Without alternatives, which Cohere does not offer: fewer than requested are acceptable.
        "logprobs": None if sampling.logprobs is None else True,
    }
    return {name: value for name, value in named.items() if value is not None}


def _written_format(form: Format) -> Extra:
    return {"type": "json_object"} | ({} if form.schema is None else {"json_schema": form.schema})


def _written_thinking(reasoning: Reasoning) -> Extra:
    if reasoning.effort is None and reasoning.budget is None:
        return {}
    budget = reasoning.budget
    if budget is None and reasoning.effort is not None:
        budget = 0 if reasoning.effort == "none" else _BUDGETS[reasoning.effort]
    if budget == 0:
        return {"thinking": {"type": "disabled"}}
    bound = {} if budget is None or budget < 0 else {"token_budget": budget}
    return {"thinking": {"type": "enabled"} | bound}
