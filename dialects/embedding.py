"""The typed form in which wire formats for embeddings meet."""

from typing import Literal, Protocol

import msgspec

from dialects.conversation import Extra
from dialects.dialect import Destination, Reply, Spoken
from dialects.usage import Usage


class EmbeddingRequest(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Texts, or lists of token ids, each to become a vector."""

    dialect: str  # the format it was read from: `extra` is in its terms
    model: str
    inputs: tuple[str | tuple[int, ...], ...]
    dimensions: int | None = None
    encoding: Literal["float", "base64"] = "float"  # how the caller wants its vectors written
    purpose: str | None = None  # Cohere's input_type, or Gemini's taskType in Cohere's terms
    user: str | None = None
    extra: Extra | None = None


class EmbeddingAnswer(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A vector for each input, in their order."""

    dialect: str
    vectors: tuple[tuple[float, ...], ...]
    model: str = ""
    usage: Usage | None = None


class EmbeddingDialect(Spoken, Protocol):
    """A wire format for embeddings, in both directions; never streamed."""

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        """Raises Malformed, with the position, on bytes that are not a request."""

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        """The body for a vendor. Raises Unsupported for token ids if the format accepts only text."""

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        """Raises Malformed on bytes that are not an answer."""

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        """The body for a client, in the encoding it asked for."""
