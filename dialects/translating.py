"""The two ways of a request to a vendor: unchanged if both speak one format, otherwise translated."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation, Refusal, Text, Thinking, ToolCall
from dialects.custom_tools import CustomCalls, as_custom, as_functions
from dialects.dialect import (
    Asked,
    Destination,
    Dialect,
    EventReader,
    Reply,
    Spoken,
    StreamReader,
    WholeAnswer,
)
from dialects.embedding import EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, VendorError
from dialects.features import fit
from dialects.strict import Originals, TakenBack, strictened, taken_back
from dialects.tool_names import NamedBack, Names, named_back, renamed
from dialects.watching import MALFORMED, Watched

replace = msgspec.structs.replace


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """A request as the vendor gets it, what was dropped, and what is needed to map the answer back."""

    body: bytes
    dropped: tuple[str, ...] = ()
    typed: Conversation | EmbeddingRequest | None = None  # the caller's request, if it had to be parsed
    originals: Originals | None = None  # the caller's schemas, if the vendor got others
    customs: frozenset[str] = frozenset()  # the caller's free-text tools, sent as functions
    names: Names | None = None  # the caller's tool names, by those sent to the vendor


class Passage(Protocol):
    """How requests of one format reach a vendor of the same format or another."""

    translates: bool

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        """Raises Malformed if the body must be parsed and cannot be, Unsupported if the policy says so."""

    def answer(self, body: bytes, sent: Outgoing, reply: Callable[[], Reply]) -> tuple[WholeAnswer, bytes]:
        """What the request path must know about a whole answer, and the caller's body. Raises Malformed."""

    def reader(self, asked: Asked, sent: Outgoing, reply: Callable[[], Reply]) -> StreamReader:
        """For one streamed answer; its output is in the caller's format."""

    def read_error(self, status: int, body: bytes) -> VendorError:
        """Parses the vendor's error body; never raises."""


class Same:
    """A Passage to a vendor that speaks the caller's format: bytes pass."""

    translates = False

    def __init__(self, spoken: Spoken) -> None:
        self._spoken = spoken
        self.read_error = spoken.read_error

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        return Outgoing(self._spoken.edit(body, to, asked.parts))

    def answer(self, body: bytes, sent: Outgoing, reply: Callable[[], Reply]) -> tuple[WholeAnswer, bytes]:
        if not body.isascii() and "\ufffd" in (text := body.decode("utf-8", "replace")):
            body = text.encode()  # a client could not parse JSON that is not UTF-8
        known = self._spoken.peek_answer(body)
        return known, known.instead or body

    def reader(self, asked: Asked, sent: Outgoing, reply: Callable[[], Reply]) -> StreamReader:
        return self._spoken.watcher(hide_usage=not asked.include_usage)


class Translated:
    """A Passage to a vendor with another format for conversations than the caller's."""

    translates = True

    def __init__(self, caller: Dialect, vendor: Dialect) -> None:
        self._caller = caller
        self._vendor = vendor
        self.read_error = vendor.read_error

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        conversation = self._caller.read_request(body)
        if conversation.stream != asked.stream or conversation.model != asked.model:
            conversation = replace(conversation, stream=asked.stream, model=asked.model)
        conversation, customs = as_functions(conversation)
        fitted, dropped = fit(conversation, self._vendor, to)
        told, originals = strictened(fitted) if to.strict_schemas else (fitted, None)
        told, names = renamed(told, self._vendor.name)
        body = self._vendor.write_request(told, to)
        return Outgoing(body, dropped + self._vendor.unsaid(fitted, to), fitted, originals, customs, names)

    def answer(self, body: bytes, sent: Outgoing, reply: Callable[[], Reply]) -> tuple[WholeAnswer, bytes]:
        answer = self._vendor.hear_answer(body)
        if not isinstance(answer, VendorError) and not answer.choices:
            answer = VendorError("an answer that says nothing", code=MALFORMED)
        if isinstance(answer, VendorError):
            peeked = self._vendor.peek_answer(body)
            return WholeAnswer(peeked.usage, answer, 0, peeked.tier), body
        if sent.names is not None:
            answer = named_back(answer, sent.names)
        if sent.originals is not None:
            answer = taken_back(answer, sent.originals)
        length = 0
        if answer.usage is None:
            length = self._vendor.peek_answer(body).text_length or _length(answer)
        if sent.customs:
            answer = as_custom(answer, sent.customs, self._caller.name)
        answer = replace(answer, id="")  # the caller's format has ids of its own form
        usage = answer.billed or answer.usage
        said = WholeAnswer(usage, None, length, answer.service_tier, answer.searches)
        return said, self._caller.write_answer(answer, _reply(sent, reply))

    def reader(self, asked: Asked, sent: Outgoing, reply: Callable[[], Reply]) -> StreamReader:
        reader: EventReader = self._vendor.reader()
        if sent.names is not None:
            reader = NamedBack(reader, sent.names)
        if sent.originals is not None:
            reader = TakenBack(reader, sent.originals)
        if sent.customs:
            reader = CustomCalls(reader, sent.customs, self._caller.name)
        writer = self._caller.writer(_reply(sent, reply))
        return Watched(self._vendor.framing, reader, writer, unnamed=True)


def _reply(sent: Outgoing, reply: Callable[[], Reply]) -> Reply:
    legacy = isinstance(sent.typed, Conversation) and sent.typed.legacy_functions
    return replace(reply(), legacy_functions=True) if legacy else reply()


class TranslatedEmbedding:
    """A Passage to a vendor with another format for embeddings than the caller's."""

    translates = True

    def __init__(self, caller: EmbeddingDialect, vendor: EmbeddingDialect) -> None:
        self._caller = caller
        self._vendor = vendor
        self.read_error = vendor.read_error

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        request = replace(self._caller.read_embedding(body), model=asked.model)
        return Outgoing(self._vendor.write_embedding(request, to), typed=request)

    def answer(self, body: bytes, sent: Outgoing, reply: Callable[[], Reply]) -> tuple[WholeAnswer, bytes]:
        said = self._vendor.peek_answer(body)
        if said.error is not None:
            return said, body
        answer, asked = self._vendor.read_vectors(body), sent.typed
        assert isinstance(asked, EmbeddingRequest)
        if len(answer.vectors) != len(asked.inputs):  # they could not be assigned to their inputs
            raise Malformed(f"{len(answer.vectors)} vectors for {len(asked.inputs)} inputs")
        return WholeAnswer(answer.usage, None, 0), self._caller.write_vectors(answer, asked, reply())

    def reader(self, asked: Asked, sent: Outgoing, reply: Callable[[], Reply]) -> StreamReader:
        raise NotImplementedError("embeddings are never streamed")


def _length(answer: Answer) -> int:
    """Characters of text and of tool arguments."""
    length = 0
    for choice in answer.choices:
        for part in choice.parts:
            if isinstance(part, Text | Thinking | Refusal):
                length += len(part.text)
            elif isinstance(part, ToolCall):
                length += len(part.arguments)
    return length
