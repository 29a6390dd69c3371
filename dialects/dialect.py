"""What the road asks of a wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import msgspec

from dialects.usage import Usage


class Malformed(ValueError):
    """Bytes that do not say what their format demands; the message names the place."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


class Asked(msgspec.Struct, frozen=True, gc=False):
    """The few facts of a request that the road needs; everything else stays bytes."""

    model: str
    stream: bool = False
    include_usage: bool = False
    max_output: int | None = None  # tokens, as the caller bounded them
    choices: int = 1


@dataclass(frozen=True, slots=True)
class VendorError:
    """What a vendor said when it refused, in one shape for all vendors."""

    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """What changes in a request on its way to a target."""

    model: str
    ask_usage: bool = False  # add stream_options.include_usage
    drops: frozenset[str] = frozenset()
    renames: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # to the vendor's name


class WholeAnswer(msgspec.Struct, frozen=True, gc=False):
    """What the road must know of a complete answer."""

    usage: Usage | None
    error: VendorError | None
    text_length: int  # characters produced, where the vendor counted no tokens; else not counted: 0


class StreamReader(Protocol):
    """Reads one streamed answer, fed in any cuts; never raises on what a vendor sends.

    The fields are true for everything fed so far.
    """

    usage: Usage | None
    error: VendorError | None  # an error event inside the stream, or a malformed event
    started: bool  # some content, or the end of an answer without content, was seen
    finished: bool  # the answer said how it ended
    complete: bool  # nothing that is billed can follow: its usage came last, or the stream's own end
    done: bool  # the format's own last event came: nothing after it is part of the answer
    text_length: int  # characters of content and tool arguments so far

    @property
    def held(self) -> int:
        """Bytes kept back because their event is not whole yet."""

    def feed(self, data: bytes) -> bytes:
        """The bytes to pass on: whole events, those the caller did not ask for taken out."""

    def end(self) -> bytes:
        """The bytes that close the stream politely; call it once, at the vendor's clean end."""


class Dialect(Protocol):
    """One wire format, as a client speaks it to us and as we speak it to a vendor."""

    name: str

    def read_request(self, body: bytes) -> Asked:
        """Raise Malformed, with the place, on bytes that are not a request."""

    def edit_request(self, body: bytes, edits: Edits) -> bytes:
        """The body with edits made at its top level; every other value passes bit for bit."""

    def read_answer(self, body: bytes) -> WholeAnswer:
        """Raise Malformed on bytes that are not an answer."""

    def reader(self, *, hide_usage: bool) -> StreamReader:
        """A reader for one streamed answer; `hide_usage` takes out the usage event the road asked for."""

    def read_error(self, status: int, body: bytes) -> VendorError:
        """What an error body says; never raises."""

    def write_error(self, error: VendorError) -> bytes:
        """An error body."""

    def write_error_event(self, error: VendorError) -> bytes:
        """An error inside a stream, after which nothing follows."""

    def input_estimate(self, body: bytes) -> int:
        """Input tokens, roughly, where the vendor counted none."""


def top_level(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object with their values untouched; of equal keys the last one counts.

    The dictionary is the caller's own.
    """
    return _OBJECT.decode(body)


_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
