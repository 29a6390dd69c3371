"""What Ollama's requests share (options, format, thinking): https://docs.ollama.com/api/chat."""

from dataclasses import replace

import msgspec

from dialects.conversation import Conversation, Effort, Extra, Format, Reasoning, Sampling
from dialects.dialect import Destination
from dialects.function_tools import allowed, read_tool, write_tool
from dialects.members import Members, read_members, string, unknown
from dialects.ollama.message import Turns, write_messages
from dialects.openai.common import edit_body

_ENCODE = msgspec.json.Encoder().encode

CHAT, GENERATE = "ollama_chat", "ollama_generate"

CANNOT = frozenset(
    [
        "choices",
        "logit_bias",
        "tools.strict",
        "tool_choice.required",
        "parallel_tools",
        "verbosity",
        "image.url",
        "image.stored",
        "image.detail",
        "audio",
        "video",
        "file",
        "file.plain",
        "refusal",
        "thinking.redacted",
        "thinking.signature",
        "thinking.id",
        "citations",
        "tool_call.signature",
        "tool_result.error",
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

# https://docs.ollama.com/capabilities/thinking: some models take levels, all others only on or off.
_EFFORTS: dict[str, Effort] = {"low": "low", "medium": "medium", "high": "high", "max": "max"}
_LEVELS: dict[Effort, bool | str] = {
    "none": False,
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
# The largest budgets, in tokens, for the levels low and medium.
_LOW, _MEDIUM = 2048, 8192


def read_request(body: bytes) -> Conversation:
    """The conversation of a request. Raises Malformed, with the place, on what Ollama would reject."""
    members = read_members(body)
    model = members.need("model", str)
    return Conversation(
        dialect=CHAT,
        model=model,
        messages=Turns().read(members),
        tools=members.each("tools", lambda value, place: read_tool(value, place, CHAT)),
        **read_common(members),
        extra=members.rest(),
    )


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body of a request to Ollama."""
    members: Extra = {"model": to.model, "messages": write_messages(conversation.messages)}
    choice = conversation.tool_choice
    # The format has no tool choice: tools that may not be called are left out.
    tools = () if choice is not None and choice.mode == "none" else allowed(conversation.tools, choice)
    if tools:
        members["tools"] = [write_tool(tool) for tool in tools]
    return finish(members, conversation, to)


def finish(members: Extra, conversation: Conversation, to: Destination) -> bytes:
    """The body with the members that both of Ollama's requests share."""
    extra = dict(conversation.extra or {})
    options = _written_options(conversation.sampling) | extra.pop("options", {})
    members |= {"options": options} if options else {}
    form, logprobs = conversation.format, conversation.sampling.logprobs
    if form is not None:
        members["format"] = "json" if form.schema is None else form.schema
    if conversation.reasoning is not None:
        members |= _written_think(conversation.reasoning)
    if logprobs is not None:
        members |= {"logprobs": True} | ({"top_logprobs": logprobs} if logprobs else {})
    members["stream"] = conversation.stream
    return edit_body(_ENCODE(members | extra), replace(to, ask_usage=False))


def read_common(members: Members) -> Extra:
    """The fields of a Conversation that both of Ollama's requests fill in the same way. Raises Malformed.

    Ollama streams unless told not to: https://docs.ollama.com/api/streaming.
    """
    stream = members.take("stream", bool)
    logprobs, alternatives = members.take("logprobs", bool), members.take("top_logprobs", int)
    sampling = _read_options(members)
    return {
        "sampling": msgspec.structs.replace(sampling, logprobs=alternatives or 0) if logprobs else sampling,
        "format": _read_format(members),
        "reasoning": _read_think(members),
        "stream": True if stream is None else stream,
        "include_usage": True,
    }


def _read_options(members: Members) -> Sampling:
    """The options that the typed form has; the others stay in `members`."""
    value = members.take("options", dict)
    if value is None:
        return Sampling()
    options = Members(value, "options")
    bound = options.take("num_predict", int)
    if bound is not None and bound < 0:  # -1: unlimited, -2: until the context is full
        options.keep("num_predict", bound)
        bound = None
    stop = options.either("stop", str, list)
    sampling = Sampling(
        max_output=bound,
        temperature=options.take("temperature", float),
        top_p=options.take("top_p", float),
        top_k=options.take("top_k", int),
        stop=(stop,) if isinstance(stop, str) else tuple(string(each, "options.stop") for each in stop or ()),
        seed=options.take("seed", int),
        frequency_penalty=options.take("frequency_penalty", float),
        presence_penalty=options.take("presence_penalty", float),
    )
    rest = options.rest()
    if rest is not None:
        members.keep("options", rest)
    return sampling


def _written_options(sampling: Sampling) -> Extra:
    named = {
        "num_predict": sampling.max_output,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "stop": list(sampling.stop) or None,
        "seed": sampling.seed,
        "frequency_penalty": sampling.frequency_penalty,
        "presence_penalty": sampling.presence_penalty,
    }
    return {name: value for name, value in named.items() if value is not None}


def _read_format(members: Members) -> Format | None:
    form = members.either("format", str, dict)
    if isinstance(form, dict):
        return Format("schema", form)
    if form not in (None, "", "json"):
        raise unknown("format", form, '"json", a JSON schema')
    return Format("json") if form else None


def _read_think(members: Members) -> Reasoning | None:
    think = members.either("think", bool, str)
    if think is None:
        return None
    if isinstance(think, bool):
        return Reasoning(budget=-1) if think else Reasoning(effort="none")
    if think not in _EFFORTS:
        raise unknown("think", think, "true, false, low, medium, high")
    return Reasoning(effort=_EFFORTS[think])


def _written_think(reasoning: Reasoning) -> Extra:
    effort, budget = reasoning.effort, reasoning.budget
    if effort is not None:
        return {"think": _LEVELS[effort]}
    if budget is None:
        return {}
    if budget <= 0:
        return {"think": budget < 0}
    return {"think": "low" if budget <= _LOW else "medium" if budget <= _MEDIUM else "high"}
