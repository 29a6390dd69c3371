"""Embeddings are cached per input, so that only a batch's new inputs are requested."""

import hashlib
from array import array
from collections.abc import Sequence

import msgspec

from dialects.embedding import EmbeddingAnswer, EmbeddingRequest

Input = str | tuple[int, ...]
Vector = tuple[float, ...]

_ENCODE = msgspec.json.Encoder().encode


def fingerprints(base: bytes, request: EmbeddingRequest) -> list[bytes]:
    """One per input. `base` covers everything else: the model, the dimensions, the encoding, the scope."""
    return [hashlib.sha256(base + _ENCODE(each)).digest() for each in request.inputs]


def pack(vector: Vector) -> bytes:
    """A vector in its stored form: doubles, so lossless."""
    return array("d", vector).tobytes()


def unpack(data: bytes) -> Vector:
    """The vector that was packed."""
    return tuple(array("d", data))


def shares(total: int, inputs: Sequence[Input]) -> list[int]:
    """A batch's tokens or cost, divided among its inputs in proportion to length; the sum is the total."""
    weights = [max(1, len(each)) for each in inputs]
    found, given, seen, whole = [], 0, 0, sum(weights)
    for weight in weights:
        seen += weight
        upto = total * seen // whole
        found.append(upto - given)
        given = upto
    return found


def narrowed(request: EmbeddingRequest, places: Sequence[int]) -> EmbeddingRequest:
    """The same request for the inputs at these places."""
    return msgspec.structs.replace(request, inputs=tuple(request.inputs[place] for place in places))


def first_places(prints: Sequence[bytes], missing: Sequence[int]) -> list[int]:
    """The places to request: the first of each group of equal inputs."""
    seen: dict[bytes, int] = {}
    for place in missing:
        seen.setdefault(prints[place], place)
    return list(seen.values())


def whole(answer: EmbeddingAnswer, vectors: Sequence[Vector], tokens: int) -> EmbeddingAnswer:
    """The answer to the whole batch, with these vectors and this many input tokens."""
    usage = answer.usage
    if usage is not None:
        usage = msgspec.structs.replace(usage, input=tokens)
    return msgspec.structs.replace(answer, vectors=tuple(vectors), usage=usage)
