"""A BERT encoder from token ids to a unit vector, in 8-bit or floating point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from caching.minilm.onnx import MICROSOFT, model, node, tensor, value

Array = np.ndarray[Any, Any]

_EPSILON = 1e-12  # of BERT's layer norms
_LAYER = "encoder.layer.%d."


@dataclass(frozen=True, slots=True)
class Shape:
    """The facts about a model that its weights do not contain."""

    heads: int
    layers: int


@dataclass
class Builder:
    """Collects a graph's operations and constants. Methods that add one return the name of its result."""

    weights: Mapping[str, Array]
    small: bool  # whether to quantise to 8 bits
    nodes: list[bytes] = field(default_factory=list)
    constants: list[bytes] = field(default_factory=list)

    def constant(self, values: Array) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(tensor(name, values))
        return name

    def add(
        self, kind: str, inputs: Sequence[str], domain: str = "", outputs: int = 1, **attributes: Any
    ) -> str:
        names = [f"n{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(node(kind, inputs, names, domain, attributes))
        return names[0]

    def weight(self, name: str) -> Array:
        """A tensor as float32. Raises ValueError if there is none of this name."""
        if name not in self.weights:
            raise ValueError(f"the weights have no {name}: this is not a BERT")
        return self.weights[name].astype(np.float32)

    def linear(self, x: str, matrix: Array, bias: Array) -> str:
        """`x · matrix + bias`; if small, the matrix is quantised per column."""
        if not self.small:
            product = self.add("MatMul", [x, self.constant(matrix)])
            return self.add("Add", [product, self.constant(bias)])
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12).astype(np.float32) / np.float32(127)
        whole = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
        inputs = [x, self.constant(whole), self.constant(scale), "", self.constant(bias)]
        return self.add("DynamicQuantizeMatMul", inputs, MICROSOFT)

    def named_linear(self, x: str, name: str) -> str:
        return self.linear(x, self.weight(f"{name}.weight").T, self.weight(f"{name}.bias"))

    def norm(self, x: str, name: str) -> str:
        scale, shift = (self.constant(self.weight(f"{name}.{part}")) for part in ("weight", "bias"))
        return self.add("LayerNormalization", [x, scale, shift], axis=-1, epsilon=_EPSILON)

    def embedded(self, ids: str) -> str:
        """The word embeddings of the ids; if small, the table is quantised per row."""
        table = self.weight("embeddings.word_embeddings.weight")
        if not self.small:
            return self.add("Gather", [self.constant(table), ids])
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / np.float32(
            127
        )
        whole = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
        rows = self.add("Cast", [self.add("Gather", [self.constant(whole), ids])], to=1)
        return self.add("Mul", [rows, self.add("Gather", [self.constant(scale), ids])])

    def positions(self, ids: str) -> str:
        """The position embeddings for as many positions as there are ids, plus token type 0's."""
        places = self.weight("embeddings.position_embeddings.weight")
        places = places + self.weight("embeddings.token_type_embeddings.weight")[0]
        zero, one = self.constant(np.array([0], np.int64)), self.constant(np.array([1], np.int64))
        size = self.add("Slice", [self.add("Shape", [ids]), one, self.constant(np.array([2], np.int64))])
        return self.add("Slice", [self.constant(places), zero, size, zero])

    def layer(self, x: str, mask: str, number: int, heads: int) -> str:
        at = _LAYER % number
        inner = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        query, key, values = (self.named_linear(x, each) for each in inner)
        attended = self.add("MultiHeadAttention", [query, key, values, "", mask], MICROSOFT, num_heads=heads)
        out = self.named_linear(attended, f"{at}attention.output.dense")
        x = self.norm(self.add("Add", [x, out]), f"{at}attention.output.LayerNorm")
        wide = self.add("Gelu", [self.named_linear(x, f"{at}intermediate.dense")], MICROSOFT)
        out = self.named_linear(wide, f"{at}output.dense")
        return self.norm(self.add("Add", [x, out]), f"{at}output.LayerNorm")

    def pooled(self, x: str, mask: str) -> str:
        """The mean over the unmasked tokens, normalised to length one."""
        one = self.constant(np.array([1], np.int64))
        weights = self.add("Unsqueeze", [self.add("Cast", [mask], to=1), one])  # batch, 1, tokens
        total = self.add("Squeeze", [self.add("MatMul", [weights, x]), one])
        return self.add("LpNormalization", [total], axis=-1, p=2)


def sentence_graph(weights: Mapping[str, Array], shape: Shape, *, small: bool) -> bytes:
    """An ONNX file with inputs `ids` and `mask` (int64 and int32, batch × tokens) and the outputs `vector`
    (batch × width) and `states` (batch × tokens × width), the last hidden states.

    Raises ValueError if the weights are not a BERT's.
    """
    build = Builder(weights, small)
    width = build.weight("embeddings.word_embeddings.weight").shape[1]
    if width % shape.heads:
        raise ValueError(f"a width of {width} cannot be shared by {shape.heads} heads")
    x = build.add("Add", [build.embedded("ids"), build.positions("ids")])
    x = build.norm(x, "embeddings.LayerNorm")
    for number in range(shape.layers):
        x = build.layer(x, "mask", number, shape.heads)
    build.nodes.append(node("Identity", [build.pooled(x, "mask")], ["vector"]))
    build.nodes.append(node("Identity", [x], ["states"]))
    dims = ("batch", "tokens")
    inputs = [value("ids", "int64", dims), value("mask", "int32", dims)]
    outputs = [value("vector", "float32", ("batch", width)), value("states", "float32", (*dims, width))]
    return model(build.nodes, build.constants, inputs, outputs)
