"""OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

from typing import Any

import msgspec

from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.errors import Malformed
from dialects.openai.common import decode_answer, decode_request, read_vendor_error
from dialects.openai.spoken import OpenAISpoken
from dialects.openai.usage import UsageWire, read_input
from dialects.openai.vectors import NAME, read_embedding, read_vectors, write_embedding, write_vectors


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    input: msgspec.Raw


class _Vector(msgspec.Struct, frozen=True, gc=False):
    """Only checked to be an object; its numbers pass unread."""


class _Answer(msgspec.Struct, frozen=True, gc=False):
    data: list[_Vector] | None = None
    usage: UsageWire | None = None
    error: Any = None


_REQUEST = msgspec.json.Decoder(_Request)
_ANSWER = msgspec.json.Decoder(_Answer)


class OpenAIEmbeddings(OpenAISpoken):
    """The EmbeddingDialect of `/v1/embeddings`; never streamed."""

    name = NAME

    def peek(self, body: bytes) -> Asked:
        return Asked(model=decode_request(_REQUEST, body).model)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        answer = decode_answer(_ANSWER, body)
        if answer.error:
            return WholeAnswer(None, read_vendor_error(answer.error), 0)
        if answer.data is None:
            raise Malformed("the answer has no data")
        return WholeAnswer(read_input(answer.usage), None, 0)

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        return read_embedding(body)

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        return write_embedding(request, to)

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        return read_vectors(body)

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        return write_vectors(answer, request, reply)
