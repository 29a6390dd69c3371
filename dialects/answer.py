"""The typed form in which all wire formats meet: a model's answer, whole or in deltas."""

from typing import Any, Literal

import msgspec

from dialects.conversation import Citation, Extra, Part
from dialects.errors import VendorError
from dialects.usage import Searches, Usage

# `stop_sequence`: one of the caller's stop strings; `pause`: the vendor wants to be called again to go on.
Reason = Literal[
    "stop",
    "stop_sequence",
    "length",
    "context_window",
    "tool_calls",
    "content_filter",
    "refusal",
    "pause",
    "error",
]


def shown_tier(tier: str) -> str:
    """Of how a call was served, what clients know a word for: where that was follows it, for prices alone."""
    return tier.partition(" ")[0]


class Finish(msgspec.Struct, frozen=True, gc=False):
    """How a choice ended."""

    reason: Reason
    sequence: str | None = None  # the stop string that was met, where the format tells it
    sure: bool = True  # False: the vendor said nothing that is known, and what it said is taken for complete


class Choice(msgspec.Struct, frozen=True, gc=False):
    """One of the answers to a request."""

    parts: tuple[Part, ...]
    finish: Finish
    index: int = 0
    logprobs: tuple[Any, ...] = ()  # one per token, in OpenAI's shape: token, logprob, bytes, top_logprobs
    extra: Extra | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A whole answer. An `id` or `model` of "" and a `created` of 0: the vendor did not tell."""

    dialect: str  # the format it was read from: `extra` is in its terms
    choices: tuple[Choice, ...]
    id: str = ""
    model: str = ""
    created: int = 0  # Unix seconds
    usage: Usage | None = None
    service_tier: str | None = None
    extra: Extra | None = None
    billed: Usage | None = None  # what the vendor takes money for, where it is not what it read and wrote
    searches: Searches | None = None  # that it bills beside the tokens


# What follows are the deltas of a streamed answer. `part` counts the parts of a choice from 0 in the order in
# which they began; a delta with a new number begins the next part. Deltas of tool calls may alternate.


class Started(msgspec.Struct, frozen=True, gc=False, tag="started"):
    """First of all; a vendor may tell the input's tokens already here."""

    id: str = ""
    model: str = ""
    created: int = 0
    usage: Usage | None = None


class TextDelta(msgspec.Struct, frozen=True, gc=False, tag="text"):
    text: str
    part: int = 0
    choice: int = 0
    logprobs: tuple[Any, ...] = ()


class CitationDelta(msgspec.Struct, frozen=True, gc=False, tag="citation"):
    """A citation of the text part with this number."""

    citation: Citation
    part: int = 0
    choice: int = 0


class ThinkingDelta(msgspec.Struct, frozen=True, gc=False, tag="thinking"):
    """More thought, or the signature of what was thought; `origin` and `id` as in Thinking."""

    text: str = ""
    signature: str | None = None
    origin: str = ""
    id: str | None = None
    part: int = 0
    choice: int = 0


class RefusalDelta(msgspec.Struct, frozen=True, gc=False, tag="refusal"):
    text: str
    part: int = 0
    choice: int = 0


class ToolStarted(msgspec.Struct, frozen=True, gc=False, tag="tool_started"):
    """A tool call begins; its arguments follow as ToolDelta."""

    id: str
    name: str
    part: int = 0
    choice: int = 0
    signature: str | None = None


class ToolDelta(msgspec.Struct, frozen=True, gc=False, tag="tool"):
    """More of a tool call's arguments: any piece of their JSON text."""

    arguments: str
    part: int = 0
    choice: int = 0


class PartDelta(msgspec.Struct, frozen=True, gc=False, tag="part"):
    """A part that comes whole: redacted thinking, an image, sound, what only one format knows."""

    value: Part
    part: int = 0
    choice: int = 0


class Finished(msgspec.Struct, frozen=True, gc=False, tag="finished"):
    finish: Finish
    choice: int = 0


class Counted(msgspec.Struct, frozen=True, gc=False, tag="counted"):
    """All that was used so far; the last one is what is billed.

    `billed` is said where a vendor takes money for other tokens than it read and wrote.
    """

    usage: Usage
    billed: Usage | None = None
    tier: str | None = None  # of service, in which the answer is made
    searches: Searches | None = None  # that are billed beside the tokens


class Failed(msgspec.Struct, frozen=True, gc=False, tag="failed"):
    """The answer broke; nothing follows."""

    error: VendorError


Delta = (
    Started
    | TextDelta
    | CitationDelta
    | ThinkingDelta
    | RefusalDelta
    | ToolStarted
    | ToolDelta
    | PartDelta
    | Finished
    | Counted
    | Failed
)
