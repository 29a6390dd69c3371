"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat."""

from typing import Any

import msgspec

from dialects import sse
from dialects.dialect import Asked, Edits, Malformed, VendorError, WholeAnswer
from dialects.openai_common import (
    StreamOptions,
    UsageWire,
    decode_answer,
    decode_request,
    edit_body,
    estimate_tokens,
    read_error_body,
    read_usage,
    read_vendor_error,
    write_error_body,
)
from dialects.openai_stream import OpenAIStream


class _Request(msgspec.Struct, frozen=True):
    model: str
    messages: msgspec.Raw
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None


class _Answer(msgspec.Struct, frozen=True):
    choices: list[msgspec.Raw] | None = None
    usage: UsageWire | None = None
    error: Any = None


_REQUEST = msgspec.json.Decoder(_Request)
_ANSWER = msgspec.json.Decoder(_Answer)


class OpenAIChat:
    """The Dialect of `/v1/chat/completions`."""

    name = "openai_chat"

    def read_request(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        if bytes(request.messages)[:1] != b"[":
            raise Malformed("Invalid request body at 'messages': Expected `array`.", param="messages")
        return Asked(
            model=request.model,
            stream=bool(request.stream),
            include_usage=request.stream_options is not None and bool(request.stream_options.include_usage),
            max_output=request.max_completion_tokens or request.max_tokens,
            choices=request.n or 1,
        )

    def edit_request(self, body: bytes, edits: Edits) -> bytes:
        return edit_body(body, edits)

    def read_answer(self, body: bytes) -> WholeAnswer:
        answer = decode_answer(_ANSWER, body)
        if answer.error:
            return WholeAnswer(None, read_vendor_error(answer.error), 0)
        if answer.choices is None:
            raise Malformed("the answer has no choices")
        usage = None if answer.usage is None else read_usage(answer.usage)
        return WholeAnswer(usage, None, sum(len(memoryview(choice)) for choice in answer.choices))

    def reader(self, *, hide_usage: bool) -> OpenAIStream:
        return OpenAIStream(hide_usage=hide_usage)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError) -> bytes:
        return write_error_body(error)

    def write_error_event(self, error: VendorError) -> bytes:
        return sse.event(write_error_body(error))

    def input_estimate(self, body: bytes) -> int:
        return estimate_tokens(len(body))
