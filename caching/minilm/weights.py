"""Reads model weights in the safetensors format."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}
_MOST_HEADER = 16 * 1024 * 1024


def read_weights(data: bytes) -> Mapping[str, Array]:
    """The tensors by name, float16 widened to float32. Raises ValueError if the data is not such a file.

    https://github.com/huggingface/safetensors#format
    """
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= size <= min(_MOST_HEADER, len(data) - 8):
        raise ValueError("the weights are no safetensors file: its header does not fit into it")
    try:
        header = json.loads(data[8 : 8 + size])
        return {
            name: _tensor(told, data, 8 + size) for name, told in header.items() if name != "__metadata__"
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the weights are no safetensors file that can be read: {error}") from error


def _tensor(told: Mapping[str, Any], data: bytes, base: int) -> Array:
    if told["dtype"] not in _DTYPES:
        raise ValueError(f"a tensor of {told['dtype']}; allowed: {', '.join(_DTYPES)}")
    start, end = told["data_offsets"]
    if not 0 <= start <= end <= len(data) - base:
        raise ValueError("a tensor lies outside of the file")
    found = np.frombuffer(data[base + start : base + end], dtype=_DTYPES[told["dtype"]])
    shaped = found.reshape(told["shape"])
    return shaped.astype("<f4") if told["dtype"] == "F16" else shaped
