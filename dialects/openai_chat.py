"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat."""

from struct import Struct
from typing import Any

import msgspec

from dialects import sse
from dialects.dialect import Asked, Destination, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.openai_common import (
    StreamOptions,
    decode_answer,
    decode_request,
    edit_body,
    estimate_tokens,
    read_error_body,
    read_loosely,
    read_vendor_error,
    write_error_body,
)
from dialects.openai_stream import OpenAIStream
from dialects.openai_text import UNREAD, Spoken, length_of
from dialects.openai_usage import UsageWire, read_usage


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    messages: msgspec.Raw
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None


class _Skipped(msgspec.Struct, frozen=True, gc=False):
    """Checked to be an object, and not read: what it says is the caller's."""


class _Answer(msgspec.Struct, frozen=True, gc=False):
    choices: list[_Skipped] | None = None
    usage: UsageWire | None = None
    error: Any = None


class _Said(msgspec.Struct, frozen=True, gc=False):
    choices: list[Spoken]


_REQUEST = msgspec.json.Decoder(_Request)
_ANSWER = msgspec.json.Decoder(_Answer)
_SAID = msgspec.json.Decoder(_Said)
_FIRST = Struct("c").unpack_from
_KINDS = {b"{": "object", b'"': "str", b"n": "null", b"t": "bool", b"f": "bool"}


class OpenAIChat:
    """The Dialect of `/v1/chat/completions`."""

    name = "openai_chat"
    stream_type = b"text/event-stream; charset=utf-8"

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        (first,) = _FIRST(request.messages)  # a memoryview would cost twice as much
        if first != b"[":
            found = _KINDS.get(first, "number")
            raise Malformed(
                f"Invalid request body at 'messages': Expected `array`, got `{found}`.", param="messages"
            )
        return Asked(
            model=request.model,
            stream=bool(request.stream),
            include_usage=request.stream_options is not None and bool(request.stream_options.include_usage),
            max_output=request.max_tokens
            if request.max_completion_tokens is None
            else request.max_completion_tokens,
            choices=request.n or 1,
        )

    def edit(self, body: bytes, to: Destination) -> bytes:
        return edit_body(body, to)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        answer = decode_answer(_ANSWER, body)
        if answer.error:
            return WholeAnswer(None, read_vendor_error(answer.error), 0)
        if answer.choices is None:
            raise Malformed("the answer has no choices")
        if answer.usage is None:
            return WholeAnswer(None, None, _text_length(body))
        return WholeAnswer(read_usage(answer.usage), None, 0)

    def watcher(self, *, hide_usage: bool) -> OpenAIStream:
        return OpenAIStream(hide_usage=hide_usage)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return write_error_body(error)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return sse.event(write_error_body(error))

    def input_estimate(self, body: bytes) -> int:
        return estimate_tokens(len(body))


def _text_length(body: bytes) -> int:
    try:
        said = _SAID.decode(body)
    except (ValueError, RecursionError):
        said = _loosely_said(body)
    return sum(
        len(choice.text or "") if choice.message is None else length_of(choice.message)
        for choice in said.choices
    )


def _loosely_said(body: bytes) -> _Said:
    found = read_loosely(body)
    choices = found.get("choices") if isinstance(found, dict) else None
    return _Said([_loosely_spoken(choice) for choice in choices or ()])


def _loosely_spoken(choice: Any) -> Spoken:
    try:
        return msgspec.convert(choice, Spoken)
    except msgspec.ValidationError:
        return Spoken(text=UNREAD)
