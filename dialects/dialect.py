"""What the road asks of a wire format.

A request takes one of two ways. Where the vendor speaks the caller's format, bytes pass: a few facts are
peeked at, the model's name is replaced, the answer is watched. Where it speaks another, everything goes
through the typed form: `read_*` turns bytes into it, `write_*` turns it into bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

import msgspec

from dialects.answer import Answer, Delta
from dialects.conversation import Conversation
from dialects.errors import VendorError
from dialects.usage import Usage

Policy = Literal["error", "drop"]

MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])  # of a body, as `top_level` reads them


class Parts(msgspec.Struct, frozen=True, gc=False):
    """A body and the members of its top level, their values untouched."""

    body: bytes
    members: Mapping[str, msgspec.Raw]


class Asked(msgspec.Struct, frozen=True, gc=False):
    """The few facts of a request that the road needs; everything else stays bytes."""

    model: str
    stream: bool = False
    include_usage: bool = False
    max_output: int | None = None  # tokens, as the caller bounded them
    choices: int = 1
    parts: Parts | None = None  # where they were taken apart to find the rest


@dataclass(frozen=True, slots=True)
class Destination:
    """The target a request is written for, as far as its format cares."""

    model: str
    ask_usage: bool = False  # add stream_options.include_usage
    drops: frozenset[str] = frozenset()  # top-level members that it refuses
    renames: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # to the vendor's name
    sets: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # members it demands
    unsupported: Policy = "error"  # what to do with wishes that its format cannot say
    cannot: frozenset[str] = frozenset()  # features that this model lacks beyond its format's own `cannot`
    strict_schemas: bool = False  # its schemas are those of OpenAI's strict mode
    output_limit: int | None = None  # tokens, where it is known: some formats demand a bound
    # Members of a chat's last turn, and of its body, where that turn is the assistant's; None: none.
    prefill: tuple[Mapping[str, object], Mapping[str, object]] | None = None


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What a writer needs to know to answer where the vendor's answer does not tell it."""

    id: str
    created: int  # Unix seconds
    model: str
    include_usage: bool = True
    legacy_functions: bool = False  # a call is told as chat's old `function_call`


class WholeAnswer(msgspec.Struct, frozen=True, gc=False):
    """What the road must know of a complete answer."""

    usage: Usage | None
    error: VendorError | None
    text_length: int  # characters produced, where the vendor counted no tokens; else not counted: 0
    tier: Any = None  # of service, as the vendor told it: a text, or whatever stood there
    searches: int = 0  # of the web, that the vendor bills beside the tokens
    instead: bytes | None = None  # what passes where the vendor wrote what its format's SDKs do not take


class Framing(Protocol):
    """How the events of a stream are told apart."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        """Whole events, ends included, and the unfinished rest: joined they are the buffer.

        The first `seen` bytes were such a rest before. Raises Malformed where nothing after can be read.
        """


class EventReader(Protocol):
    """Reads one streamed answer event by event; never raises: what is wrong is a last delta, Failed."""

    @property
    def done(self) -> bool:
        """Whether the format's own last event came: nothing after it is part of the answer."""

    def read(self, event: bytes) -> Sequence[Delta]:
        """What one whole event says, as its framing cut it."""

    def end(self) -> Sequence[Delta]:
        """What is still owed at the vendor's clean end; the caller checks that every choice has finished."""


class StreamWriter(Protocol):
    """Writes one streamed answer; deltas go in as they come, events come out."""

    def write(self, deltas: Sequence[Delta]) -> bytes:
        """b"" where the format says nothing yet. Failed is not given to it."""

    def end(self) -> bytes:
        """What closes the stream politely, after the last delta."""


class StreamReader(Protocol):
    """Watches one streamed answer that passes, fed in any cuts; never raises on what a vendor sends.

    The fields are true for everything fed so far.
    """

    usage: Usage | None
    opening: Usage | None  # told before the first content: its input is true, its output is still to come
    error: VendorError | None  # an error event inside the stream, or a malformed event
    started: bool  # some content, or the end of an answer without content, was seen
    text_length: int  # characters of content and tool arguments so far
    tier: Any  # of service, in which the answer is made, as the vendor told it; None: it did not
    searches: int  # of the web, that the vendor bills beside the tokens

    @property
    def finished(self) -> bool:
        """Whether the answer said how it ended."""

    @property
    def complete(self) -> bool:
        """Whether nothing that is billed can follow: its usage came last, or the stream's own end."""

    @property
    def done(self) -> bool:
        """Whether the format's own last event came: nothing after it is part of the answer."""

    @property
    def rest(self) -> bytes:
        """What is kept back because its event is not whole; at an end that is none, what was no event."""

    def feed(self, data: bytes) -> bytes:
        """The bytes to pass on: whole events, those the caller did not ask for taken out."""

    def end(self) -> bytes:
        """The bytes that close the stream politely; call it once, at the vendor's clean end."""


class Spoken(Protocol):
    """What every wire format can do, embeddings too: let bytes pass, and say what went wrong."""

    name: str
    stream_type: bytes  # the media type of its streams
    keep_alive: bytes  # says nothing, and may be said in a stream even first; b"": there is no such thing

    def peek(self, body: bytes) -> Asked:
        """Raise Malformed, with the place, on bytes that are not a request.

        Where the format names the model in the path, it is "" here.
        """

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        """The body with edits made at its top level; every other value passes bit for bit.

        `parts` may spare taking it apart, where they are of this body.
        """

    def peek_answer(self, body: bytes) -> WholeAnswer:
        """Raise Malformed on bytes that are not an answer."""

    def watcher(self, *, hide_usage: bool) -> StreamReader:
        """For one streamed answer; `hide_usage` takes out the usage event the road asked for."""

    def read_error(self, status: int, body: bytes) -> VendorError:
        """What an error body says; never raises."""

    def write_error(self, error: VendorError, status: int) -> bytes:
        """An error body."""

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        """An error inside a stream, after which nothing follows."""

    def input_estimate(self, body: bytes) -> int:
        """Input tokens, roughly, where the vendor counted none."""


class Forms(Protocol):
    """The two forms of one format's answers, from one to the other with all their members.

    What is of another shape than documented raises any of the errors that looking into it can raise.
    """

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> dict[str, Any]:
        """The whole answer that a stream's events say, with halves of characters as they came.

        `usage` is written where the events do not tell any.
        """

    def stream_of(self, whole: dict[str, Any], reply: Reply) -> bytes:
        """The stream that says a whole answer, which it may take apart, each part in one piece."""


class Dialect(Spoken, Protocol):
    """A wire format for conversations, as a client speaks it to us and as we speak it to a vendor."""

    @property
    def forms(self) -> Forms:
        """How a whole answer becomes a stream, and the other way round."""

    cannot: frozenset[str]  # features of `dialects.features` that its requests cannot say
    origins: frozenset[str]  # whose thinking may be sent back in it

    @property
    def framing(self) -> Framing:
        """How its streams' events are told apart."""

    def read_request(self, body: bytes) -> Conversation:
        """Raise Malformed, with the place. What the path says (model, stream) is the caller's to add."""

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        """The body for a vendor; `features.fit` has taken out what `cannot` names."""

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        """Features that `write_request` leaves out because of others in the same request.

        Only what no table of `cannot` can say: two wishes of which the vendor takes one.
        """

    def read_answer(self, body: bytes) -> Answer:
        """Raise Malformed on bytes that are not an answer."""

    def hear_answer(self, body: bytes) -> Answer | VendorError:
        """A vendor's answer, or the error that it sent in its place. Raise Malformed on what is neither."""

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        """The body for a client. What the format cannot show is left out."""

    def reader(self) -> EventReader:
        """For one streamed answer of a vendor."""

    def writer(self, reply: Reply) -> StreamWriter:
        """For one streamed answer to a client."""


class SaysAll:
    """For formats in which no wish stands in another's way."""

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return ()


class LooksTwice:
    """For formats in which an error is told from an answer by `peek_answer`, and an answer is read again."""

    def hear_answer(self: "Dialect", body: bytes) -> Answer | VendorError:
        return self.peek_answer(body).error or self.read_answer(body)


def top_level(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object with their values untouched; of equal keys the last one counts.

    The dictionary is the caller's own.
    """
    return MEMBERS.decode(body)


def members_of(body: bytes, parts: Parts | None) -> dict[str, msgspec.Raw]:
    """The same, out of the parts where they are this body's."""
    return dict(parts.members) if parts is not None and parts.body is body else top_level(body)
