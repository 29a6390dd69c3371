"""Relayed calls to a model: authenticates, plans, sends the request up and the answer down."""

from collections.abc import Iterable
from urllib.parse import quote as quote_path

import msgspec
from starlette.types import Receive, Scope, Send

from config.kinds import Operation
from gateway.call import Call, Cleared
from gateway.deployment import Line, Relay, Route
from gateway.errors import Header, NobodyAnswered, NotServed, Unpriced, UpstreamError
from gateway.relaying.asking import JsonBody, Wanted, read
from gateway.relaying.attempt import Outgoing, RelayAttempt
from gateway.relaying.border import Visit, serve
from gateway.relaying.caller import Caller, CallerLeft
from gateway.relaying.shown import retelling, show
from gateway.services import Services
from gateway.upstream import Response, header_line
from ledger.prices import FREE, Quote
from ledger.principal import Principal
from routing.plan import Plan

# The vendor's headers that describe the answer itself.
_PASSED = frozenset(
    [b"cache-control", b"content-disposition", b"content-encoding", b"content-language", b"content-length"]
    + [b"content-type"]
)


class Relaying:
    """The endpoint of one path: an ASGI application."""

    def __init__(self, operation: Operation, services: Services) -> None:
        self._operation = operation
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await serve(Caller(scope, receive, send), self._services, self._operation.value, self._answer)

    async def _answer(self, visit: Visit) -> None:
        services, caller = self._services, visit.caller
        # Before the body, which may be large: it is read only with a valid key.
        principal = await services.keys.holder(visit.credential)
        wanted = await read(caller, self._operation, visit.deployment.catalog.settings)
        try:
            call = visit.call(self._operation, wanted.model, stream=wanted.stream)
            if isinstance(wanted.body, JsonBody):
                call.body = wanted.body.data  # the reservation depends on it
                if services.gate is not None:
                    await services.gate.hold(call, principal)
            with await services.ledger.reserve(principal, call):
                cleared, wanted = await _cleared(services, principal, call, wanted)
                route, plan = services.router.plan(cleared)
                visit.label = call.label
                with retelling(services.guardrails, cleared):
                    await self._run(cleared, route, plan, wanted, caller)
        finally:
            wanted.body.close()

    async def _run(self, cleared: Cleared, route: Route, plan: Plan, wanted: Wanted, caller: Caller) -> None:
        """Try one target after another, while the request can be sent again and no answer has begun."""
        if len(plan) > 1:
            await wanted.body.keep()
        failed: list[tuple[str, UpstreamError]] = []
        for number, choice in enumerate(plan, 1):
            line = route.lines[choice.target]
            relay = self._relay(line)
            attempt = RelayAttempt(cleared, line, _quote(line, relay), self._services.books, number)
            cleared.call.trail.append(("route", line.target, choice.reason, {"attempt": number}))
            try:
                await attempt.open(self._outgoing(line, relay, wanted), caller)
                headers = answer_headers(line, attempt.response)
                await show(attempt, caller, headers, self._services.guardrails.watch)
                return
            except UpstreamError as failure:
                if caller.begun or not failure.retryable or not wanted.body.repeatable:
                    raise
                failed.append((line.target, failure))
            except CallerLeft:
                raise
            except Exception:
                attempt.settle("error", "internal_error")  # unless settled already: the fault is ours
                raise
            finally:
                attempt.close()
        raise NobodyAnswered(failed)

    def _relay(self, line: Line) -> Relay:
        relay = line.relays.get(self._operation)
        if relay is None:
            raise NotServed(
                f"The vendor of '{line.target}' does not offer '{self._operation.value}'. "
                f"Ask for a model of another vendor; GET /v1/models lists those there are.",
                param="model",
            )
        return relay

    def _outgoing(self, line: Line, relay: Relay, wanted: Wanted) -> Outgoing:
        head = relay.head + header_line("content-type", wanted.content_type.decode("latin-1"))
        return Outgoing(head, wanted.body.sent(line, relay), self._operation, wanted.asked)


def _quote(line: Line, relay: Relay) -> Quote:
    if relay.unbilled:
        return Quote(FREE, priced=True)
    if line.quote is None:
        raise Unpriced(
            f"No price is known for '{line.target}', and the configuration says `unpriced: deny`. "
            f"Declare one under `prices:`."
        )
    return line.quote


def answer_headers(line: Line, response: Response, passed: Iterable[bytes] = _PASSED) -> list[Header]:
    """The answer's headers: the vendor's that may pass, and ours about its origin."""
    told = [header for header in response.headers if header[0] in passed]
    if (b"content-type", b"text/event-stream") in [(name, value[:17]) for name, value in told]:
        told.append((b"x-accel-buffering", b"no"))  # otherwise nginx would buffer the stream
    target = quote_path(line.target, safe="/:@").encode()
    return [*told, (b"x-signalbox-target", target), (b"x-signalbox-cache", b"bypass")]


async def _cleared(
    services: Services, principal: Principal, call: Call, wanted: Wanted
) -> tuple[Cleared, Wanted]:
    """The call with its body as guards release it; a form cannot be read by guards."""
    body = wanted.body
    if not isinstance(body, JsonBody):
        return await services.guardrails.clear(principal, call, unread=True), wanted
    call.body = body.data
    cleared = await services.guardrails.clear(principal, call)
    if cleared.body is not body.data:
        wanted = msgspec.structs.replace(wanted, body=JsonBody(cleared.body))
    return cleared, wanted
