"""A stored answer: the bytes that its first caller got, with the facts about them."""

import msgspec

from config.kinds import Operation
from dialects.answer import Answer, Choice
from dialects.arguments import BROKEN, to_object
from dialects.conversation import Native, Part, RedactedThinking, Refusal, Text, Thinking, ToolCall
from dialects.usage import Usage

_OVERHEAD = 600  # bytes that an entry takes beside its answer, measured
_TOPIC = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The text of the request that was answered, for semantic lookups by other processes."""

    scope: bytes  # equal only where all around the text is
    text: str
    vector: bytes  # of length one, in numbers of two bytes, little-endian

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        return len(self.scope) + 4 * len(self.text) + len(self.vector)


def topic_of(organisation: str, model: str) -> bytes:
    """The topic under which processes announce answers that include their text."""
    return _TOPIC(("texts", organisation, model))


class Kept(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One complete answer. Times are Unix seconds."""

    operation: Operation  # in whose format the bytes are
    stream: bool
    include_usage: bool  # whether a stream's bytes tell its usage, in formats that do so only when asked
    body: bytes
    lines: bytes  # header lines that every caller gets: who answered, and what the vendor did not get
    vendor: str
    model_served: str
    usage: Usage | None
    cost: int  # nano-dollars
    bounded: int | None  # the caller's own bound on output tokens
    choices: int  # how many it asked for
    at: float
    fresh_until: float
    gone_at: float  # after it was fresh it may still stand in for a moment
    organisation: str
    team: str
    model: str  # as it was asked for
    tags: tuple[str, ...] = ()
    fit: bool = (
        False  # whether it was looked through, and may be given: that is left to the first who wants it
    )
    asked: Asked | None = None  # where others may look for it by its meaning

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        asked = 0 if self.asked is None else self.asked.size
        return len(self.body) + len(self.lines) + asked + _OVERHEAD


def unfit(kept: Kept, answer: Answer, *, truncated: bool) -> str:
    """Why an answer must not be stored; "" if it may. `truncated`: the caller's limit may cut it."""
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
    """Why a choice that ended normally is useless."""
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
    """Whether the caller's own limit was reached, and not a lower one set on the way."""
    return kept.bounded is not None and kept.usage is not None and kept.usage.output >= kept.bounded


def _says_something(part: Part) -> bool:
    if isinstance(part, Text):
        return bool(part.text) and not part.text.isspace()
    return not isinstance(part, Thinking | RedactedThinking)
