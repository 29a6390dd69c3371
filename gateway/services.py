"""The parts that the request path uses; only `app` makes them."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from config.kinds import Operation
from gateway.around.kinds import Around
from gateway.attempts.attempts import Attempts
from gateway.books import Books
from gateway.caching.recalling import Recalling
from gateway.call import Call
from gateway.deployment import Deployment
from gateway.frames import Sink
from gateway.guardrails.guarding import Guarding
from gateway.identifying import Keys
from gateway.metering.metering import Metering
from gateway.routing.choosing import Router
from ledger.principal import Principal

# Answers calls: the request path, or something that intercepts them.
Answering = Callable[[Call, "Services", Sink], Coroutine[Any, Any, None]]


class Before(Protocol):
    """Intercepts some calls before the request path."""

    def before(self, operation: Operation, road: Answering) -> Answering:
        """The function that answers calls of this operation: `road` itself if nothing intercepts them."""

    async def hold(self, call: Call, who: Principal, *, of_run: bool = False) -> None:
        """Pins a call outside this path to the vendors of the objects it refers to. Raises GatewayError."""


@dataclass(slots=True)
class Services:
    """`deployment` is the one reference that a reload swaps; a call reads it once, at its start."""

    deployment: Deployment
    keys: Keys
    ledger: Metering
    guardrails: Guarding
    cache: Recalling
    router: Router
    attempts: Attempts
    around: Around
    books: Books
    random_bits: Callable[[int], int]
    gate: Before | None = None

    def road(self, operation: Operation, road: Answering) -> Answering:
        """The function that answers calls of this operation."""
        return road if self.gate is None else self.gate.before(operation, road)

    async def close(self) -> None:
        """Cancels background work."""
        await self.around.close()
        await self.guardrails.close()
