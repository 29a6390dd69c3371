"""The request path: one function, whose order is enforced by its types."""

from gateway.call import Call
from gateway.errors import AnswerNotValid, NobodyAnswered, RefusedByVendor, UpstreamError
from gateway.frames import Sink
from gateway.services import Services


async def answer(call: Call, services: Services, caller: Sink) -> None:
    """Answer one call: authenticate, reserve, guard, look up, route, attempt.

    A GatewayError before `caller.begin` means that there is no answer; after it, that the answer broke and
    must not be taken for complete. Cancelling closes everything that was opened, and settles the call.
    """
    principal = await services.keys.identify(call)
    with await services.ledger.reserve(principal, call) as reservation:
        cleared = await services.guardrails.clear(principal, call)
        sink = services.guardrails.watch(cleared, reservation.noting(caller))
        try:
            rest = await services.cache.recall(cleared, sink)
            if rest is not None:
                with services.cache.remember(rest, sink) as kept:
                    route, plan = services.router.plan(rest)
                    run = services.around.run(route.around) if route.around else services.attempts.run
                    await run(rest, route, plan, kept)
        except (AnswerNotValid, NobodyAnswered, RefusedByVendor, UpstreamError) as error:
            raise services.guardrails.retold(cleared, error) from error.__cause__
        if call.finish is not None:
            await call.finish()
        sink.end()
