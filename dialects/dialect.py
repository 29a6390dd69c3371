"""The Protocol of a wire format: what the request path needs of it.

A request takes one of two ways. If the vendor speaks the caller's format, bytes pass: a few facts are read
(`peek`), the model's name is replaced (`edit`), the answer is observed (`watcher`). If it speaks another,
everything goes through the typed form: `read_*` parses bytes into it, `write_*` serialises it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

import msgspec

from dialects.answer import Answer, Delta
from dialects.conversation import Conversation
from dialects.errors import VendorError
from dialects.usage import Searches, Usage

Policy = Literal["error", "drop"]

MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])  # of a body, as `top_level` reads them


class Parts(msgspec.Struct, frozen=True, gc=False):
    """A body and its top-level members, their values still raw JSON."""

    body: bytes
    members: Mapping[str, msgspec.Raw]


class Asked(msgspec.Struct, frozen=True, gc=False):
    """The few facts of a request that the request path needs; everything else stays bytes."""

    model: str
    stream: bool = False
    include_usage: bool = False
    max_output: int | None = None  # the caller's limit, in tokens
    choices: int = 1
    parts: Parts | None = None  # if the body was split to find the rest


@dataclass(frozen=True, slots=True)
class Destination:
    """The target that a request is written for, as far as its format needs to know."""

    model: str
    ask_usage: bool = False  # add stream_options.include_usage
    drops: frozenset[str] = frozenset()  # top-level members that it rejects
    renames: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # to the vendor's name
    sets: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # members it requires
    unsupported: Policy = "error"  # what to do with features that its format cannot express
    cannot: frozenset[str] = frozenset()  # features that this model lacks beyond its format's own `cannot`
    strict_schemas: bool = False  # its schemas must satisfy OpenAI's strict mode
    output_limit: int | None = None  # tokens, if known: some formats require a limit
    # Members to add to a final assistant turn, and to its body; None: nothing to add.
    prefill: tuple[Mapping[str, object], Mapping[str, object]] | None = None


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What a writer needs for an answer and the vendor's answer does not contain."""

    id: str
    created: int  # Unix seconds
    model: str
    include_usage: bool = True
    legacy_functions: bool = False  # tool calls are written as chat's old `function_call`


class WholeAnswer(msgspec.Struct, frozen=True, gc=False):
    """What the request path must know about a complete answer."""

    usage: Usage | None
    error: VendorError | None
    text_length: int  # characters produced, if the vendor counted no tokens; otherwise 0
    tier: Any = None  # the service tier as the vendor reported it, usually a text
    searches: Searches | None = None  # those that the vendor bills in addition to tokens
    instead: bytes | None = None  # the body to pass on if the vendor's own has what its format's SDKs reject


class Framing(Protocol):
    """Splits a stream into events."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        """Returns the complete events, terminators included, and the unfinished rest: together the buffer.

        The first `seen` bytes were such a rest before. Raises Malformed if nothing further can be parsed.
        """


class EventReader(Protocol):
    """Parses one streamed answer event by event; never raises: an error is a final delta, Failed."""

    @property
    def done(self) -> bool:
        """Whether the format's own last event came: nothing after it is part of the answer."""

    def read(self, event: bytes) -> Sequence[Delta]:
        """Parses one complete event, as its framing split it."""

    def end(self) -> Sequence[Delta]:
        """The last deltas at the vendor's clean end; the caller checks that every choice has finished."""


class StreamWriter(Protocol):
    """Writes one streamed answer: deltas in, events out."""

    def write(self, deltas: Sequence[Delta]) -> bytes:
        """b"" if the format writes nothing yet. Never called with Failed."""

    def end(self) -> bytes:
        """The events that close the stream, after the last delta."""


class StreamReader(Protocol):
    """Observes one streamed answer as it passes, fed in arbitrary pieces; never raises on a vendor's bytes.

    The fields describe everything fed so far.
    """

    usage: Usage | None
    opening: Usage | None  # sent before the first content: input is final, output is still to come
    error: VendorError | None  # an error event inside the stream, or a malformed event
    started: bool  # content, or the end of an answer without content, was seen
    text_length: int  # characters of content and tool arguments so far
    tier: Any  # the service tier, as the vendor reported it; None: it did not
    searches: Searches | None  # those that the vendor bills in addition to tokens

    @property
    def finished(self) -> bool:
        """Whether a finish reason was seen."""

    @property
    def complete(self) -> bool:
        """Whether nothing billable can follow: usage, which comes last, or the stream's own end was seen."""

    @property
    def done(self) -> bool:
        """Whether the format's own last event came: nothing after it is part of the answer."""

    @property
    def rest(self) -> bytes:
        """Bytes held back because their event is incomplete; after a broken end, what was not an event."""

    def feed(self, data: bytes) -> bytes:
        """The bytes to pass on: complete events, without those the caller did not ask for."""

    def end(self) -> bytes:
        """The bytes that close the stream; call it once, at the vendor's clean end."""


class Spoken(Protocol):
    """What every wire format can do, embeddings included: let bytes pass, read and write errors."""

    name: str
    stream_type: bytes  # the media type of its streams
    keep_alive: bytes  # an empty event, allowed anywhere in a stream; b"": the format has none

    def peek(self, body: bytes) -> Asked:
        """Raises Malformed, with the position, on bytes that are not a request.

        If the format has the model in the path, it is "" here.
        """

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        """Edits the body at its top level; every other value passes bit for bit.

        `parts` saves splitting the body again, if they belong to it.
        """

    def peek_answer(self, body: bytes) -> WholeAnswer:
        """Raises Malformed on bytes that are not an answer."""

    def watcher(self, *, hide_usage: bool) -> StreamReader:
        """For one streamed answer; `hide_usage` removes the usage event that only the gateway asked for."""

    def read_error(self, status: int, body: bytes) -> VendorError:
        """Parses an error body; never raises."""

    def write_error(self, error: VendorError, status: int) -> bytes:
        """An error body."""

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        """An error inside a stream, after which nothing follows."""

    def input_estimate(self, body: bytes) -> int:
        """A rough number of input tokens, for when the vendor counted none."""


class Forms(Protocol):
    """Converts one format's answers between whole and streamed, with all their members.

    An answer that is not structured as documented raises whatever accessing it raises.
    """

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> dict[str, Any]:
        """The whole answer for a stream's events, split surrogate pairs included.

        `usage` is used if the events contain none.
        """

    def stream_of(self, whole: dict[str, Any], reply: Reply) -> bytes:
        """The stream for a whole answer, each part in one piece; may modify `whole`."""


class Dialect(Spoken, Protocol):
    """A wire format for conversations, as clients speak it to us and we to vendors."""

    @property
    def forms(self) -> Forms:
        """Converts a whole answer to a stream, and back."""

    cannot: frozenset[str]  # features of `dialects.features` that its requests cannot express
    origins: frozenset[str]  # the vendors whose thinking may be sent back in it

    @property
    def framing(self) -> Framing:
        """How its streams are split into events."""

    def read_request(self, body: bytes) -> Conversation:
        """Raises Malformed, with the position. The caller adds what is in the path (model, stream)."""

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        """The body for a vendor; `features.fit` has already removed what `cannot` lists."""

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        """Features that `write_request` omits because of others in the same request.

        Only what a `cannot` table cannot express: two settings of which the vendor accepts one.
        """

    def read_answer(self, body: bytes) -> Answer:
        """Raises Malformed on bytes that are not an answer."""

    def hear_answer(self, body: bytes) -> Answer | VendorError:
        """A vendor's answer, or the error that it sent instead. Raises Malformed on anything else."""

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        """The body for a client. What the format cannot express is omitted."""

    def reader(self) -> EventReader:
        """For one streamed answer of a vendor."""

    def writer(self, reply: Reply) -> StreamWriter:
        """For one streamed answer to a client."""


class SaysAll:
    """For formats in which no setting excludes another."""

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return ()


class LooksTwice:
    """For formats where `peek_answer` detects errors, and answers are then parsed again."""

    def hear_answer(self: "Dialect", body: bytes) -> Answer | VendorError:
        return self.peek_answer(body).error or self.read_answer(body)


def top_level(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object as raw JSON; the last of duplicate keys counts.

    The caller may modify the dictionary.
    """
    return MEMBERS.decode(body)


def members_of(body: bytes, parts: Parts | None) -> dict[str, msgspec.Raw]:
    """The same, taken from `parts` if they belong to this body."""
    return dict(parts.members) if parts is not None and parts.body is body else top_level(body)
