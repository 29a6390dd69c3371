"""Writes the simulator's answers: the same question gets the same answer."""

from hashlib import blake2b
from typing import Any, Literal

import msgspec

from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour, ScriptedCall
from gateway.vendors.sim.schema import instance
from gateway.vendors.sim.script import (
    Choice,
    Finish,
    Reasoning,
    Script,
    Segment,
    Text,
    ToolCall,
    segment_tokens,
    write_script,
)

POINT = 120  # characters of the question that an answer quotes at most
PARALLEL = 8  # tool calls in one answer, at most

_OPENINGS = (
    "Good question. On “{point}”: ",
    "Happy to help with “{point}”. ",
    "You asked about “{point}”. ",
    "Let us look at “{point}”. ",
)
_MIDDLE = (
    "The short answer is that it depends on what you need most: start small, measure, and keep what works. ",
    "Three things matter here: a clear aim, honest numbers, and a way back when something fails. ",
    "Begin with the simplest version that could be right, and let the results tell you what to change. ",
)
_CLOSINGS = (
    "Tell me more and I can go into detail.",
    "Shall I work through an example?",
    "I am a simulated model, but I mean it.",
)

_FILLER = "The train now standing at the platform is on time. "


class ToolOffer(msgspec.Struct, frozen=True):
    """A tool that the caller offers."""

    name: str
    parameters: Any  # its JSON schema


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asks for, independent of the dialect."""

    model: str  # without the behaviour after `@`
    input_tokens: int
    last_user: str = ""
    tool_results: tuple[str, ...] = ()  # those at the end of the conversation
    tools: tuple[ToolOffer, ...] = ()
    tool_choice: Literal["auto", "none", "required"] = "auto"
    forced_tool: str | None = None
    parallel_tools: bool = True
    choices: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    format: Literal["text", "object", "schema"] = "text"
    schema: Any = None


def compose(ask: Ask, behaviour: Behaviour, seed: int) -> Script:
    """Plan the answer to a question."""
    calls = _tool_calls(ask, behaviour)
    choices = tuple(_choice(ask, behaviour, calls, seed + index) for index in range(ask.choices))
    return write_script(choices, ask.input_tokens, behaviour.usage)


def _choice(ask: Ask, behaviour: Behaviour, calls: tuple[ToolCall, ...], seed: int) -> Choice:
    segments: list[Segment] = []
    thought = behaviour.reasoning
    if thought is None and ask.model == "reasoner":
        thought = f"The user wants: {point(ask.last_user)}. I will weigh it, then answer in a few sentences."
    if thought:
        segments.append(Reasoning(thought))
    finish: Finish = "stop"
    if calls:
        if behaviour.text:
            segments.append(Text(behaviour.text))
        segments.extend(calls)
        finish = "tool_calls"
    else:
        segments.append(Text(_stopped(_text(ask, behaviour, seed), ask.stop)))
    return _limited(segments, finish, ask.max_tokens)


def point(text: str) -> str:
    """The first sentence of a message, short enough to quote."""
    line = " ".join(text[: POINT * 4].split())
    for mark in ("? ", ". ", "! "):
        line = line.partition(mark)[0]
    line = line.rstrip("?.! ")
    return line if len(line) <= POINT else line[: POINT - 1].rstrip() + "…"


def _text(ask: Ask, behaviour: Behaviour, seed: int) -> str:
    text = behaviour.text
    if text is None:
        text = _default_text(ask, seed)
    if behaviour.length is None:
        return text
    size = behaviour.length * tokens.BYTES
    long = text
    if len(long.encode()) < size:
        long += " " + _FILLER * (size // len(_FILLER) + 1)
    return tokens.first(long, behaviour.length)


def _default_text(ask: Ask, seed: int) -> str:
    if ask.format != "text":
        value = {"answer": point(ask.last_user)}
        return msgspec.json.encode(
            instance(ask.schema, point(ask.last_user)) if ask.format == "schema" else value
        ).decode()
    if ask.tool_results:
        quoted = "; ".join(f"“{' '.join(result[:600].split())}”" for result in ask.tool_results)
        return f"The tool says {quoted}. That answers your question."
    if ask.model == "echo":
        return ask.last_user
    digest = blake2b(b"%d/" % seed + ask.last_user.encode(), digest_size=3).digest()
    opening = _OPENINGS[digest[0] % len(_OPENINGS)].format(
        point=point(ask.last_user) or "nothing in particular"
    )
    middle = "".join(_MIDDLE) * 2 if ask.model == "large" else _MIDDLE[digest[1] % len(_MIDDLE)]
    return opening + middle + _CLOSINGS[digest[2] % len(_CLOSINGS)]


def _stopped(text: str, stops: tuple[str, ...]) -> str:
    places = [at for stop in stops if stop and (at := text.find(stop)) >= 0]
    return text[: min(places)] if places else text


def _limited(segments: list[Segment], finish: Finish, limit: int | None) -> Choice:
    """The answer, cut off at the caller's limit of output tokens."""
    if limit is None:
        return Choice(tuple(segments), finish)
    kept: list[Segment] = []
    left = limit
    for segment in segments:
        size = segment_tokens(segment)
        if size > left:
            kept.extend(_shortened(segment, left))
            return Choice(tuple(kept), "length")
        kept.append(segment)
        left -= size
    return Choice(tuple(kept), finish)


def _shortened(segment: Segment, left: int) -> tuple[Segment, ...]:
    if not isinstance(segment, ToolCall):
        return (msgspec.structs.replace(segment, text=tokens.first(segment.text, left)),)
    left -= tokens.count(segment.name)
    if left < 0:
        return ()
    return (ToolCall(segment.name, tokens.first(segment.arguments, left)),)


def _tool_calls(ask: Ask, behaviour: Behaviour) -> tuple[ToolCall, ...]:
    if ask.tool_results or ask.tool_choice == "none":
        return ()
    if behaviour.tool_calls is not None:
        return tuple(_scripted(call) for call in behaviour.tool_calls)
    wanted = _wanted(ask)[: PARALLEL if ask.parallel_tools else 1]
    if not wanted:
        return ()
    topic = point(ask.last_user)
    return tuple(ToolCall(tool.name, _arguments(tool, topic)) for tool in wanted)


def _arguments(tool: ToolOffer, topic: str) -> str:
    made = instance(tool.parameters, topic)
    return msgspec.json.encode(made if isinstance(made, dict) else {}).decode()


def _wanted(ask: Ask) -> list[ToolOffer]:
    """The tools to call: the forced one, else those that the user named, else the model's default."""
    if not ask.tools:
        return []
    if ask.forced_tool is not None:
        return [tool for tool in ask.tools if tool.name == ask.forced_tool]
    said = ask.last_user.lower()
    named = [tool for tool in ask.tools if tool.name.lower() in said]
    if named:
        return named
    if ask.model == "tools":
        return list(ask.tools)
    return [ask.tools[0]] if ask.tool_choice == "required" else []


def _scripted(call: ScriptedCall) -> ToolCall:
    if isinstance(call.arguments, str):
        return ToolCall(call.name, call.arguments)
    return ToolCall(call.name, msgspec.json.encode(call.arguments).decode())
