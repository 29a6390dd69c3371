"""The typed form in which all wire formats meet: a model's answer, whole or in deltas."""

from typing import Any, Literal

import msgspec

from dialects.conversation import Citation, Extra, Part
from dialects.errors import VendorError
from dialects.usage import Searches, Usage

# `stop_sequence`: one of the caller's stop strings; `pause`: the vendor must be called again to continue.
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
    """The service tier as clients know it: without the region after it, which only pricing needs."""
    return tier.partition(" ")[0]


class Finish(msgspec.Struct, frozen=True, gc=False):
    """How a choice ended."""

    reason: Reason
    sequence: str | None = None  # the stop string that was hit, if the format reports it
    sure: bool = True  # False: the vendor gave no known reason, and the answer is assumed complete


class Choice(msgspec.Struct, frozen=True, gc=False):
    """One of the answers to a request."""

    parts: tuple[Part, ...]
    finish: Finish
    index: int = 0
    logprobs: tuple[Any, ...] = ()  # one per token, in OpenAI's shape: token, logprob, bytes, top_logprobs
    extra: Extra | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A whole answer. An `id` or `model` of "" or a `created` of 0: the vendor did not report it."""

    dialect: str  # the format it was read from: `extra` is in its terms
    choices: tuple[Choice, ...]
    id: str = ""
    model: str = ""
    created: int = 0  # Unix seconds
    usage: Usage | None = None
    service_tier: str | None = None
    extra: Extra | None = None
    billed: Usage | None = None  # the tokens that the vendor bills, if not those that it read and wrote
    searches: Searches | None = None  # those that the vendor bills in addition to tokens


# The deltas of a streamed answer follow. `part` numbers a choice's parts from 0 in the order in which they
# began; a delta with a new number begins the next part. Deltas of tool calls may interleave.


class Started(msgspec.Struct, frozen=True, gc=False, tag="started"):
    """Always first; a vendor may already report the input tokens here."""

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
    """More thinking, or its signature; `origin` and `id` as in Thinking."""

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
    """More of a tool call's arguments: an arbitrary piece of their JSON text."""

    arguments: str
    part: int = 0
    choice: int = 0


class PartDelta(msgspec.Struct, frozen=True, gc=False, tag="part"):
    """A part that arrives whole: redacted thinking, an image, audio, or a part of one format only."""

    value: Part
    part: int = 0
    choice: int = 0


class Finished(msgspec.Struct, frozen=True, gc=False, tag="finished"):
    finish: Finish
    choice: int = 0


class Counted(msgspec.Struct, frozen=True, gc=False, tag="counted"):
    """Total usage so far; the last one is what is billed.

    `billed` is set if the vendor bills other tokens than it read and wrote.
    """

    usage: Usage
    billed: Usage | None = None
    tier: str | None = None  # the service tier of the answer
    searches: Searches | None = None  # those billed in addition to tokens


class Failed(msgspec.Struct, frozen=True, gc=False, tag="failed"):
    """The answer failed; nothing follows."""

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
