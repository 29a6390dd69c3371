"""Runs a plan: target after target until one answers, and no further once the answer was begun."""

from collections.abc import AsyncGenerator

from gateway.attempt import Attempt
from gateway.books import Books
from gateway.call import Cleared
from gateway.deployment import Line, Route
from gateway.errors import Header, NobodyAnswered, Unpriced, UpstreamError
from gateway.frames import TAIL, Chunk, Frame, Head
from routing.plan import Plan

_JSON: Header = (b"content-type", b"application/json")
_EVENTS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would hold the stream back
)
_MISS: Header = (b"x-signalbox-cache", b"bypass")


class Attempts:
    """A failed attempt goes to the next target only before the first content frame."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def run(self, cleared: Cleared, route: Route, plan: Plan) -> AsyncGenerator[Frame]:
        """The first answer anybody gives. Raises NobodyAnswered, RefusedByVendor or UpstreamError."""
        failed: list[tuple[str, UpstreamError]] = []
        stream = cleared.call.asked.stream
        for number, choice in enumerate(plan, 1):
            line = route.lines[choice.target]
            attempt = self._attempt(cleared, line, number, choice.reason)
            spoken = False
            try:
                first = await attempt.open()
                spoken = True
                yield _head(attempt, number)
                yield Chunk(first)
                if stream:
                    while data := await attempt.next():
                        yield Chunk(data)
                yield TAIL
                return
            except UpstreamError as failure:
                if spoken or not failure.retryable:
                    raise
                failed.append((line.target, failure))
            finally:
                attempt.close()
        raise NobodyAnswered(failed)

    def _attempt(self, cleared: Cleared, line: Line, number: int, reason: str) -> Attempt:
        call = cleared.call
        if line.quote is None:
            raise Unpriced(
                f"No price is known for '{line.target}', and the configuration says `unpriced: deny`. "
                f"Declare one under `prices:`."
            )
        call.trail.append(("route", line.target, reason, {"attempt": number}))
        return Attempt(cleared, line, line.quote, self._books, f"{call.id}.{number}")


def _head(attempt: Attempt, number: int) -> Head:
    own: tuple[Header, ...] = (*attempt.line.answer_headers, (b"x-signalbox-attempts", b"%d" % number), _MISS)
    if attempt.cleared.call.asked.stream:
        return Head(200, (*_EVENTS, *own), whole=False)
    return Head(200, (_JSON, *own, (b"x-signalbox-cost", _dollars(attempt.cost))), whole=True)


def _dollars(cost: int) -> bytes:
    """Nano-dollars as a decimal number of dollars, exactly."""
    return b"%d.%09d" % divmod(cost, 1_000_000_000)
