"""The parts a call meets on its road; `app` makes them, nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.around.kinds import Around
from gateway.attempts.attempts import Attempts
from gateway.books import Books
from gateway.caching.recalling import Recalling
from gateway.deployment import Deployment
from gateway.guardrails.guarding import Guarding
from gateway.identifying import Keys
from gateway.metering.metering import Metering
from gateway.routing.choosing import Router


@dataclass(slots=True)
class Services:
    """`deployment` is the one reference that a reload swaps; a call takes it once, at its beginning."""

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

    async def close(self) -> None:
        """Give up what goes on beside calls."""
        await self.around.close()
        await self.guardrails.close()
