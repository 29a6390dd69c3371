"""Embeddings cached per input, so that only the new ones of a batch are requested."""

import hashlib
from array import array
from collections.abc import Sequence

import msgspec

from dialects.embedding import EmbeddingAnswer, EmbeddingRequest

Input = str | tuple[int, ...]
Vector = tuple[float, ...]

_ENCODE = msgspec.json.Encoder().encode


def fingerprints(base: bytes, request: EmbeddingRequest) -> list[bytes]:
    """One for each input. `base` covers all else: the model, the dimensions, the encoding, the scope."""
    return [hashlib.sha256(base + _ENCODE(each)).digest() for each in request.inputs]


def pack(vector: Vector) -> bytes:
    """A vector as it is kept: no digit is lost."""
    return array("d", vector).tobytes()


def unpack(data: bytes) -> Vector:
    """What was packed."""
    return tuple(array("d", data))


def shares(total: int, inputs: Sequence[Input]) -> list[int]:
    """What of a batch's tokens, or cost, falls to each input by its length; together they are the total."""
    weights = [max(1, len(each)) for each in inputs]
    found, given, seen, whole = [], 0, 0, sum(weights)
    for weight in weights:
        seen += weight
        upto = total * seen // whole
        found.append(upto - given)
        given = upto
    return found


def narrowed(request: EmbeddingRequest, places: Sequence[int]) -> EmbeddingRequest:
    """The same request for some of its inputs."""
    return msgspec.structs.replace(request, inputs=tuple(request.inputs[place] for place in places))


def first_places(prints: Sequence[bytes], missing: Sequence[int]) -> list[int]:
    """The places that have to be asked for: of equal inputs in a batch the first."""
    seen: dict[bytes, int] = {}
    for place in missing:
        seen.setdefault(prints[place], place)
    return list(seen.values())


def whole(answer: EmbeddingAnswer, vectors: Sequence[Vector], tokens: int) -> EmbeddingAnswer:
    """The answer to the whole batch; `tokens` is what all its inputs have."""
    usage = answer.usage
    if usage is not None:
        usage = msgspec.structs.replace(usage, input=tokens)
    return msgspec.structs.replace(answer, vectors=tuple(vectors), usage=usage)
