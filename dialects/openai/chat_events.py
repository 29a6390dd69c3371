"""The structure of chat answers, whole or as stream events, across all vendors."""

from typing import Any

import msgspec

from dialects.checking import loosely
from dialects.openai.common import read_halves
from dialects.openai.usage import UsageWire, loose_usage


class Function(msgspec.Struct, frozen=True, gc=False):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class Call(msgspec.Struct, frozen=True, gc=False):
    """A tool call, or a fragment of one."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None
    custom: dict[str, Any] | None = None
    extra_content: Any = None


class Said(msgspec.Struct, frozen=True, gc=False):
    """A message, or a delta of one, which has the same members."""

    # Mistral's reasoning models answer with lists: https://docs.mistral.ai/capabilities/reasoning
    content: str | list[Any] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: Any = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None
    function_call: Function | None = None
    audio: Any = None
    images: Any = None
    annotations: Any = None


class Choice(msgspec.Struct, frozen=True, gc=False):
    index: int | None = None
    delta: Said | None = None
    message: Said | None = None
    text: str | None = None  # legacy completions
    finish_reason: str | None = None
    logprobs: Any = None
    stop_reason: Any = None  # vLLM: the stop string that was hit
    error: Any = None  # OpenRouter: why the choice is incomplete
    usage: UsageWire | None = None  # Moonshot: https://platform.moonshot.ai/docs/api/chat


class Groq(msgspec.Struct, frozen=True, gc=False):
    """https://console.groq.com/docs/api-reference: a stream's usage and error."""

    usage: UsageWire | None = None
    error: Any = None


class Event(msgspec.Struct, frozen=True, gc=False):
    id: str | None = None
    model: str | None = None
    created: int | float | None = None
    choices: list[Choice] | None = None
    usage: UsageWire | None = None
    error: Any = None
    x_groq: Groq | None = None
    service_tier: str | None = None
    object: str | None = None
    type: str | None = None
    citations: Any = None


UNSAID = "unsaid"  # our finish reason for a vendor that gives none
_NO_TIME = 1e12
_JOINED = frozenset(["content", "text", "reasoning_content", "reasoning"])
_GROWING = _JOINED | {"arguments", "input", "refusal"}
decode = msgspec.json.Decoder(Event).decode


def read_object(data: bytes, *, event: bool = False) -> dict[str, Any] | None:
    """A vendor's JSON object, parsed leniently; None if there is none.

    Halves of surrogate pairs stay in the strings in which `Voice` joins them; in events, in all streamed.
    """
    found = read_halves(data, _GROWING if event else _JOINED)
    return found if isinstance(found, dict) else None


def event_of(found: dict[str, Any]) -> Event:
    """An event whose members may have undocumented types; skips those. Never raises."""
    bare = {name: value for name, value in found.items() if name not in ("choices", "usage", "x_groq")}
    event = loosely(bare, Event)
    choices, groq = found.get("choices"), found.get("x_groq")
    if isinstance(choices, dict):
        choices = [choices]
    return msgspec.structs.replace(
        event,
        choices=[_choice_of(each) for each in choices] if isinstance(choices, list) else None,
        usage=loose_usage(found.get("usage")),
        x_groq=Groq(loose_usage(groq.get("usage")), groq.get("error")) if isinstance(groq, dict) else None,
    )


def told_by(choices: list[Choice] | None) -> UsageWire | None:
    """The usage inside a choice, for vendors that do not report it at the top."""
    for choice in choices or ():
        if choice.usage is not None:
            return choice.usage
    return None


def second_of(created: float | None) -> int:
    """An answer's creation time in Unix seconds; 0 if absent or invalid."""
    return int(created) if created is not None and 0 <= created < _NO_TIME else 0


def _choice_of(found: Any) -> Choice:
    choice = loosely(found, Choice)
    if not isinstance(found, dict):
        return choice
    ended = found.get("finish_reason")
    if choice.finish_reason is None and type(ended) in (int, float) and ended:
        # A vendor's numeric code shows that the choice ended, if not how.
        choice = msgspec.structs.replace(choice, finish_reason=str(ended))
    spoken = {
        name: _said_of(found[name])
        for name in ("delta", "message")
        if getattr(choice, name) is None and isinstance(found.get(name), dict)
    }
    return msgspec.structs.replace(choice, **spoken) if spoken else choice


def _said_of(found: dict[str, Any]) -> Said:
    said, calls = loosely(found, Said), found.get("tool_calls")
    if isinstance(calls, dict):
        calls = [calls]
    if said.tool_calls is None and isinstance(calls, list):
        return msgspec.structs.replace(said, tool_calls=[loosely(call, Call) for call in calls])
    return said
