"""The plan of an answer, independent of format: its content, order and usage."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Literal, NamedTuple, Protocol

import msgspec

from dialects.usage import Usage
from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import StatedUsage

Finish = Literal["stop", "length", "tool_calls"]


class Text(msgspec.Struct, frozen=True, tag=True):
    """Text for the user."""

    text: str


class Reasoning(msgspec.Struct, frozen=True, tag=True):
    """Reasoning before the answer; billed as output, but counted separately."""

    text: str


class ToolCall(msgspec.Struct, frozen=True, tag=True):
    """A tool and its arguments as JSON text; both the name and the arguments cost tokens."""

    name: str
    arguments: str


Segment = Text | Reasoning | ToolCall


def segment_tokens(segment: Segment) -> int:
    """The output tokens of a segment."""
    if isinstance(segment, ToolCall):
        return tokens.count(segment.name) + tokens.count(segment.arguments)
    return tokens.count(segment.text)


class Choice(msgspec.Struct, frozen=True):
    """One of the answers to a request."""

    segments: tuple[Segment, ...]
    finish: Finish


class Script(msgspec.Struct, frozen=True):
    """A whole answer. `written`: the tokens of its segments; `usage`: what is billed."""

    choices: tuple[Choice, ...]
    written: int
    usage: Usage


def write_script(choices: tuple[Choice, ...], input_tokens: int, stated: StatedUsage | None) -> Script:
    """Count an answer; stated counts replace counted ones."""
    written = thought = 0
    for choice in choices:
        for segment in choice.segments:
            size = segment_tokens(segment)
            written += size
            if isinstance(segment, Reasoning):
                thought += size
    counted = Usage(input=input_tokens, output=written, reasoning=thought)
    return Script(choices, written, state_usage(counted, stated))


def state_usage(counted: Usage, stated: StatedUsage | None) -> Usage:
    """The usage to report; a part never exceeds its total, even if stated so."""
    if stated is None:
        return counted
    whole_input = counted.input if stated.input is None else stated.input
    whole_output = counted.output if stated.output is None else stated.output
    read = min(stated.cached or 0, whole_input)
    written = min(stated.written or 0, whole_input - read)
    return Usage(
        input=whole_input,
        output=whole_output,
        cached_read=read,
        cache_write=written,
        cache_write_1h=min(stated.written_1h or 0, written),
        reasoning=min(counted.reasoning if stated.reasoning is None else stated.reasoning, whole_output),
    )


def unkept(script: Script) -> Script:
    """The script for a format that does not report the lifetime of cache writes."""
    return msgspec.structs.replace(script, usage=msgspec.structs.replace(script.usage, cache_write_1h=0))


def plain(usage: Usage) -> Usage:
    """The usage without cache writes."""
    return msgspec.structs.replace(usage, cache_write=0, cache_write_1h=0)


def usage_after(usage: Usage, written: int, sent: int) -> Usage:
    """What is billed if `sent` of the `written` tokens were produced: all input, and the output so far.

    Reasoning comes first, so it is complete before other output counts. A stated output is scaled to
    the share of tokens that were produced, rounded down.
    """
    if sent >= written:
        return usage
    output = usage.output * sent // written
    return msgspec.structs.replace(usage, output=output, reasoning=min(usage.reasoning, output))


class Part(Enum):
    """What an event of a stream carries."""

    OPEN = auto()  # the beginning of the answer: a role, a message without content
    TEXT = auto()
    REASONING = auto()
    TOOL = auto()  # a fragment of a tool call's arguments
    FINISH = auto()
    USAGE = auto()
    DONE = auto()
    ERROR = auto()  # a broken event, or an error where an event was expected
    CUT = auto()  # nothing is sent: the connection is cut here
    STALL = auto()  # nothing is sent: the answer stalls here until the caller disconnects


class Event(NamedTuple):
    """One event of a stream as bytes, and the output tokens that it delivers."""

    part: Part
    data: bytes
    tokens: int = 0


class Reply(Protocol):
    """One answer in one dialect, ready to be sent whole or as a stream."""

    @property
    def stream_type(self) -> bytes: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def written(self) -> int: ...
    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        """The answer in one body; without its usage or its finish reason if a fault requires it."""
        ...

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        """The answer as a stream, including its proper end; `without` the parts that a fault removes."""
        ...

    def broken(self) -> bytes:
        """An event that no parser accepts."""
        ...

    def failure(self, *, stream: bool) -> bytes:
        """An error in place of an answer or, in a stream, of its next event."""
        ...


class Stamp(NamedTuple):
    """The identity of one answer."""

    id: str  # unique within a simulator, letters and digits
    created: int  # Unix seconds
