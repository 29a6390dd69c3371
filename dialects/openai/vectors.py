"""Reads and writes embeddings: four kinds of inputs, two encodings of vectors."""

import base64
import binascii
import math
import sys
from array import array
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from dialects.checking import checked, unknown, wrong
from dialects.dialect import Destination, Reply
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.errors import Malformed
from dialects.openai.chat_request import OBJECT
from dialects.openai.common import decode_answer, decode_request, edit_body
from dialects.openai.usage import UsageWire, read_input

NAME = "openai_embeddings"
_ENCODE = msgspec.json.Encoder().encode
_FOUR_BYTES = 4
_WISHES = ("dimensions", "user")


class _Wire(msgspec.Struct, frozen=True, gc=False):
    model: str
    input: str | list[Any]
    dimensions: int | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None


class _Vector(msgspec.Struct, frozen=True, gc=False):
    embedding: list[float] | str
    index: int | None = None


class _Answer(msgspec.Struct, frozen=True, gc=False):
    data: list[_Vector]
    model: str | None = None
    usage: UsageWire | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


def read_embedding(body: bytes) -> EmbeddingRequest:
    """Raises Malformed, with the position, on bytes that are not a request."""
    found = decode_request(OBJECT, body)
    wire = checked(found, _Wire)
    return EmbeddingRequest(
        dialect=NAME,
        model=wire.model,
        inputs=_inputs(wire.input),
        dimensions=wire.dimensions,
        encoding=wire.encoding_format or "float",
        user=wire.user,
        extra=unknown(found, _Wire),
    )


def _inputs(found: str | list[Any]) -> tuple[str | tuple[int, ...], ...]:
    if isinstance(found, str):
        return (found,)
    if not found:
        raise wrong("input", "there is nothing to embed")
    if all(type(each) is int for each in found):
        return (tuple(found),)
    for number, each in enumerate(found):
        ids = isinstance(each, list) and each and all(type(token) is int for token in each)
        if not ids and not isinstance(each, str):
            raise wrong(f"input.{number}", "an input is a text or a list of token ids")
    return tuple(each if isinstance(each, str) else tuple(each) for each in found)


def write_embedding(request: EmbeddingRequest, to: Destination) -> bytes:
    """The body; the input's purpose is left out, as this format cannot express it."""
    inputs = request.inputs
    members: dict[str, Any] = {"model": to.model, "input": inputs[0] if len(inputs) == 1 else inputs}
    members |= {name: value for name in _WISHES if (value := getattr(request, name)) is not None}
    if request.encoding != "float":
        members["encoding_format"] = request.encoding
    body = _ENCODE((request.extra or {}) | members)
    return edit_body(body, Destination(to.model, False, to.drops, to.renames, to.sets))


def read_vectors(body: bytes) -> EmbeddingAnswer:
    """Raises Malformed on bytes that are not an answer. Vectors are in the order of their inputs."""
    answer = decode_answer(_ANSWER, body)
    if all(each.index is not None for each in answer.data):
        data = sorted(answer.data, key=lambda each: each.index or 0)
    else:
        data = answer.data
    return EmbeddingAnswer(
        dialect=NAME,
        vectors=tuple(_floats(each.embedding) for each in data),
        model=answer.model or "",
        usage=read_input(answer.usage),
    )


def _floats(found: list[float] | str) -> tuple[float, ...]:
    if isinstance(found, str):
        vector = _unpacked(found)
    else:
        vector = tuple(found)
    if not all(map(math.isfinite, vector)):
        raise Malformed("the answer has a vector that holds no numbers")
    return vector


def _unpacked(packed: str) -> tuple[float, ...]:
    """Little-endian float32 in base64, which OpenAI's SDKs request by default."""
    try:
        raw = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raw = b"?"
    if len(raw) % _FOUR_BYTES:
        raise Malformed("the answer has a vector that is neither numbers nor base64 of float32")
    floats = array("f")
    floats.frombytes(raw)
    return tuple(_little(floats))


def _packed(vector: Sequence[float]) -> str:
    return base64.b64encode(_little(array("f", vector)).tobytes()).decode()


def _little(floats: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        floats.byteswap()
    return floats


def write_vectors(answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
    """The body for a client, in the encoding it asked for."""
    packs = request.encoding == "base64"
    spent = 0 if answer.usage is None else answer.usage.input
    return _ENCODE(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": _packed(vector) if packs else vector}
                for index, vector in enumerate(answer.vectors)
            ],
            "model": answer.model or reply.model,
            "usage": {"prompt_tokens": spent, "total_tokens": spent},
        }
    )
