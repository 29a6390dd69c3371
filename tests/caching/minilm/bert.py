"""A tiny BERT with weights by chance, and what it computes, written out in numpy."""

import json
import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WIDTH, HEADS, LAYERS, WORDS, PLACES = 8, 2, 2, 20, 40


def weights(seed: int = 7) -> dict[str, Array]:
    chance = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return (chance.standard_normal(shape) * 0.5).astype(np.float32)

    def norm(name: str) -> dict[str, Array]:
        return {f"{name}.weight": 1 + draw(WIDTH) / 5, f"{name}.bias": draw(WIDTH)}

    def linear(name: str, into: int, out: int) -> dict[str, Array]:
        return {f"{name}.weight": draw(out, into), f"{name}.bias": draw(out)}

    found = {
        "embeddings.word_embeddings.weight": draw(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": draw(PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": draw(2, WIDTH),
        **norm("embeddings.LayerNorm"),
    }
    for number in range(LAYERS):
        at = f"encoder.layer.{number}."
        for part in ("query", "key", "value"):
            found |= linear(f"{at}attention.self.{part}", WIDTH, WIDTH)
        found |= linear(f"{at}attention.output.dense", WIDTH, WIDTH)
        found |= norm(f"{at}attention.output.LayerNorm")
        found |= linear(f"{at}intermediate.dense", WIDTH, 4 * WIDTH)
        found |= linear(f"{at}output.dense", 4 * WIDTH, WIDTH) | norm(f"{at}output.LayerNorm")
    return found


def expected(weights: dict[str, Array], ids: list[int]) -> Array:
    """The vector of one text."""

    def linear(x: Array, name: str) -> Array:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x: Array, name: str) -> Array:
        spread = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-12)
        return (x - x.mean(axis=-1, keepdims=True)) / spread * weights[f"{name}.weight"] + weights[
            f"{name}.bias"
        ]

    def gelu(x: Array) -> Array:
        return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))

    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(LAYERS):
        at = f"encoder.layer.{number}."
        parts = [linear(x, f"{at}attention.self.{part}") for part in ("query", "key", "value")]
        heads = []
        for query, key, value in zip(*(np.split(part, HEADS, axis=1) for part in parts), strict=True):
            scores = np.exp(query @ key.T / math.sqrt(WIDTH // HEADS))
            heads.append(scores / scores.sum(axis=1, keepdims=True) @ value)
        attended = linear(np.hstack(heads), f"{at}attention.output.dense")
        x = norm(x + attended, f"{at}attention.output.LayerNorm")
        x = norm(
            x + linear(gelu(linear(x, f"{at}intermediate.dense")), f"{at}output.dense"),
            f"{at}output.LayerNorm",
        )
    mean: Array = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def safetensors(weights: dict[str, Array]) -> bytes:
    """The weights as a file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, values in weights.items():
        raw = np.ascontiguousarray(values).tobytes()
        kind = {"float32": "F32", "float16": "F16", "int64": "I64"}[values.dtype.name]
        offsets = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": offsets}
        data += raw
    told = json.dumps(header).encode()
    return len(told).to_bytes(8, "little") + told + data
