"""Ollama's chat: https://docs.ollama.com/api/chat."""

from dataclasses import replace

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, LooksTwice, Parts, Reply, SaysAll, WholeAnswer
from dialects.errors import VendorError
from dialects.framing import JsonLines
from dialects.ollama.answer import peek_answer, read_answer, write_answer
from dialects.ollama.forms import OllamaForms
from dialects.ollama.request import CANNOT, CHAT, read_request, write_request
from dialects.ollama.stream import OllamaReader, OllamaWriter
from dialects.openai.common import decode_request, edit_body, read_error_body
from dialects.watching import Watched
from dialects.weighing import weigh

_ENCODE = msgspec.json.Encoder().encode


class _Options(msgspec.Struct, frozen=True, gc=False):
    num_predict: int | float | None = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    messages: list[msgspec.Raw] | None = None  # without any, the model is only loaded
    stream: bool | None = None
    options: _Options | None = None


_REQUEST = msgspec.json.Decoder(_Request)


class OllamaChat(SaysAll, LooksTwice):
    """The Dialect of `/api/chat`, which streams by default."""

    name = CHAT
    stream_type = b"application/x-ndjson"
    keep_alive = b""
    framing = JsonLines()
    cannot = CANNOT
    origins = frozenset([""])
    forms = OllamaForms()

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        bound = None if request.options is None else request.options.num_predict
        return Asked(
            request.model,
            stream=request.stream is not False,
            include_usage=True,
            max_output=None if bound is None or bound < 0 else int(bound),
        )

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        return edit_body(body, replace(to, ask_usage=False) if to.ask_usage else to)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return peek_answer(body, self.read_answer)

    def watcher(self, *, hide_usage: bool) -> Watched:
        return Watched(self.framing, self.reader())

    def read_request(self, body: bytes) -> Conversation:
        return read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return write_request(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_answer(body, CHAT)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return _ENCODE(write_answer(answer, reply, CHAT))

    def reader(self) -> OllamaReader:
        return OllamaReader()

    def writer(self, reply: Reply) -> OllamaWriter:
        return OllamaWriter(reply)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return _ENCODE({"error": error.message})

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return _ENCODE({"error": error.message}) + b"\n"

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)
