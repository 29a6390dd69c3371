"""OpenAI's Responses API, stateless: https://platform.openai.com/docs/api-reference/responses."""

from dataclasses import replace

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, LooksTwice, Parts, Reply, SaysAll, WholeAnswer
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.openai import responses_answer as answers
from dialects.openai import responses_request as requests
from dialects.openai.common import (
    decode_request,
    edit_body,
    read_error_body,
    write_error_body,
)
from dialects.openai.responses_forms import ResponsesForms
from dialects.openai.responses_parts import NAME
from dialects.openai.responses_reader import ResponsesReader
from dialects.openai.responses_writer import ResponsesWriter, write_answer
from dialects.sse import KEEP_ALIVE
from dialects.watching import Watched
from dialects.weighing import weigh


class _Request(msgspec.Struct, frozen=True, gc=False):
    """The facts that `peek` needs; the rest is for the vendor to validate, references included."""

    model: str
    stream: bool | None = None
    max_output_tokens: int | None = None


_REQUEST = msgspec.json.Decoder(_Request)
_ENCODE = msgspec.json.Encoder().encode


class OpenAIResponses(SaysAll, LooksTwice):
    """The Dialect of `/v1/responses`."""

    name = NAME
    stream_type = b"text/event-stream; charset=utf-8"
    keep_alive = KEEP_ALIVE
    framing = ServerSentEvents()
    cannot = frozenset(
        [
            "top_k",
            "stop",
            "seed",
            "choices",
            "frequency_penalty",
            "presence_penalty",
            "logit_bias",
            "audio.stored",
            "audio.url",
            "video",
            "thinking.redacted",
            "tool_call.signature",
            "tool_result.error",
            "tool_result.name",
            "name",
            "cache",
        ]
    )
    origins = frozenset(["openai"])
    forms = ResponsesForms()

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        return Asked(
            model=request.model,
            stream=bool(request.stream),
            include_usage=True,  # streams always report usage
            max_output=request.max_output_tokens,
        )

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        if b'"sb1:' in body or b"__sb__" in body:
            body = requests.without_carried(body)
        # The format has no option to request usage, and unknown members are rejected.
        written = edit_body(body, replace(to, ask_usage=False) if to.ask_usage else to)
        return requests.answered_at_once(written)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return answers.peek_answer(body)

    def watcher(self, *, hide_usage: bool) -> Watched:
        reader = self.reader()
        return Watched(self.framing, reader, works=lambda: reader.works)

    def read_request(self, body: bytes) -> Conversation:
        return requests.read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return self.edit(requests.write_request(conversation), to)

    def read_answer(self, body: bytes) -> Answer:
        return answers.read_answer(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return write_answer(answer, reply)

    def reader(self) -> ResponsesReader:
        return ResponsesReader()

    def writer(self, reply: Reply) -> ResponsesWriter:
        return ResponsesWriter(reply)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return write_error_body(error)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        said = {"type": error.type or "server_error", "code": error.code, "message": error.message}
        # Documented flat, sent by OpenAI with "error" too, without which its SDKs do not raise:
        # https://platform.openai.com/docs/api-reference/responses-streaming/error
        flat = {"code": error.code, "message": error.message, "param": error.param, "sequence_number": 0}
        event = {"type": "error"} | flat | {"error": said | {"param": error.param}}
        return b"event: error\ndata: " + _ENCODE(event) + b"\n\n"

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)
