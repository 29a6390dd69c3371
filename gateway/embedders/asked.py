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
    """A caller who was identified already. The operator chose the model, so a key's scope is not asked."""

    def __init__(self, principal: Principal) -> None:
        self._principal = replace(principal, scope=None)

    async def identify(self, call: Call) -> Principal:
        """The same principal."""
        return self._principal


class AskedEmbedder:
    """One model, by the name that callers would use."""

    def __init__(self, model: str, services: Callable[[], Services]) -> None:
        self._model = model
        self._services = services

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        """The vector, on the principal's account; None where the model does not answer, or may not be asked
        by one who is bound so.
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
        """Nothing is open."""

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
