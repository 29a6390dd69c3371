"""OpenAI's embeddings: texts or token ids read, unit vectors written as floats or base64."""

import sys
from array import array
from base64 import b64encode
from collections.abc import Iterator
from typing import Literal

import msgspec
import orjson

from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Event, Part, Stamp, plain, state_usage
from gateway.vendors.sim.vectors import embed

INPUTS = 2048  # inputs per request at most
DIMENSIONS = 1536
MOST_DIMENSIONS = 3072


class _Request(msgspec.Struct, frozen=True):
    model: str
    input: str | list[str | int | list[int]]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = None
    metadata: wire.Metadata | None = None


_REQUESTS = msgspec.json.Decoder(_Request)


class EmbeddingRequest:
    """The parts of an embedding request that the simulator uses."""

    __slots__ = ("_inputs", "_request", "behaviour", "model", "stream")

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_REQUESTS.decode, body)
        wire.at_least("dimensions", request.dimensions, 1)
        if (request.dimensions or 1) > MOST_DIMENSIONS:
            raise Refused(
                400,
                f"Invalid value for 'dimensions' = {request.dimensions}. Must be at most {MOST_DIMENSIONS}.",
                param="dimensions",
                code="invalid_value",
            )
        self._inputs = _inputs(request.input)
        self.model = request.model
        self.stream = False
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "EmbeddingReply":
        """The vectors of this request's inputs."""
        dimensions = self._request.dimensions or DIMENSIONS
        vectors = [embed(text, dimensions, seed) for text, _ in self._inputs]
        size = sum(size for _, size in self._inputs)
        usage = plain(state_usage(Usage(input=size), behaviour.usage))
        return EmbeddingReply(self.model, vectors, usage, base64=self._request.encoding_format == "base64")


def _inputs(given: str | list[str | int | list[int]]) -> list[tuple[str, int]]:
    """Each input as a text and its size in tokens; token ids become a text of numbers."""
    if isinstance(given, str):
        given = [given]
    elif given and all(isinstance(each, int) for each in given):
        given = [[each for each in given if isinstance(each, int)]]
    if not given or any(isinstance(each, int) or not each for each in given):
        raise Refused(
            400,
            "'$.input' is invalid: give a text, a list of texts, a list of token ids, "
            "or a list of lists of token ids; none of them empty.",
            param="input",
        )
    if len(given) > INPUTS:
        raise Refused(
            400,
            f"Invalid 'input': {len(given)} inputs were found, at most {INPUTS} are allowed in one request.",
            param="input",
            code="array_above_max_length",
        )
    return [
        (each, tokens.count(each)) if isinstance(each, str) else (" ".join(map(str, each)), len(each))
        for each in given
        if not isinstance(each, int)
    ]


class EmbeddingReply:
    """One list of vectors. It is never streamed, and has no output tokens."""

    stream_type = wire.STREAM

    __slots__ = ("_base64", "_model", "_vectors", "usage", "written")

    def __init__(self, model: str, vectors: "list[array[float]]", usage: Usage, *, base64: bool) -> None:
        self._model = model
        self._vectors = vectors
        self._base64 = base64
        self.usage = usage
        self.written = 0

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        body: dict[str, object] = {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": self._written(vector)}
                for index, vector in enumerate(self._vectors)
            ],
            "model": self._model,
        }
        if usage:
            body["usage"] = {"prompt_tokens": self.usage.input, "total_tokens": self.usage.input}
        return orjson.dumps(body)

    def _written(self, vector: "array[float]") -> str | list[float]:
        if not self._base64:
            return vector.tolist()
        if sys.byteorder == "big":  # the format is little-endian
            vector = vector[:]
            vector.byteswap()
        return b64encode(vector.tobytes()).decode()

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        return iter(())

    def broken(self) -> bytes:
        return wire.BROKEN

    def failure(self, *, stream: bool) -> bytes:
        return wire.failure_json()
