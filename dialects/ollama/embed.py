"""Ollama's embeddings: https://docs.ollama.com/api/embed, and the older form for one text."""

from dataclasses import replace
from typing import Any

import msgspec

from dialects.conversation import Extra
from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.errors import Malformed, Unsupported
from dialects.members import Members, read_answer_object, read_members, string
from dialects.ollama.answer import read_counts
from dialects.ollama.chat import OllamaChat
from dialects.openai.common import decode_request, edit_body, read_vendor_error
from dialects.vectors import read_floats, texts_of

_ENCODE = msgspec.json.Encoder().encode


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str


_REQUEST = msgspec.json.Decoder(_Request)


class OllamaEmbed(OllamaChat):
    """The EmbeddingDialect of `/api/embed`; errors and edits are as in chat."""

    name = "ollama_embed"

    def peek(self, body: bytes) -> Asked:
        return Asked(decode_request(_REQUEST, body).model)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        found = read_answer_object(body)
        if found.get("error"):
            return WholeAnswer(None, read_vendor_error(found), 0)
        return WholeAnswer(self.read_vectors(body).usage, None, 0)

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        members = read_members(body)
        model, inputs = members.need("model", str), self._read_input(members)
        dimensions = members.take("dimensions", int)
        return EmbeddingRequest(
            dialect=self.name, model=model, inputs=inputs, dimensions=dimensions, extra=members.rest()
        )

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        members: Extra = {"model": to.model} | self._written_input(texts_of(request, self.name))
        if request.dimensions is not None:
            members["dimensions"] = request.dimensions
        own = request.extra if request.dialect == self.name else None
        return edit_body(_ENCODE(members | (own or {})), replace(to, ask_usage=False))

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        found = read_answer_object(body)
        vectors = found.get("embeddings")
        if not isinstance(vectors, list):
            raise Malformed("the answer has no embeddings")
        model = found.get("model")
        return EmbeddingAnswer(
            dialect=self.name,
            vectors=tuple(map(read_floats, vectors)),
            model=model if isinstance(model, str) else "",
            usage=read_counts(found.get("prompt_eval_count"), None),
        )

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        members: Extra = {"model": answer.model or reply.model, "embeddings": answer.vectors}
        members |= {"total_duration": 0, "load_duration": 0}
        if answer.usage is not None:
            members["prompt_eval_count"] = answer.usage.input
        return _ENCODE(members)

    def _read_input(self, members: Members) -> tuple[str, ...]:
        value: Any = members.either("input", str, list)
        if isinstance(value, list):
            return tuple(string(each, f"input.{number}") for number, each in enumerate(value))
        return () if value is None else (value,)

    def _written_input(self, texts: list[str]) -> Extra:
        return {"input": texts}


class OllamaEmbeddings(OllamaEmbed):
    """The EmbeddingDialect of the older `/api/embeddings`: one text, one vector, no usage."""

    name = "ollama_embeddings"

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        vector = read_answer_object(body).get("embedding")
        if vector is None:
            raise Malformed("the answer has no embedding")
        return EmbeddingAnswer(dialect=self.name, vectors=(read_floats(vector),))

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        return _ENCODE({"embedding": answer.vectors[0] if answer.vectors else ()})

    def _read_input(self, members: Members) -> tuple[str, ...]:
        prompt = members.take("prompt", str)
        return () if prompt is None else (prompt,)

    def _written_input(self, texts: list[str]) -> Extra:
        if len(texts) != 1:
            raise Unsupported(self.name, ["input"])
        return {"prompt": texts[0]}
