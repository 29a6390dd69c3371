"""One attempt at one target: what it sends, what it learns from the answer, and its ledger row."""

from collections.abc import Awaitable

import msgspec

from config.kinds import COUNTING, OPENAI_COUNTING
from dialects.dialect import Reply, StreamReader, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.translating import Outgoing
from dialects.usage import Searches, Usage
from gateway.attempts import emptiness, failures
from gateway.attempts.capping import capped
from gateway.attempts.counted import ANSWERS, NOTHING, billed
from gateway.attempts.holding import told_to_wait
from gateway.attempts.in_one_piece import may_be_whole, retold, understood
from gateway.attempts.late_rows import searched, settle
from gateway.attempts.owing import begun
from gateway.attempts.quoting import STANDARD, served
from gateway.attempts.timings import milliseconds, status_of
from gateway.attempts.vendor_ids import vendor_request_id
from gateway.books import Books
from gateway.call import LONG_ANSWER, Call, Cleared
from gateway.deployment import Line
from gateway.errors import GatewayError, UpstreamError
from gateway.frames import Sink
from gateway.signing.proofs import Proof
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.targets.admission import Gate
from gateway.targets.health import Failed
from gateway.targets.limits import quota, scarce
from gateway.upstream import Response, UpstreamFailure, coding_of
from gateway.ways import Way
from ledger.prices import Quote
from ledger.row import NanoDollars, UsageRow
from routing.faults import Fault
from routing.pace import Pace
from routing.target import KeyState

# Until content arrives, up to this much is held back, so that a failed call can still go to another target.
MAX_HELD_BYTES = 256 * 1024
MAX_HELD_READS = 64

# After a stream's last event its connection is still reused if the vendor ends the body within this time.
_END_SECONDS = 0.25

_ANSWERED = frozenset(["ok", "blocked"])  # the vendor answered as asked
_NO_ROOM = frozenset([Fault.LIMITED, Fault.BROKEN])
_ENCODE = msgspec.json.Encoder().encode
_Later = Awaitable[None] | None


class Attempt(msgspec.Struct, eq=False):
    """An attempt: opened once, then relayed to its end or closed. It settles exactly once."""

    call: Call
    line: Line
    id: str
    _cleared: Cleared
    _books: Books
    _quote: Quote
    _way: Way
    _key: KeyState
    _pace: Pace
    _response: Response | None = None
    _reader: StreamReader | None = None
    _answer: WholeAnswer | None = None
    _began: float = 0.0  # monotonic seconds
    _error: GatewayError | None = None  # why it failed
    _sent: float = 0.0  # monotonic seconds; 0: nothing was sent
    _first: float = 0.0  # monotonic seconds when content arrived; 0: none did
    dropped: tuple[str, ...] = ()  # features that the target's format cannot express
    gate: Gate | None = None  # the gate it entered, and must leave
    cost: NanoDollars = NanoDollars(0)
    settled: bool = True  # there is nothing to settle before it has begun

    async def open(self, sink: Sink) -> bytes:
        """Returns the whole answer, or a stream's bytes up to its first content. Raises GatewayError.

        Unavailable if the attempt cannot be recorded; then it is not made and leaves no row.
        """
        call, line = self.call, self.line
        try:
            sent = self._written()
            self._begin()
            head = self._head()
            if line.proof is not None:
                head += await self._proved(line.proof, head, sent.body)
            response = self._response = await line.upstream.send(
                head, sent.body, line.vendor.deadlines, self._goes
            )
            self._heed(response)
            if response.status not in ANSWERS:
                raise self._refused(response, await response.read_error())
            if call.asked.stream:
                return await self._stream(response, sent, sink)
            body = response.whole()
            body = self._whole(await response.read(decode=True) if body is None else body, sent)
            if call.ponder is not None and len(body) > LONG_ANSWER:
                line.state.content(id(self), self._first, self._pace)  # what follows is our own time
                await call.ponder(body)
            if call.check is not None:
                call.check(line, body)
            self.settle("ok")
            return body
        except UpstreamFailure as failure:
            if failure.phase == "connect":
                self._sent = 0.0  # nothing reached the vendor, so nothing can be owed
            error = self._error = failures.of_transport(line.target, failure)
            self.settle(status_of(failure, "error"), error.code)
            raise error from failure
        except GatewayError as error:
            self._error = error
            self.settle("error", error.shown().code or error.code)
            raise

    async def relay(self, sink: Sink) -> None:
        """Pass the rest of the stream to the sink. Raises UpstreamError unless it ends cleanly."""
        response, reader = self._response, self._reader
        assert response is not None and reader is not None
        try:
            await self._pump(response, reader, sink)
            if not reader.done:
                await self._end(reader, sink)
        except UpstreamFailure as failure:
            if reader.done:
                return  # the answer is complete, however its connection ended
            broken = self._error = failures.of_transport(self.line.target, failure)
            self.settle(status_of(failure, "cut"), broken.code)
            raise broken from failure
        except GatewayError as error:
            self._error = error
            self.settle("cut", error.code)
            raise

    async def _pump(self, response: Response, reader: StreamReader, sink: Sink) -> None:
        late: list[tuple[Awaitable[None], bytes]] = []

        def take(data: bytes) -> bool:
            if reader.done:
                return True  # bytes after the end are not part of the answer
            try:
                out = reader.feed(data)
            except Exception as error:
                raise failures.unread(self.line.target, error) from error
            if reader.complete and (later := self._finishing(response, reader, sink, out)) is not None:
                late.append((later, out))
                return False
            if out:
                sink.write(out)
            return reader.error is None and not sink.paused

        while sink.paused or not await response.pump(take):  # guards may still be inspecting the beginning
            if reader.error is not None:
                raise failures.of_answer(self.line.target, reader.error)
            while late:
                later, out = late.pop()
                await later
                self.settle("ok")
                sink.write(out)
            await sink.drained()

    def outrun(self) -> None:
        """Record that another attempt at the same call answered first; `close` must follow."""
        self.line.state.outrun(id(self), self._books.clock.monotonic(), self._pace)

    def close(self) -> None:
        """Release connection and gate. An attempt not settled by now was abandoned by its caller."""
        if self._response is not None:
            self._response.close()
        if not self.settled:
            whole = (reader := self._reader) is not None and reader.finished and (reader.usage or reader.done)
            self.settle("ok" if whole else "cancelled")
        if self.gate is not None:
            gate, self.gate = self.gate, None
            first_ms = (self._first - self._began) * 1000 if self._first else 0.0
            gate.leave(first_ms, self._error is not None and self._error.fault in _NO_ROOM)

    def _finishing(self, response: Response, reader: StreamReader, sink: Sink, out: bytes) -> _Later:
        """Settle before the last bytes are sent, after guards have seen them.

        If guards need time, it returns an awaitable instead: await it, then settle.
        """
        later = None
        if reader.error is None:
            later = self.call.foresee and self.call.foresee(sink, out)
            if later is None:
                self.settle("ok")
        if reader.done:
            response.wind_up(_END_SECONDS)
        return later

    def _head(self) -> bytes:
        call = self.call
        # Vendors log it, so that their bill can be compared with the ledger:
        # https://platform.openai.com/docs/api-reference/debugging-requests
        ours = b"x-client-request-id: %b\r\n" % self.id.encode()
        return self._way.head(call.asked.stream, call.forwarded) + ours

    def _heed(self, response: Response) -> None:
        """Record the rate limits in the vendor's headers."""
        if self._key.left is not None or scarce(response.folded):
            told = quota(response.header, self._books.clock.unix_seconds())
            self.call.deployment.health.quota(self.line.state, self._key, told)

    async def _stream(self, response: Response, sent: Outgoing, sink: Sink) -> bytes:
        """The stream's bytes up to its first content."""
        self._reader = self._way.passage.reader(self.call.asked, sent, self._reply)
        if (coded := response.header(b"content-encoding")) is not None and coding_of(coded):
            raise failures.of_answer(self.line.target, VendorError("the stream is compressed, unasked"))
        return await self._opening(response, self._reader, sent, sink)

    def _refused(self, response: Response, body: bytes) -> GatewayError:
        said = self._way.passage.read_error(response.status, body)
        of = failures.of_count if self._way.operation in OPENAI_COUNTING else failures.of_status
        return of(self.line.target, response, said, self._books.clock.unix_seconds())

    async def _proved(self, proof: Proof, head: bytes, body: bytes) -> bytes:
        try:
            return await proof.lines(head, body)
        except CredentialsUnavailable as error:
            raise failures.unproved(self.line.target, str(error)) from error

    def _written(self) -> Outgoing:
        call, way, body = self.call, self._way, self._cleared.body
        if self._cleared.in_words is not None and self.line.capabilities.json_schema is False:
            body = self._cleared.in_words
        try:
            if call.held is not None and call.held.cap is not None:
                body = capped(body, call.operation, call.held.cap)
            sent = way.passage.request(body, call.asked, way.destination(call.asked))
        except Malformed as error:
            raise failures.unspeakable(self.line.target, error) from None
        if way.passage.translates:
            self.dropped = sent.dropped
            dropped = f"dropped {', '.join(sent.dropped)}" if sent.dropped else "nothing dropped"
            call.trail.append(("translate", way.operation.value, dropped, {}))
        return sent

    def _reply(self) -> Reply:
        call = self.call
        return Reply(call.id, call.at_ms // 1000, self.line.model, call.asked.include_usage)

    def _goes(self) -> None:
        self._sent = self._books.clock.monotonic()

    def _begin(self) -> None:
        call, line, held = self.call, self.line, self.call.held
        most = held.attempt(len(self._cleared.body), call.asked.max_output) if held is not None else 0
        owed = call.dialect.input_estimate(call.body), most
        self._books.begin(begun(self.id, call, self._cleared.principal, line, owed))
        self.settled = False
        self._began = self._books.clock.monotonic()
        line.state.began(id(self), self._began, self._pace)
        if self._key.left is not None:
            call.deployment.health.took(line.state, self._key)

    def _whole(self, body: bytes, sent: Outgoing) -> bytes:
        answer, body = understood(self.line.target, self._way, body, sent, self._reply)
        self._answer = answer  # a vendor may bill for an answer that it did not deliver
        if answer.error is not None:
            raise failures.of_answer(self.line.target, answer.error)
        self._came()
        few = emptiness.few(answer.usage, answer.text_length)
        if few and emptiness.nothing_in(body, self._cleared, stream=False):
            raise emptiness.failure(self.line.target)
        return body

    async def _opening(self, response: Response, reader: StreamReader, sent: Outgoing, sink: Sink) -> bytes:
        held: list[bytes] = []
        size = 0
        while not reader.started:
            if response.silent and self.call.waiting is None:  # the caller may need keep-alives
                self.call.waiting = told_to_wait(self.call, sink, self._books.clock.monotonic)
            data = await response.next()
            out = failures.fed(self.line.target, reader, data)
            if not data and not reader.finished:
                reader, out = self._in_one_piece(reader.rest, sent)
            if out:  # reads in the middle of an event yield nothing
                held.append(out)
                size += len(out)
                if size > MAX_HELD_BYTES or len(held) > MAX_HELD_READS:
                    break
        if not reader.text_length and reader.finished:
            await emptiness.refuse(self.line.target, self._cleared, (response, reader), b"".join(held))
        if self.call.waiting is not None:
            self.call.waiting.end()
        response.content_deadline = None
        self._came()
        said = b"".join(held)
        if reader.complete and (later := self._finishing(response, reader, sink, said)) is not None:
            await later
            self.settle("ok")
        return said

    def _in_one_piece(self, rest: bytes, sent: Outgoing) -> tuple[StreamReader, bytes]:
        if not may_be_whole(rest):
            raise failures.cut(self.line.target)
        self._reader, said = retold(self.line.target, self.call, self._whole(rest, sent), self._answer)
        return self._reader, said

    def _came(self) -> None:
        self._first = now = self._books.clock.monotonic()
        if self.call.asked.stream:
            self.line.state.content(id(self), now, self._pace)
        elif self.call.operation in COUNTING:
            self._pace.pending.pop(id(self), None)  # token counts say nothing about how long answers take

    async def _end(self, reader: StreamReader, sink: Sink) -> None:
        last = failures.fed(self.line.target, reader, b"")
        if not reader.finished:
            raise failures.cut(self.line.target)
        if (later := self.call.foresee and self.call.foresee(sink, last)) is not None:
            await later
        self.settle("ok")
        if last:
            sink.write(last)

    def settle(self, status: str, error_code: str = "") -> None:
        """Write the attempt's row, once, with the vendor's usage or, without it, our own count."""
        if self.settled:
            return
        self.settled = True
        call, who, line, response = self.call, self._cleared.principal, self.line, self._response
        usage, estimated, searches, unsure, now = self._ended()
        queue_ms, first_ms, total_ms = milliseconds(call.arrived, self._sent, self._first, now)
        row = UsageRow(  # positional, in the fields' order: half the cost of keywords
            self.id,
            call.at_ms,
            who.key_id,
            who.user,
            who.team,
            who.organisation,
            call.endpoint,
            call.asked.model,
            line.vendor.name,
            line.model,
            self._tell(status, error_code, now, None if estimated else usage),
            0 if response is None else response.status,
            error_code,
            usage,
            self.cost,
            call.deployment.book.version,
            self._quote.priced or self._quote.price.told(usage),
            estimated,
            call.asked.stream,
            queue_ms,
            first_ms,
            total_ms,
            vendor_request_id(response),
            call.cache,
            call.guard,
            _ENCODE(call.trail).decode(),
            who.tags_json,
            saved=self._quote.price.spared(usage),
            unsure=unsure,
        )
        settle(searched(row, searches) if searches else row, call, self._books, line.tally_key)

    def _ended(self) -> tuple[Usage, bool, Searches | None, NanoDollars, float]:
        """Sets the cost; returns usage, whether estimated, searches, what may be billed beyond, and now."""
        usage, estimated = NOTHING, False
        if self._sent:  # else nothing reached the vendor
            usage, estimated = billed(self._reader, self._answer, self._response, self._cleared)
        said = self._reader or self._answer
        tier, searches = (None, None) if said is None else (said.tier, said.searches)
        if tier != STANDARD and self.line.tiers:
            self._quote = served(self.line.tiers, tier, self._response) or self._quote
        price = self._quote.price
        self.cost = cost = price.with_searches(usage, searches) if searches else price.cost(usage)
        held = self.call.held
        unsure = NanoDollars(0 if held is None else held.spent(usage, cost, estimated, self._sent > 0))
        return usage, estimated, searches, unsure, self._books.clock.monotonic()

    def _tell(self, status: str, code: str, now: float, usage: Usage | None) -> str:
        """Updates the call, its trail and the target's health. Returns the row's status."""
        call, error, state = self.call, self._error, self.line.state
        status = "blocked" if call.guard == "block" else status
        call.attempts, call.spent = call.attempts + 1, call.spent + self.cost
        if status != "ok":
            numbers: dict[str, float | int | str] = {"cost_nano": self.cost, "code": code}
            call.trail.append(("attempt", status, self.line.target, numbers))
        if status in _ANSWERED:
            wrote = None
            if usage is not None:
                flowed = now - self._first if self._answer is None and self._first else 0.0
                cached = usage.cached_read / usage.input if usage.cached_read and usage.input else 0.0
                wrote = (flowed * 1000, usage.output, cached)
            moved = state.answered(id(self), self._began, now, self._pace, wrote)
            if moved or self._key.strikes:
                call.deployment.health.recovered(state, self._key)
            return status
        state.left(id(self), now, self._pace)
        if error is not None:
            wait = error.wait if isinstance(error, UpstreamError) else None
            call.deployment.health.failed(state, self._key, Failed(self._began, now, error.fault, wait))
        return status
