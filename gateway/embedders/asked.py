"""Calls an embedding model of the gateway as an ordinary call: limited, billed, and cached."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from config.kinds import Operation
from dialects.errors import Malformed
from dialects.openai.embeddings import OpenAIEmbeddings
from gateway.around.collecting import Collected
from gateway.call import Call
from gateway.embedders.embedder import Array, Look, unit
from gateway.errors import GatewayError, Header
from gateway.identifying import Keys
from gateway.ids import request_id
from gateway.pipeline import answer
from gateway.services import Services
from ledger.principal import Principal

log = logging.getLogger("signalbox.cache")

_DIALECT = OpenAIEmbeddings()
_ENCODE = msgspec.json.Encoder().encode


class Known(Keys):
    """Identifies every call as one known principal, without its key's scope: the operator chose the model."""

    def __init__(self, principal: Principal) -> None:
        self._principal = replace(principal, scope=None)

    async def identify(self, call: Call) -> Principal:
        """The same principal."""
        return self._principal


class AskedEmbedder:
    """One embedding model, under the name that callers would use."""

    def __init__(self, model: str, services: Callable[[], Services]) -> None:
        self._model = model
        self._services = services

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        """The unit vector, billed to the principal; None if the call fails, for instance because `bound`
        allows no target of the model.
        """
        services, collected = self._services(), Collected()
        call = self._call(services, _ENCODE({"model": self._model, "input": text}), bound)
        try:
            await answer(call, replace(services, keys=Known(principal)), collected)
            return unit(_DIALECT.read_vectors(collected.body).vectors[0])
        except (GatewayError, Malformed, IndexError) as error:
            log.warning("the semantic cache continues without a vector (request %s): %s", call.id, error)
            return None

    async def close(self) -> None:
        """Does nothing."""

    def _call(self, services: Services, body: bytes, bound: Sequence[Header]) -> Call:
        clock = services.books.clock
        at_ms = clock.unix_ms()
        return Call(
            request_id(at_ms, services.random_bits),
            Operation.EMBEDDINGS,
            Operation.EMBEDDINGS.value,
            _DIALECT,
            body,
            _DIALECT.peek(body),
            b"",
            clock.monotonic(),
            at_ms,
            services.deployment,
            [("cache", "embeds", self._model, {})],
            headers=bound,
        )
