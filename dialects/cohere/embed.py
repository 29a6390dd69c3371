"""Cohere's embeddings, version 2: https://docs.cohere.com/reference/embed."""

from dataclasses import replace
from typing import Any

import msgspec

from dialects.cohere.answer import read_tokens
from dialects.cohere.chat import CohereChat
from dialects.conversation import Extra
from dialects.dialect import Asked, Destination, Reply, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.errors import Malformed
from dialects.members import Members, read_answer_object, read_members, string, unknown
from dialects.openai.common import decode_request, edit_body, read_vendor_error
from dialects.usage import Usage
from dialects.vectors import Vector, pack, read_floats, texts_of, unpack

_ENCODE = msgspec.json.Encoder().encode
_TYPES = ("float", "base64")
# The purpose of a text is required: https://docs.cohere.com/docs/embeddings#the-input_type-parameter.
_PURPOSE = "search_document"


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str


class _Typed(_Request, frozen=True, gc=False):
    embedding_types: list[str]


_REQUEST = msgspec.json.Decoder(_Request)
_TYPED = msgspec.json.Decoder(_Typed)


class CohereEmbed(CohereChat):
    """The EmbeddingDialect of `/v2/embed`, for texts; errors and edits are as in chat."""

    name = "cohere_embed"

    def peek(self, body: bytes) -> Asked:
        return Asked(decode_request(_REQUEST, body).model)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        found = read_answer_object(body)
        if "embeddings" not in found:
            if "message" in found:
                return WholeAnswer(None, read_vendor_error(found), 0)
            raise Malformed("the answer has no embeddings")
        return WholeAnswer(_usage(found), None, 0)

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        members = read_members(body)
        kinds = members.each("embedding_types", _read_type)
        if len(kinds) > 1:
            members.keep("embedding_types", list(kinds))
        model, texts = members.need("model", str), members.each("texts", string)
        texts += members.each("inputs", _read_input)
        if not texts:
            raise Malformed("Invalid request body at 'texts': texts are embedded here.", param="texts")
        return EmbeddingRequest(
            dialect=self.name,
            model=model,
            inputs=texts,
            dimensions=members.take("output_dimension", int),
            encoding="base64" if kinds == ("base64",) else "float",
            purpose=members.take("input_type", str),
            extra=members.rest(),
        )

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        members: Extra = {"model": to.model, "texts": texts_of(request, self.name)}
        members["input_type"] = request.purpose or _PURPOSE
        # Floats whatever the caller asked for: every encoding can be made from them.
        members |= self._own(request) | {"embedding_types": ["float"]}
        if request.dimensions is not None:
            members["output_dimension"] = request.dimensions
        return edit_body(_ENCODE(members), replace(to, ask_usage=False))

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        found = read_answer_object(body)
        return EmbeddingAnswer(
            dialect=self.name, vectors=_vectors(found.get("embeddings")), usage=_usage(found)
        )

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        kinds = self._own(request).get("embedding_types") or [request.encoding]
        written: Extra = {}
        if "float" in kinds:
            written["float"] = answer.vectors
        if "base64" in kinds:
            written["base64"] = [pack(vector) for vector in answer.vectors]
        counted = {} if answer.usage is None else {"billed_units": {"input_tokens": answer.usage.input}}
        return _ENCODE(
            {
                "id": reply.id,
                "embeddings": written,
                "texts": [text for text in request.inputs if isinstance(text, str)],
                "meta": {"api_version": {"version": "2"}} | counted,
                "response_type": "embeddings_by_type",
            }
        )

    def _own(self, request: EmbeddingRequest) -> Extra:
        return (request.extra or {}) if request.dialect == self.name else {}


class CohereTypedEmbed(CohereEmbed):
    """The EmbeddingDialect of `/v1/embed` with `embedding_types`; without it, answers have another shape.

    https://docs.cohere.com/v1/reference/embed
    """

    def peek(self, body: bytes) -> Asked:
        return Asked(decode_request(_TYPED, body).model)


def _read_type(value: Any, place: str) -> str:
    kind = string(value, place)
    if kind not in _TYPES:  # quantised types, which cannot be derived without the model
        raise unknown(place, kind, ", ".join(_TYPES))
    return kind


def _read_input(value: Any, place: str) -> str:
    """The text of an input with several parts. Raises Malformed unless it is a single text."""
    content = Members(value, place)
    texts = content.each("content", _read_text)
    if len(texts) != 1:
        raise Malformed(f"Invalid request body at '{place}.content': one text is embedded.", param=place)
    return texts[0]


def _read_text(value: Any, place: str) -> str:
    part = Members(value, place)
    kind = part.take("type", str)
    if kind not in (None, "text"):
        raise unknown(f"{place}.type", kind, "text")
    return part.need("text", str)


def _vectors(found: Any) -> tuple[Vector, ...]:
    if isinstance(found, dict):
        if isinstance(packed := found.get("base64"), list) and not found.get("float"):
            return tuple(map(unpack, packed))
        found = found.get("float")
    if not isinstance(found, list):
        raise Malformed("the answer has no embeddings")
    return tuple(map(read_floats, found))


def _usage(found: Extra) -> Usage | None:
    counted = read_tokens(found.get("meta"))
    return None if counted is None else counted.billed or counted.usage
