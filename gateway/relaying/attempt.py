"""One relayed attempt at one target: its bytes up, its bytes down, and its ledger row."""

from collections.abc import AsyncIterator

import msgspec

from config.kinds import Operation
from dialects.openai.common import read_error_body
from gateway.attempts import failures
from gateway.attempts.owing import begun
from gateway.books import Books
from gateway.call import Call, Cleared
from gateway.deployment import Line
from gateway.errors import GatewayError, Header, UpstreamError
from gateway.relaying.caller import Caller
from gateway.relaying.counting import NOTHING, Asked, Count, Told, count
from gateway.relaying.proving import proved
from gateway.relaying.watching import Events, Watcher, watcher
from gateway.signing.proofs import Proof
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.targets.health import Failed
from gateway.upstream import Response, TooLarge, UpstreamFailure
from ledger.prices import Quote
from ledger.row import NanoDollars, UsageRow
from routing.pace import Pace

# A JSON answer up to this size is held until its end, so that its headers can contain its cost.
MOST_HELD = 64 * 1024

_MAKING = (b"POST ", b"PATCH ")  # not idempotent (RFC 9110, 9.2.2)

_ENCODE = msgspec.json.Encoder().encode


class Outgoing(msgspec.Struct, frozen=True):
    """The request to one target. `operation` is None for calls without units to count."""

    head: bytes
    body: bytes | AsyncIterator[bytes] | None
    operation: Operation | None = None
    asked: Asked = Asked()
    raw: bool = False  # errors are passed to the caller unchanged, too


class RelayAttempt:
    """One relayed attempt: opened once, then read to its end or closed. It settles exactly once."""

    def __init__(self, cleared: Cleared, line: Line, quote: Quote, books: Books, number: int) -> None:
        self.cleared = cleared
        self._call: Call = cleared.call
        self._who = cleared.principal
        self._quote = quote
        self._books = books
        self._number = number
        self._sending: Outgoing | None = None
        self._response: Response | None = None
        self._watcher: Watcher = watcher(b"", b"")
        self._error: GatewayError | None = None  # why it failed
        self._pace = Pace()  # its own: a target's pace excludes relayed calls
        self._began = 0.0  # monotonic seconds
        self._sent = 0.0  # monotonic seconds; 0: nothing was sent
        self._whole = False  # the request was sent to its end
        self._first = 0.0  # monotonic seconds when the answer's first bytes came; 0: none did
        self._held = b""
        self._over = False  # the answer has ended
        self.line = line
        self.id = f"{cleared.call.id}.{number}"
        self.cost = NanoDollars(0)
        self.settled = True  # there is nothing to settle before it has begun

    async def open(self, sending: Outgoing, caller: Caller) -> None:
        """Send the request and wait for the answer's first bytes. Raises GatewayError, CallerLeft."""
        try:
            await self._open(sending, caller)
        except UpstreamFailure as failure:
            raise self._broken(failure, "error") from failure
        except GatewayError as error:
            self._error = error
            self.settle("error", error.shown().code or error.code)
            raise

    async def pass_on(self, caller: Caller, headers: list[Header]) -> None:
        """Pass the answer to the caller. Raises UpstreamError unless it ends cleanly."""
        response = self._response
        assert response is not None
        told = [*headers, (b"x-signalbox-attempts", b"%d" % self._number)]
        if self._over:
            self._answered(response)
            told.append(self._told_cost())
        await caller.begin(response.status, told)
        if self._over:
            await caller.end(self._held)
            return
        await caller.write(self._held)
        try:
            while data := await response.next():
                self._watcher.feed(data)
                await caller.write(data)
        except UpstreamFailure as failure:
            raise self._broken(failure, "cut") from failure
        self._over = True
        self._answered(response)
        await caller.end()

    async def whole(self, most: int) -> bytes:
        """Reads the whole answer instead. Raises UpstreamError, also if it exceeds `most` bytes."""
        response = self.response
        parts, size = [self._held], len(self._held)
        try:
            while not self._over:
                data = await response.next()
                self._watcher.feed(data)
                parts.append(data)
                size += len(data)
                self._over = not data
                if size > most:
                    raise TooLarge(str(self.line.upstream.origin), "body", f"more than {most} bytes")
        except UpstreamFailure as failure:
            raise self._broken(failure, "cut") from failure
        return b"".join(parts)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The answer in pieces as they arrive, of any size. Raises UpstreamError."""
        yield self._held
        try:
            while not self._over:
                data = await self.response.next()
                self._watcher.feed(data)
                self._over = not data
                yield data
        except UpstreamFailure as failure:
            raise self._broken(failure, "cut") from failure

    def answered(self) -> list[Header]:
        """Settle an answer read to its end; returns headers with its attempt number and cost."""
        self._answered(self.response)
        return [(b"x-signalbox-attempts", b"%d" % self._number), self._told_cost()]

    def _told_cost(self) -> Header:
        return b"x-signalbox-cost", b"%d.%09d" % divmod(self.cost, 1_000_000_000)

    def _answered(self, response: Response) -> None:
        """Settle an answer that ended, even if it is an error that is passed on."""
        self.settle(*(("ok",) if response.status < 400 else ("error", "vendor_refused")))

    def close(self) -> None:
        """Release the connection. An attempt not settled by now was abandoned by its caller."""
        if self._response is not None:
            self._response.close()
        self.settle("cancelled")

    def answered_with(self, status: int) -> bool:
        """Whether the vendor answered with this status."""
        return self._response is not None and self._response.status == status

    @property
    def response(self) -> Response:
        """The vendor's answer; only after `open`."""
        assert self._response is not None
        return self._response

    async def _open(self, sending: Outgoing, caller: Caller) -> None:
        line = self.line
        self._sending = sending
        self._begin()
        head = b"%bx-client-request-id: %b\r\n" % (sending.head, self.id.encode())
        if line.proof is not None:
            head, sending = await self._proved(line.proof, head, sending)
        body = sending.body
        response = self._response = await line.upstream.send(
            head,
            body if body is None or isinstance(body, bytes) else self._flowing(body),
            line.vendor.deadlines,
            self._goes,
            # Sent twice, a model call only costs twice; other calls may create a second batch or object.
            once=sending.operation is None and head.startswith(_MAKING),
        )
        caller.unread()
        if response.status // 100 != 2 and not sending.raw:
            said = read_error_body(response.status, await response.read_error())
            raise failures.of_status(line.target, response, said, self._books.clock.unix_seconds())
        response.unbound()
        await self._hold(response)

    async def _proved(self, proof: Proof, head: bytes, sending: Outgoing) -> tuple[bytes, Outgoing]:
        most = self._call.deployment.catalog.settings.max_body_bytes
        try:
            head, body = await proved(proof, head, sending.body, most)
        except CredentialsUnavailable as error:
            raise failures.unproved(self.line.target, str(error)) from error
        self._sending = sending = msgspec.structs.replace(sending, body=body)
        return head, sending

    async def _hold(self, response: Response) -> None:
        """Wait for the first bytes, or for all of a short JSON answer."""
        content_type = response.header(b"content-type") or b""
        self._watcher = watcher(content_type, response.header(b"content-encoding") or b"")
        whole = content_type.startswith(b"application/json")
        held = b""
        while True:
            data = await response.next()
            self._first = self._first or self._books.clock.monotonic()
            response.content_deadline = None
            if not data:
                self._over = True
                break
            self._watcher.feed(data)
            held += data
            if not whole or len(held) > MOST_HELD:
                break
        self._held = held

    async def _flowing(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in body:
            yield piece
        self._whole = True

    def _goes(self) -> None:
        self._sent = self._books.clock.monotonic()
        self._whole = self._sending is None or not isinstance(self._sending.body, AsyncIterator)

    def _broken(self, failure: UpstreamFailure, status: str) -> UpstreamError:
        if failure.phase == "connect":
            self._sent = 0.0  # nothing reached the vendor, so nothing can be owed
        error = self._error = failures.of_transport(self.line.target, failure)
        self.settle("timeout" if failure.kind.endswith("timeout") else status, error.code)
        return error

    def _begin(self) -> None:
        call, who, line = self._call, self._who, self.line
        most = 0 if call.held is None else call.held.attempt()
        # It is billed by what it asks for, not by its length.
        noted, asks = begun(self.id, call, who, line, (0, most)), self._counted(Told())
        self._books.begin(msgspec.structs.replace(noted, units=asks.units, unit=asks.unit))
        self.settled = False
        self._began = self._books.clock.monotonic()
        line.state.began(id(self), self._began, self._pace)

    def settle(self, status: str, error_code: str = "") -> None:
        """Write the attempt's row, once."""
        if self.settled:
            return
        self.settled = True
        call, line = self._call, self.line
        billed = self._billed()
        self.cost = cost = self._quote.price.cost_of(billed.usage, billed.units, billed.unit)
        held, sent = call.held, self._sent > 0
        unsure = 0 if held is None else held.spent(billed.usage, cost, billed.estimated, sent)
        call.attempts += 1
        if status != "ok":
            call.trail.append(("attempt", status, line.target, {"cost_nano": cost, "code": error_code}))
        self._tell(status)
        self._books.settle(self._row(status, error_code, billed, unsure), line.tally_key)

    def _tell(self, status: str) -> None:
        """Update the target's health, but not its times: images and audio take long anyway."""
        state, error, now = self.line.state, self._error, self._books.clock.monotonic()
        state.left(id(self), now, self._pace)
        if not state.keys:
            return  # a call to the vendor itself, not to a target
        key, health = state.keys[0], self._call.deployment.health
        if status == "ok":
            if state.good(self._began, now) or key.strikes:
                health.recovered(state, key)
        elif error is not None:
            wait = error.wait if isinstance(error, UpstreamError) else None
            health.failed(state, key, Failed(self._began, now, error.fault, wait))

    def _row(self, status: str, error_code: str, billed: Count, unsure: int) -> UsageRow:
        call, who, line, response = self._call, self._who, self.line, self._response
        return UsageRow(
            attempt_id=self.id,
            at_ms=call.at_ms,
            key_id=who.key_id,
            user=who.user,
            team=who.team,
            organisation=who.organisation,
            endpoint=call.endpoint,
            model_asked=call.asked.model,
            vendor=line.vendor.name,
            model_served=line.model,
            status=status,
            http_status=0 if response is None else response.status,
            error_code=error_code,
            usage=billed.usage,
            cost=self.cost,
            price_version=call.deployment.book.version,
            priced=self._priced(billed),
            estimated=billed.estimated,
            stream=call.asked.stream or isinstance(self._watcher, Events),  # a form may request it
            queue_ms=self._since(self._sent),
            first_ms=self._since(self._first),
            total_ms=self._since(self._books.clock.monotonic()),
            vendor_request_id=_request_id(response),
            trail=_ENCODE(call.trail).decode(),
            guard=call.guard,
            tags=who.tags_json,
            units=billed.units,
            unit=billed.unit,
            unsure=NanoDollars(unsure),
        )

    def _priced(self, billed: Count) -> bool:
        price, usage = self._quote.price, billed.usage
        known = self._quote.priced and price.covers(usage, billed.units, billed.unit)
        return known or price.told(usage)

    def _billed(self) -> Count:
        refused = self._response is not None and self._response.status // 100 != 2
        if not self._sent or not self._whole or refused:
            return NOTHING  # vendors do not bill refusals and incomplete requests
        billed, price = self._counted(self._watcher.told(complete=self._over)), self._quote.price
        if billed.likely is None or price.covers(billed.usage, billed.units, billed.unit):
            return billed
        if not price.covers(billed.likely, 0, ""):  # there is no price for tokens, either
            return billed
        return msgspec.structs.replace(billed, usage=billed.likely, estimated=True)

    def _counted(self, told: Told) -> Count:
        sending = self._sending
        if sending is None or sending.operation is None:
            return Count(units=1, unit="call")
        return count(sending.operation, sending.asked, told)

    def _since(self, moment: float) -> float:
        return int((moment - self._call.arrived) * 1e6) / 1e3 if moment else 0.0


def _request_id(response: Response | None) -> str:
    value = None if response is None else response.header(b"x-request-id")
    return "" if value is None else value[:200].decode("latin-1")
