"""Writes the few ONNX protobuf messages that a sentence model needs, without a library."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

# Field numbers and types: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
_FLOAT, _INT8, _INT64 = 1, 3, 7
_TYPES = {"float32": _FLOAT, "int8": _INT8, "int64": _INT64, "int32": 6}
_IR_VERSION = 8
MICROSOFT = "com.microsoft"

Array = np.ndarray[Any, Any]


def _varint(number: int) -> bytes:
    out = bytearray()
    number &= (1 << 64) - 1
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def tensor(name: str, values: Array) -> bytes:
    """A TensorProto: a constant of the graph."""
    dims = b"".join(_number(1, size) for size in values.shape)
    raw = np.ascontiguousarray(values).tobytes()
    return dims + _number(2, _TYPES[values.dtype.name]) + _text(8, name) + _bytes(9, raw)


def _attribute(name: str, value: int | float | Sequence[int]) -> bytes:
    named = _text(1, name)
    if isinstance(value, float):
        return named + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return named + _number(3, value) + _number(20, 2)
    return named + b"".join(_number(8, each) for each in value) + _number(20, 7)


def node(
    kind: str,
    inputs: Iterable[str],
    outputs: Iterable[str],
    domain: str = "",
    attributes: Mapping[str, int | float | Sequence[int]] | None = None,
) -> bytes:
    """A NodeProto: one operation. An omitted optional input is ""."""
    found = b"".join(_text(1, each) for each in inputs) + b"".join(_text(2, each) for each in outputs)
    found += _text(4, kind)
    for name, value in (attributes or {}).items():
        found += _bytes(5, _attribute(name, value))
    return found + (_text(7, domain) if domain else b"")


def value(name: str, kind: str, dims: Sequence[str | int]) -> bytes:
    """A ValueInfoProto: an input or output. A named dimension may have any size."""
    shape = b"".join(
        _bytes(1, _text(2, each) if isinstance(each, str) else _number(1, each)) for each in dims
    )
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[kind]) + _bytes(2, shape)))


def model(
    nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """A ModelProto, the whole file, for opset 17 and onnxruntime's own operators."""
    graph = b"".join(_bytes(1, each) for each in nodes) + _text(2, "sentence")
    graph += b"".join(_bytes(5, each) for each in constants)
    graph += b"".join(_bytes(11, each) for each in inputs)
    graph += b"".join(_bytes(12, each) for each in outputs)
    used = _bytes(8, _number(2, 17)) + _bytes(8, _text(1, MICROSOFT) + _number(2, 1))
    return _number(1, _IR_VERSION) + _bytes(7, graph) + used
