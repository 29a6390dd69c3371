"""Runs a plan: target after target until one answers, and no further once the answer was begun."""

from gateway.attempt import Attempt
from gateway.books import Books
from gateway.call import Call, Cleared
from gateway.deployment import Line, Route
from gateway.errors import NobodyAnswered, NotServed, Unpriced, UpstreamError
from gateway.formats import write_count
from gateway.frames import STREAM, Head, Sink
from routing.plan import Plan

_WHOLE = (
    b"content-type: application/json\r\n%b%bx-signalbox-attempts: %d\r\n"
    b"x-signalbox-cache: bypass\r\nx-signalbox-cost: %d.%09d\r\n"
)
_STREAM = STREAM + b"%b%bx-signalbox-attempts: %d\r\nx-signalbox-cache: bypass\r\n"
_ESTIMATED = b"content-type: application/json\r\nx-signalbox-estimated: true\r\n"


class Attempts:
    """A failed attempt goes to the next target only before the first content."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def run(self, cleared: Cleared, route: Route, plan: Plan, sink: Sink) -> None:
        """Give the sink the first answer that any target gives.

        Raises NobodyAnswered or RefusedByVendor before the answer begins, UpstreamError after it.
        """
        if cleared.call.operation.counts and not _counted(cleared.call, route, plan):
            _estimate(cleared, sink)
            return
        failed: list[tuple[str, UpstreamError]] = []
        call = cleared.call
        try:
            for number, choice in enumerate(plan, 1):
                attempt = self._attempt(cleared, route.lines[choice.target], number, choice.reason)
                spoken = False
                try:
                    first = await attempt.open(sink)
                    spoken = True
                    sink.begin(_head(attempt, number, call), first)
                    if call.asked.stream:
                        await attempt.relay(sink)
                    return
                except UpstreamError as failure:
                    if spoken or not failure.retryable:
                        raise
                    failed.append((attempt.line.target, failure))
                except Exception:
                    attempt.settle("error", "internal_error")  # unless it has: what broke is ours
                    raise
                finally:
                    attempt.close()
        finally:
            if call.waiting is not None:
                call.waiting.end()
        raise NobodyAnswered(failed)

    def _attempt(self, cleared: Cleared, line: Line, number: int, reason: str) -> Attempt:
        call = cleared.call
        if line.quote is None:
            raise Unpriced(
                f"No price is known for '{line.target}', and the configuration says `unpriced: deny`. "
                f"Declare one under `prices:`."
            )
        way = line.ways.get(call.operation)
        if way is None:
            raise NotServed(
                f"The vendor of '{line.target}' serves nothing of the sort of '{call.endpoint}'. "
                f"Ask for a model of another vendor; GET /v1/models lists those there are.",
                param="model",
            )
        call.trail.append(("route", line.target, reason, {"attempt": number}))
        return Attempt(cleared, line, way, self._books, number)


def _head(attempt: Attempt, number: int, call: Call) -> Head:
    target, dropped = attempt.line.answer_block, call.told
    if attempt.dropped:
        dropped += b"x-signalbox-dropped: %b\r\n" % ", ".join(attempt.dropped).encode()
    if call.asked.stream:
        return Head(_STREAM % (call.dialect.stream_type, target, dropped, number), whole=False)
    # Nano-dollars as a decimal number of dollars, exactly.
    return Head(_WHOLE % (target, dropped, number, *divmod(attempt.cost, 1_000_000_000)), whole=True)


def _counted(call: Call, route: Route, plan: Plan) -> bool:
    """Whether any target's vendor counts tokens."""
    return any(call.operation in route.lines[choice.target].ways for choice in plan)


def _estimate(cleared: Cleared, sink: Sink) -> None:
    """Counted here, by a rule of thumb, where nobody else counts."""
    tokens = cleared.call.dialect.input_estimate(cleared.body)
    sink.begin(Head(_ESTIMATED, whole=True), write_count(cleared.call.operation, tokens))
