"""Takes from the caller's meters before a call, and gives back after it what was not used."""

from types import TracebackType

import msgspec

from dialects.usage import Usage
from gateway.books import Books
from gateway.call import Call
from gateway.errors import GatewayError
from gateway.frames import Sink
from ledger.principal import Principal
from ledger.row import NanoDollars, UsageRow

_ENCODE = msgspec.json.Encoder().encode


class Reservation:
    """What a call may use. It settles on every exit; a call refused before any attempt leaves a row too."""

    __slots__ = ("_books", "_call", "_principal")

    def __init__(self, books: Books, principal: Principal, call: Call) -> None:
        self._books = books
        self._principal = principal
        self._call = call

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, GatewayError) and not self._call.attempts:
            self._refused(error)

    def noting(self, caller: Sink) -> Sink:
        """A sink that counts what the call uses on its way; rows are the attempts' own work."""
        return caller

    def _refused(self, error: GatewayError) -> None:
        call, who, now = self._call, self._principal, self._books.clock.monotonic()
        call.trail.append(("refused", error.code, error.message, {"status": error.status}))
        row = UsageRow(
            attempt_id=f"{call.id}.0",
            at_ms=call.at_ms,
            key_id=who.key_id,
            user=who.user,
            team=who.team,
            organisation=who.organisation,
            endpoint=call.endpoint,
            model_asked=call.asked.model[:200],
            vendor="",
            model_served="",
            status="refused",
            http_status=error.status,
            error_code=error.code,
            usage=Usage(),
            cost=NanoDollars(0),
            price_version=call.deployment.book.version,
            priced=True,
            estimated=False,
            stream=call.asked.stream,
            queue_ms=0.0,
            first_ms=0.0,
            total_ms=round((now - call.arrived) * 1000, 3),
            guard=call.guard,
            trail=_ENCODE(call.trail).decode(),
            tags=who.tags_json,
        )
        self._books.refuse(row)


class Metering:
    """Every caller may use what there is; rows are written all the same."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def reserve(self, principal: Principal, call: Call) -> Reservation:
        """The reservation a call runs under."""
        return Reservation(self._books, principal, call)
