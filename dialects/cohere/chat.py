"""Cohere's chat, version 2: https://docs.cohere.com/reference/chat."""

from dataclasses import replace

import msgspec

from dialects import sse
from dialects.answer import Answer
from dialects.cohere.answer import peek_answer, read_answer, write_answer
from dialects.cohere.content import NAME
from dialects.cohere.forms import CohereForms
from dialects.cohere.request import CANNOT, read_request, write_request
from dialects.cohere.stream import CohereReader
from dialects.cohere.writer import CohereWriter, write_failure
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, LooksTwice, Parts, Reply, SaysAll, WholeAnswer
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.openai.common import decode_request, edit_body, read_error_body
from dialects.watching import Watched
from dialects.weighing import weigh

_ENCODE = msgspec.json.Encoder().encode
_BLOCKED = 498


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    messages: list[msgspec.Raw]
    stream: bool | None = None
    max_tokens: int | None = None


_REQUEST = msgspec.json.Decoder(_Request)


class CohereChat(SaysAll, LooksTwice):
    """The Dialect of `/v2/chat`."""

    name = NAME
    stream_type = b"text/event-stream; charset=utf-8"
    keep_alive = sse.KEEP_ALIVE
    framing = ServerSentEvents()
    cannot = CANNOT
    origins = frozenset([""])
    forms = CohereForms()

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        stream, bound = bool(request.stream), request.max_tokens
        return Asked(request.model, stream=stream, include_usage=True, max_output=bound)

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        return edit_body(body, replace(to, ask_usage=False) if to.ask_usage else to)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return peek_answer(body)

    def watcher(self, *, hide_usage: bool) -> Watched:
        return Watched(self.framing, self.reader())

    def read_request(self, body: bytes) -> Conversation:
        return read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return write_request(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return write_answer(answer, reply)

    def reader(self) -> CohereReader:
        return CohereReader()

    def writer(self, reply: Reply) -> CohereWriter:
        return CohereWriter(reply)

    def read_error(self, status: int, body: bytes) -> VendorError:
        said = read_error_body(status, body)
        # A text that Cohere blocks: https://docs.cohere.com/reference/errors
        return replace(said, code="invalid_token") if status == _BLOCKED else said

    def write_error(self, error: VendorError, status: int) -> bytes:
        return _ENCODE({"message": error.message})

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return write_failure(error)

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)
