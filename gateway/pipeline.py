"""The road of a call: one function, whose order nobody can change by accident."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from gateway.call import Call
from gateway.frames import Frame
from gateway.services import Services


async def answer(call: Call, services: Services) -> AsyncGenerator[Frame]:
    """Yield a Head, then Chunks, then a Tail; or raise GatewayError before the Head.

    A GatewayError after the Head means that the answer broke: the caller must not take it for complete.
    """
    principal = await services.keys.identify(call)
    async with services.ledger.reserve(principal, call) as reservation:
        cleared = await services.guardrails.clear(principal, call)
        frames = await services.cache.recall(cleared)
        if frames is None:
            route, plan = services.router.plan(cleared)
            frames = services.cache.remember(cleared, services.attempts.run(cleared, route, plan))
        async with aclosing(frames), aclosing(services.guardrails.watch(principal, frames)) as watched:
            async for frame in watched:
                reservation.note(frame)
                yield frame
