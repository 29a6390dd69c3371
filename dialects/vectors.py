"""Validates vectors and texts for all embedding formats."""

import base64
import binascii
import sys
from array import array
from typing import Any

from dialects.embedding import EmbeddingRequest
from dialects.errors import Malformed, Unsupported

Vector = tuple[float, ...]


def texts_of(request: EmbeddingRequest, dialect: str) -> list[str]:
    """The inputs, for a format that accepts only text. Raises Unsupported for token ids."""
    texts = [each for each in request.inputs if isinstance(each, str)]
    if len(texts) < len(request.inputs):
        raise Unsupported(dialect, ["input"])
    return texts


def read_floats(found: Any) -> Vector:
    """One vector. Raises Malformed on anything else."""
    if not isinstance(found, list) or not all(type(each) is float or type(each) is int for each in found):
        raise Malformed("the answer has a vector that is not a list of numbers")
    return tuple(map(float, found))


def unpack(text: Any) -> Vector:
    """One vector from base64 of little-endian 32-bit floats. Raises Malformed on anything else."""
    try:
        floats = array("f", base64.b64decode(text, validate=True))
    except (TypeError, ValueError, binascii.Error):
        raise Malformed("the answer has a vector that is not base64 of floats") from None
    return tuple(_little_endian(floats))


def pack(vector: Vector) -> str:
    """The vector as base64 of little-endian 32-bit floats."""
    return base64.b64encode(_little_endian(array("f", vector)).tobytes()).decode()


def _little_endian(floats: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        floats.byteswap()
    return floats
