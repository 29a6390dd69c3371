"""Serves embeddings in every wire format except OpenAI's, through the typed form."""

from collections.abc import Iterator

import msgspec

from dialects.dialect import Reply as Minted
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, VendorError
from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.openai_embeddings import DIMENSIONS, INPUTS, MOST_DIMENSIONS
from gateway.vendors.sim.script import Event, Part, Stamp, plain, state_usage
from gateway.vendors.sim.vectors import embed


class TypedEmbeddingRequest:
    """The parts of an embedding request that the simulator uses."""

    __slots__ = ("_asked", "_dialect", "behaviour", "model", "stream")

    def __init__(self, dialect: EmbeddingDialect, body: bytes, model: str = "") -> None:
        """Read a request, the model of which may be in the path. Raises `Refused` if it is invalid."""
        try:
            asked = dialect.read_embedding(body)
        except Malformed as error:
            raise Refused(400, error.message, param=error.param, code=error.code or "invalid_value") from None
        wire.at_least("dimensions", asked.dimensions, 1)
        wire.at_most("dimensions", asked.dimensions, MOST_DIMENSIONS)
        wire.at_most("inputs", len(asked.inputs), INPUTS)
        self._dialect = dialect
        self._asked = asked
        self.model = model or asked.model
        self.stream = False
        self.behaviour: str | None = None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "TypedEmbeddingReply":
        """The vectors of this request's inputs."""
        texts = [each if isinstance(each, str) else " ".join(map(str, each)) for each in self._asked.inputs]
        dimensions = self._asked.dimensions or DIMENSIONS
        usage = plain(state_usage(Usage(input=sum(map(tokens.count, texts))), behaviour.usage))
        answer = EmbeddingAnswer(
            dialect=self._dialect.name,
            vectors=tuple(tuple(embed(text, dimensions, seed)) for text in texts),
            model=self.model,
            usage=usage,
        )
        return TypedEmbeddingReply(
            self._dialect, self._asked, answer, Minted(stamp.id, stamp.created, self.model)
        )


class TypedEmbeddingReply:
    """One list of vectors. It is never streamed, and has no output tokens."""

    __slots__ = ("_answer", "_asked", "_dialect", "_minted", "usage", "written")

    def __init__(
        self, dialect: EmbeddingDialect, asked: EmbeddingRequest, answer: EmbeddingAnswer, minted: Minted
    ) -> None:
        self._dialect = dialect
        self._asked = asked
        self._answer = answer
        self._minted = minted
        self.usage = answer.usage or Usage()
        self.written = 0

    @property
    def stream_type(self) -> bytes:
        return self._dialect.stream_type

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        answer = self._answer if usage else msgspec.structs.replace(self._answer, usage=None)
        return self._dialect.write_vectors(answer, self._asked, self._minted)

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        return iter(())

    def broken(self) -> bytes:
        return b"{"

    def failure(self, *, stream: bool) -> bytes:
        failed = VendorError("The simulated model failed.", type="server_error", code="simulated_failure")
        return self._dialect.write_error(failed, 500)
