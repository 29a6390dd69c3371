"""Amazon Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""

from typing import Any

import msgspec

from dialects.answer import Answer
from dialects.bedrock import answer as bedrock_answer
from dialects.bedrock import errors as bedrock_errors
from dialects.bedrock import request as bedrock_request
from dialects.bedrock.eventstream import EventStream
from dialects.bedrock.forms import ConverseForms
from dialects.bedrock.members import adjust
from dialects.bedrock.reading import NAME
from dialects.bedrock.stream import ConverseReader
from dialects.bedrock.stream_writer import ConverseWriter
from dialects.bedrock.usage import read_usage
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Framing, LooksTwice, Parts, Reply, WholeAnswer, top_level
from dialects.errors import Malformed, VendorError
from dialects.openai.common import decode_request, read_loosely
from dialects.watching import Watched
from dialects.weighing import weigh


class _Inference(msgspec.Struct, frozen=True, gc=False):
    maxTokens: int | None = None


class _Turn(msgspec.Struct, frozen=True, gc=False):
    """Checked to be an object but not read."""


class _Request(msgspec.Struct, frozen=True, gc=False):
    messages: list[_Turn]
    inferenceConfig: _Inference | None = None


_PEEK = msgspec.json.Decoder(_Request)
_REQUEST = msgspec.json.Decoder(dict[str, Any])
_ENCODE = msgspec.json.Encoder().encode


class BedrockConverse(LooksTwice):
    """The Dialect of `/model/{id}/converse` and `/model/{id}/converse-stream`."""

    name = NAME
    stream_type = b"application/vnd.amazon.eventstream"
    keep_alive = b""
    framing: Framing = EventStream()
    origins = frozenset(["anthropic"])
    forms = ConverseForms()
    cannot = frozenset(
        [
            "seed",
            "choices",
            "frequency_penalty",
            "presence_penalty",
            "logit_bias",
            "logprobs",
            "tool_choice.several_names",
            "parallel_tools",
            "verbosity",
            "format.json",
            "image.url",
            "image.detail",
            "audio.url",
            "file.url",
            "refusal",
            "thinking.id",
            "tool_call.signature",
            "tool_result.name",
            "name",
            "developer",
            "user",
            "cache_key",
            "store",
        ]
    )

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_PEEK, body)
        limit = request.inferenceConfig.maxTokens if request.inferenceConfig is not None else None
        return Asked(model="", include_usage=True, max_output=limit)

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        # Re-encoded even if nothing changes: of duplicate keys the vendor sees only the one that was checked.
        members: dict[str, Any] = top_level(body)
        adjust(members, to)
        return _ENCODE(members)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        found = read_loosely(body)
        if not isinstance(found, dict):
            raise Malformed("the answer is not a JSON object")
        if "output" not in found:
            if "message" in found or "__type" in found:
                return WholeAnswer(None, bedrock_errors.read_error(200, body), 0)
            raise Malformed("the answer has no output")
        usage = read_usage(found.get("usage"))
        length = 0
        if usage is None:
            length = sum(
                bedrock_answer.text_length(choice.parts) for choice in self.read_answer(body).choices
            )
        return WholeAnswer(usage, None, length, bedrock_answer.tier_of(found.get("serviceTier")))

    def watcher(self, *, hide_usage: bool) -> Watched:
        return Watched(self.framing, self.reader())

    def read_error(self, status: int, body: bytes) -> VendorError:
        return bedrock_errors.read_error(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return bedrock_errors.write_error(error, status)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return bedrock_errors.write_error_event(error, status)

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)

    def read_request(self, body: bytes) -> Conversation:
        return bedrock_request.read_request(decode_request(_REQUEST, body))

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return bedrock_request.write_request(conversation, to)

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return bedrock_request.unsaid(conversation)

    def read_answer(self, body: bytes) -> Answer:
        return bedrock_answer.read_answer(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return bedrock_answer.write_answer(answer)  # the format has no id and no model name

    def reader(self) -> ConverseReader:
        return ConverseReader()

    def writer(self, reply: Reply) -> ConverseWriter:
        return ConverseWriter()
