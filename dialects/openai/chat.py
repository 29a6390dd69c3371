"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat."""

from collections.abc import Mapping, Sequence
from struct import Struct
from typing import Any, Literal

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import (
    MEMBERS,
    Asked,
    Destination,
    EventReader,
    LooksTwice,
    Parts,
    Reply,
    StreamWriter,
    WholeAnswer,
)
from dialects.errors import Malformed, VendorError
from dialects.openai.chat_answer import read_answer, write_answer
from dialects.openai.chat_body import write_request
from dialects.openai.chat_forms import ChatForms
from dialects.openai.chat_messages import misplaced
from dialects.openai.chat_parts import NAME
from dialects.openai.chat_reader import ChatReader
from dialects.openai.chat_request import read_request
from dialects.openai.chat_writer import ChatWriter
from dialects.openai.common import (
    BROKE_OFF,
    StreamOptions,
    broken,
    decode_answer,
    decode_request,
    read_loosely,
    read_vendor_error,
)
from dialects.openai.mending import mended
from dialects.openai.spoken import OpenAISpoken
from dialects.openai.stream import MALFORMED
from dialects.openai.text import UNREAD, Spoken, length_of
from dialects.openai.usage import UsageWire, read_usage


class _Facts(msgspec.Struct, frozen=True, gc=False):
    model: str
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None


class _Request(_Facts, frozen=True, gc=False, kw_only=True):
    messages: msgspec.Raw


class _Told(msgspec.Struct, frozen=True, gc=False):
    usage: UsageWire | None = None
    error: Any = None
    service_tier: Any = None


class _Function(msgspec.Struct, frozen=True, gc=False):
    arguments: str | None = None


class _Call(msgspec.Struct, frozen=True, gc=False):
    id: str
    function: _Function | None = None


class _Message(msgspec.Struct, frozen=True, gc=False):
    """A message as OpenAI's SDKs accept it: any other must be corrected."""

    content: str | None = None
    tool_calls: list[_Call] | None = None


class _Ended(msgspec.Struct, frozen=True, gc=False):
    """A choice with a standard finish reason, which needs no correction."""

    message: _Message | None = None
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter", "function_call"] | None = None


class _Ending(msgspec.Struct, frozen=True, gc=False):
    finish_reason: Any = None
    error: Any = None


class _Usual(_Told, frozen=True, gc=False, kw_only=True):
    choices: list[_Ended]


class _Answer(_Told, frozen=True, gc=False):
    choices: list[_Ending] | None = None


class _Said(msgspec.Struct, frozen=True, gc=False):
    choices: list[Spoken]


_NAMES = frozenset(_Facts.__struct_fields__)
_FACTS = msgspec.json.Decoder(_Facts)
_REQUEST = msgspec.json.Decoder(_Request)
_ENCODE = msgspec.json.Encoder().encode
_USUAL = msgspec.json.Decoder(_Usual).decode
_ANSWER = msgspec.json.Decoder(_Answer)
_SAID = msgspec.json.Decoder(_Said)
_FIRST = Struct("c").unpack_from
_KINDS = {b"{": "object", b'"': "str", b"n": "null", b"t": "bool", b"f": "bool"}


class OpenAIChat(OpenAISpoken, LooksTwice):
    """The Dialect of `/v1/chat/completions`, as OpenAI and its many imitators speak it.

    Requests include what most imitators accept beyond OpenAI itself: a target that rejects it, as OpenAI does
    `top_k`, `video`, `file.url` and `thinking`, declares that in its Destination.
    """

    name = NAME
    cannot = frozenset(
        [
            "image.stored",
            "audio.url",
            "file.plain",  # OpenAI itself reads more than PDF; its imitators read no files
            "thinking.redacted",
            "thinking.signature",
            "thinking.id",
            "citations",
            "tool_call.signature",
            "tool_result.error",
            "tool_result.name",
            "cache",
        ]
    )
    origins = frozenset([""])
    forms = ChatForms("chat.completion", spoken=True)

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        if to.unsupported != "drop":
            return ()
        return misplaced(conversation.messages, own=conversation.dialect == self.name)

    def peek(self, body: bytes) -> Asked:
        members = decode_request(MEMBERS, body)
        request, messages = _read(body, members)
        (first,) = _FIRST(messages)  # a memoryview would cost twice as much
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
            parts=Parts(body, members),
        )

    def peek_answer(self, body: bytes) -> WholeAnswer:
        try:
            answer = _USUAL(body)
        except (ValueError, RecursionError):
            return _peek_any(body)
        usage = read_usage(answer.usage)
        if answer.error or not answer.choices:
            return WholeAnswer(usage, _wrong(answer.error, ()), 0)
        if usage is None:
            return WholeAnswer(None, None, _text_length(body), answer.service_tier)
        return WholeAnswer(usage, None, 0, answer.service_tier)

    def read_request(self, body: bytes) -> Conversation:
        return read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return write_request(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return write_answer(answer, reply)

    def reader(self) -> EventReader:
        return ChatReader()

    def writer(self, reply: Reply) -> StreamWriter:
        return ChatWriter(reply)


def _peek_any(body: bytes) -> WholeAnswer:
    """What the request path must know about an answer with an undocumented structure."""
    answer = decode_answer(_ANSWER, body)
    if answer.choices is None and not answer.error:
        raise Malformed("the answer has no choices")
    usage, error = read_usage(answer.usage), _wrong(answer.error, answer.choices)
    length = _text_length(body) if usage is None and error is None else 0
    return WholeAnswer(usage, error, length, answer.service_tier, instead=mended(body))


def _wrong(error: Any, choices: Sequence[_Ending] | None) -> VendorError | None:
    """The error of an answer that failed or has no choices; otherwise None."""
    if error:
        return read_vendor_error(error)
    if not choices:
        return VendorError("an answer without a choice", code=MALFORMED)
    for each in choices:
        if isinstance(each.finish_reason, str) and each.finish_reason in BROKE_OFF:
            return broken(each.error)
    return None


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


def _read(body: bytes, members: Mapping[str, msgspec.Raw]) -> tuple[_Facts, msgspec.Raw]:
    """A body's facts, and its messages, which may be long and are scanned only once. Raises Malformed."""
    few = {name: members[name] for name in _NAMES & members.keys()}
    try:
        return _FACTS.decode(_ENCODE(few)), members["messages"]
    except (msgspec.ValidationError, KeyError):
        request = decode_request(_REQUEST, body)  # raises with the position
        return request, request.messages
