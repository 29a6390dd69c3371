"""Kept, a stored answer: the bytes that its first caller got, with the facts about them."""

import msgspec

from config.kinds import Operation
from dialects.answer import Answer, Choice
from dialects.arguments import BROKEN, to_object
from dialects.conversation import Native, Part, RedactedThinking, Refusal, Text, Thinking, ToolCall
from dialects.usage import Usage

_OVERHEAD = 600  # bytes of an entry besides its answer, measured
_TOPIC = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The text of the request that was answered, for semantic lookups by other processes."""

    scope: bytes  # a digest of everything but the text: only texts with equal ones are compared
    text: str
    vector: bytes  # the embedding: a unit vector of 16-bit numbers, little-endian

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        return len(self.scope) + 4 * len(self.text) + len(self.vector)


def topic_of(organisation: str, model: str) -> bytes:
    """The store's topic under which processes announce answers that include their request's text."""
    return _TOPIC(("texts", organisation, model))


class Kept(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One complete answer. Times are Unix seconds."""

    operation: Operation  # the format of the bytes
    stream: bool
    include_usage: bool  # whether a stream's bytes include usage, in formats where that is optional
    body: bytes
    lines: bytes  # header lines that every caller gets: who answered, and what was dropped in translation
    vendor: str
    model_served: str
    usage: Usage | None
    cost: int  # nano-dollars
    bounded: int | None  # the caller's own limit on output tokens
    choices: int  # how many the caller asked for
    at: float  # when it was stored
    fresh_until: float
    gone_at: float  # when it expires: until then a stale answer may be served in some cases
    organisation: str
    team: str
    model: str  # as requested
    tags: tuple[str, ...] = ()
    fit: bool = False  # whether `unfit` accepted it; in memory that is left to the first call that wants it
    asked: Asked | None = None  # for semantic lookups by other processes

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        asked = 0 if self.asked is None else self.asked.size
        return len(self.body) + len(self.lines) + asked + _OVERHEAD


def unfit(kept: Kept, answer: Answer, *, truncated: bool) -> str:
    """Why an answer must not be reused; "" if it may. `truncated`: the caller's limit may have cut it."""
    if len(answer.choices) < max(kept.choices, 1):
        return "fewer choices than asked for"
    for choice in answer.choices:
        reason = choice.finish.reason
        if reason == "length" and not (truncated and _cut_by_caller(kept)):
            return "cut at a bound"
        if reason not in ("stop", "stop_sequence", "tool_calls", "length"):
            return f"ended by {reason}"
        if not choice.finish.sure:
            return "ended by nothing that is known"
        if wrong := _wrong_in(choice):
            return wrong
    return ""


def _wrong_in(choice: Choice) -> str:
    """Why a choice that ended normally must not be reused; "" if it may."""
    parts = choice.parts
    if any(isinstance(part, Refusal) for part in parts):
        return "a refusal"
    if not any(map(_says_something, parts)):
        return "empty"
    if any(isinstance(part, ToolCall) and BROKEN in to_object(part.arguments) for part in parts):
        return "a call with broken arguments"
    if choice.finish.reason == "tool_calls" and not any(
        isinstance(part, ToolCall | Native) for part in parts
    ):
        return "no call"
    return ""


def _cut_by_caller(kept: Kept) -> bool:
    """Whether the caller's own output limit was reached, rather than a lower one set on the way."""
    return kept.bounded is not None and kept.usage is not None and kept.usage.output >= kept.bounded


def _says_something(part: Part) -> bool:
    if isinstance(part, Text):
        return bool(part.text) and not part.text.isspace()
    return not isinstance(part, Thinking | RedactedThinking)
