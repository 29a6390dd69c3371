"""Anthropic's Messages: https://docs.anthropic.com/en/api/messages."""

import msgspec

from dialects.answer import Answer
from dialects.anthropic.answer import hear_whole, peek_whole, read_whole, write_whole
from dialects.anthropic.blocks import NAME, ORIGIN
from dialects.anthropic.errors import write_error_body
from dialects.anthropic.events import MessagesWriter
from dialects.anthropic.forms import MessagesForms
from dialects.anthropic.request import edit, read_messages_request, unsaid, write_messages_request
from dialects.anthropic.stream import MessagesReader
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Parts, Reply, WholeAnswer
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.openai.common import decode_request, read_error_body
from dialects.watching import Watched
from dialects.weighing import weigh

_CLOSING = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class _Turn(msgspec.Struct, frozen=True, gc=False):
    """Checked to be an object but not read: validating its content is left to the vendor."""


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    messages: list[_Turn]
    stream: bool | None = None
    max_tokens: int | None = None


_REQUEST = msgspec.json.Decoder(_Request)


class _Closed(Watched):
    """A stream that passes through, with its final event added if the vendor omitted only that."""

    __slots__ = ()

    def end(self) -> bytes:
        passed = super().end()
        whole = self.finished and not self.done and self.error is None
        return passed + _CLOSING if whole else passed


class AnthropicMessages:
    """The Dialect of `/v1/messages`."""

    name = NAME
    stream_type = b"text/event-stream; charset=utf-8"
    # https://docs.anthropic.com/en/docs/build-with-claude/streaming#ping-events
    keep_alive = b'event: ping\ndata: {"type":"ping"}\n\n'
    framing = ServerSentEvents()
    origins = frozenset([ORIGIN])
    forms = MessagesForms()
    cannot = frozenset(
        ["seed", "choices", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs"]
        + ["format.json", "tool_choice.several_names", "verbosity"]
        + ["image.detail", "audio", "video", "refusal"]
        + ["thinking.id", "tool_call.signature", "tool_result.name"]
        + ["name", "developer", "metadata", "cache_key", "store"]
    )

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        return Asked(
            request.model,
            stream=bool(request.stream),
            include_usage=True,  # its streams always report usage
            max_output=request.max_tokens,
        )

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        return edit(body, to)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return peek_whole(body)

    def watcher(self, *, hide_usage: bool) -> Watched:
        reader = self.reader()
        return _Closed(self.framing, reader, works=lambda: reader.works)

    def read_request(self, body: bytes) -> Conversation:
        return read_messages_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return write_messages_request(conversation, to)

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return unsaid(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_whole(body)

    def hear_answer(self, body: bytes) -> Answer | VendorError:
        return hear_whole(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return write_whole(answer, reply)

    def reader(self) -> MessagesReader:
        return MessagesReader()

    def writer(self, reply: Reply) -> MessagesWriter:
        return MessagesWriter(reply)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return write_error_body(error, status)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return b"event: error\ndata: " + write_error_body(error, status) + b"\n\n"

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)
