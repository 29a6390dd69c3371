"""One attempt at one target: what it sends, what it learns of the answer, and the row it leaves."""

import msgspec

from dialects.dialect import Reply, StreamReader
from dialects.errors import Malformed, VendorError
from dialects.translating import Outgoing
from dialects.usage import Usage
from gateway import failures
from gateway.books import Books
from gateway.call import Cleared
from gateway.capping import capped
from gateway.deployment import Line, Way
from gateway.errors import GatewayError
from gateway.frames import Sink
from gateway.signing.proofs import Proof
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.upstream import Response, UpstreamFailure
from gateway.waiting import Waiting
from ledger.prices import Quote
from ledger.row import Begun, NanoDollars, UsageRow

# Until content comes, this much is held back, so that a failure can still go to another target.
MAX_HELD_BYTES = 256 * 1024
MAX_HELD_READS = 64

# After a stream's last event its connection may still be kept, if the vendor ends the answer so soon.
_END_SECONDS = 0.25

# OpenAI's, Anthropic's (https://docs.anthropic.com/en/api/errors#request-id) and AWS's.
_ID_HEADERS = (b"x-request-id", b"request-id", b"x-amzn-requestid")

_ENCODE = msgspec.json.Encoder().encode
_NOTHING = Usage()


class Attempt:
    """Opened once, then relayed to its end or closed; it settles exactly once."""

    __slots__ = (
        "_books",
        "_call",
        "_cleared",
        "_first",
        "_quote",
        "_reader",
        "_response",
        "_sent",
        "_text_length",
        "_usage",
        "_way",
        "cost",
        "dropped",
        "id",
        "line",
        "settled",
    )

    def __init__(self, cleared: Cleared, line: Line, way: Way, books: Books, number: int) -> None:
        self._cleared = cleared
        self._call = cleared.call
        assert line.quote is not None
        self._quote: Quote = line.quote
        self._way = way
        self._books = books
        self._response: Response | None = None
        self._reader: StreamReader | None = None
        self._usage: Usage | None = None
        self._sent = 0.0  # monotonic seconds; 0: nothing was sent
        self._first = 0.0  # when content came
        self._text_length = 0
        self.line = line
        self.id = f"{self._call.id}.{number}"
        self.dropped: tuple[str, ...] = ()  # what the target's format could not say
        self.cost = NanoDollars(0)
        self.settled = True  # nothing is owed until it has begun

    async def open(self, sink: Sink) -> bytes:
        """The whole answer, or a stream's first bytes up to its first content. Raises GatewayError.

        Unavailable when the attempt cannot be written down; then it is not made and leaves no row.
        """
        try:
            return await self._open(sink)
        except UpstreamFailure as failure:
            if failure.phase == "connect":
                self._sent = 0.0  # nothing reached the vendor: nothing can be owed
            error = failures.of_transport(self.line.target, failure)
            self.settle(_status(failure, "error"), error.code)
            raise error from failure
        except GatewayError as error:
            self.settle("error", error.shown().code or error.code)
            raise

    async def relay(self, sink: Sink) -> None:
        """Give the sink the rest of the stream, to its clean end. Raises UpstreamError at any other."""
        response, reader = self._response, self._reader
        assert response is not None and reader is not None
        try:
            await self._pump(response, reader, sink)
            if not reader.done:
                self._end(reader, sink)
        except UpstreamFailure as failure:
            if reader.done:
                return  # the answer is complete, however its connection ended
            broken = failures.of_transport(self.line.target, failure)
            self.settle(_status(failure, "cut"), broken.code)
            raise broken from failure
        except GatewayError as error:
            self.settle("cut", error.code)
            raise

    async def _pump(self, response: Response, reader: StreamReader, sink: Sink) -> None:
        def take(data: bytes) -> bool:
            if reader.done:
                return True  # what still comes is no part of the answer
            out = reader.feed(data)
            if reader.complete:
                self._finishing(response, reader)
            if out:
                sink.write(out)
            return reader.error is None and not sink.paused

        while not await response.pump(take):
            if reader.error is not None:
                raise failures.of_answer(self.line.target, reader.error)
            await sink.drained()

    def close(self) -> None:
        """Let go of the connection; an attempt that has not settled was left by its caller."""
        if self._response is not None:
            self._response.close()
        if not self.settled:
            whole = self._reader is not None and self._reader.finished
            self.settle("ok" if whole else "cancelled")

    def _finishing(self, response: Response, reader: StreamReader) -> None:
        """Leave the row before the last bytes go out."""
        if reader.error is None:
            self.settle("ok")
        if reader.done:
            response.wind_up(_END_SECONDS)

    async def _open(self, sink: Sink) -> bytes:
        call, line, passage = self._call, self.line, self._way.passage
        sent = self._written()
        self._begin()
        # Vendors log it, and their bill can be laid beside the ledger by it:
        # https://platform.openai.com/docs/api-reference/debugging-requests
        head = b"%bx-client-request-id: %b\r\n" % (
            self._way.head(call.asked.stream, call.forwarded),
            self.id.encode(),
        )
        if line.proof is not None:
            head += await self._proved(line.proof, head, sent.body)
        response = self._response = await line.upstream.send(
            head, sent.body, line.vendor.deadlines, self._goes
        )
        if response.status != 200:
            said = passage.read_error(response.status, await response.read(decode=True))
            raise failures.of_status(line.target, response, said)
        if not call.asked.stream:
            return self._whole(await response.read(decode=True), sent)
        self._reader = passage.reader(call.asked, self._reply)
        if response.header(b"content-encoding") not in (None, b"identity"):
            raise failures.of_answer(line.target, VendorError("the stream is compressed, unasked"))
        return await self._until_content(response, self._reader, sink)

    async def _proved(self, proof: Proof, head: bytes, body: bytes) -> bytes:
        try:
            return await proof.lines(head, body)
        except CredentialsUnavailable as error:
            raise failures.unproved(self.line.target, str(error)) from error

    def _written(self) -> Outgoing:
        call, way = self._call, self._way
        body = self._cleared.body
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
        call = self._call
        return Reply(call.id, call.at_ms // 1000, self.line.model, call.asked.include_usage)

    def _goes(self) -> None:
        self._sent = self._books.clock.monotonic()

    def _begin(self) -> None:
        call, who, line = self._call, self._cleared.principal, self.line
        if call.held is not None:
            call.held.attempt()
        self._books.begin(
            Begun(
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
                price_version=call.deployment.book.version,
                input_estimate=call.dialect.input_estimate(call.body),
                tags=who.tags_json,
            )
        )
        self.settled = False

    def _whole(self, body: bytes, sent: Outgoing) -> bytes:
        try:
            answer, body = self._way.passage.answer(body, sent, self._reply)
        except Malformed as error:
            raise failures.of_answer(self.line.target, VendorError(error.message)) from None
        if answer.error is not None:
            raise failures.of_answer(self.line.target, answer.error)
        self._first = self._books.clock.monotonic()
        self._usage = answer.usage
        self._text_length = answer.text_length
        self.settle("ok")
        return body

    async def _until_content(self, response: Response, reader: StreamReader, sink: Sink) -> bytes:
        held: list[bytes] = []
        size = 0
        while not reader.started:
            if response.silent:
                self._wait(sink)
            data = await response.next()
            out = reader.feed(data) if data else reader.end()
            if reader.error is not None:
                raise failures.of_answer(self.line.target, reader.error)
            if not data and not reader.finished:
                raise failures.cut(self.line.target)
            if out:  # not where an event came in a hundred pieces
                held.append(out)
                size += len(out)
                if size > MAX_HELD_BYTES or len(held) > MAX_HELD_READS:
                    break
        if self._call.waiting is not None:
            self._call.waiting.end()
        response.content_deadline = None
        self._first = self._books.clock.monotonic()
        if reader.complete:
            self._finishing(response, reader)
        return b"".join(held)

    def _wait(self, sink: Sink) -> None:
        """Content did not come with the head: the caller may have to be told that it will."""
        call = self._call
        seconds = call.deployment.catalog.settings.keep_alive
        if call.waiting is None and seconds and call.dialect.keep_alive:
            since = self._books.clock.monotonic() - call.arrived
            dialect = call.dialect
            call.waiting = Waiting(
                sink, dialect.stream_type, dialect.keep_alive, seconds, max(0.0, seconds - since)
            )

    def _end(self, reader: StreamReader, sink: Sink) -> None:
        last = reader.end()
        if reader.error is not None:
            raise failures.of_answer(self.line.target, reader.error)
        if not reader.finished:
            raise failures.cut(self.line.target)
        self.settle("ok")
        if last:
            sink.write(last)

    def settle(self, status: str, error_code: str = "") -> None:
        """Append the attempt's row, once: with the vendor's usage, or without it with what was seen."""
        if self.settled:
            return
        self.settled = True
        call, who, line, response = self._call, self._cleared.principal, self.line, self._response
        usage, estimated = self._billed()
        cost = self._spent(usage, estimated)
        arrived = call.arrived
        call.attempts += 1
        if status != "ok":
            call.trail.append(("attempt", status, line.target, {"cost_nano": cost, "code": error_code}))
        row = UsageRow(
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
            status,
            0 if response is None else response.status,
            error_code,
            usage,
            cost,
            call.deployment.book.version,
            self._quote.priced,
            estimated,
            call.asked.stream,
            _ms(self._sent, arrived),
            _ms(self._first, arrived),
            _ms(self._books.clock.monotonic(), arrived),
            vendor_request_id=_request_id(response),
            trail=_ENCODE(call.trail).decode(),
            tags=who.tags_json,
        )
        self._books.settle(row, line.tally_key)

    def _spent(self, usage: Usage, estimated: bool) -> NanoDollars:
        """The attempt's cost, which its call's meters are told."""
        self.cost = cost = self._quote.price.cost(usage)
        if self._call.held is not None:
            self._call.held.spent(usage, cost, estimated)
        return cost

    def _billed(self) -> tuple[Usage, bool]:
        """What is billed, and whether it was counted here for want of the vendor's word."""
        reader = self._reader
        usage = reader.usage if reader is not None else self._usage
        if usage is not None:
            return usage, False
        refused = self._response is not None and self._response.status != 200
        if not self._sent or refused:
            return _NOTHING, False  # nothing reached the vendor, or it refused: no vendor bills a refusal
        dialect = self._call.dialect
        text = reader.text_length if reader is not None else self._text_length or _received(self._response)
        output = -(-text // 4)
        opening = reader.opening if reader is not None else None
        if opening is not None:
            return msgspec.structs.replace(opening, output=max(output, opening.output)), True
        return Usage(input=dialect.input_estimate(self._cleared.body), output=output), True


def _status(failure: UpstreamFailure, otherwise: str) -> str:
    return "timeout" if failure.kind.endswith("timeout") else otherwise


def _ms(moment: float, since: float) -> float:
    """Milliseconds to a microsecond's precision; 0 for what never happened."""
    return int((moment - since) * 1e6) / 1e3 if moment else 0.0


def _received(response: Response | None) -> int:
    return 0 if response is None else response.received


def _request_id(response: Response | None) -> str:
    if response is None:
        return ""
    for name in _ID_HEADERS:
        value = response.header(name)
        if value is not None:
            return value[:200].decode("latin-1")
    return ""
