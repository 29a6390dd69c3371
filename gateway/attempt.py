"""One attempt at one target: what it sends, what it learns of the answer, and the row it leaves."""

from dataclasses import dataclass

import msgspec

from dialects.dialect import Malformed, StreamReader, VendorError
from dialects.usage import Usage
from gateway import failures
from gateway.books import Books
from gateway.call import Cleared
from gateway.deployment import Line
from gateway.errors import GatewayError
from gateway.upstream import Response, UpstreamFailure, header_line
from ledger.prices import Quote
from ledger.row import Begun, NanoDollars, UsageRow

# Until content comes, this much is held back, so that a failure can still go to another target.
MAX_HELD_BYTES = 256 * 1024
MAX_HELD_EVENTS = 64

_ENCODE = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Attempt:
    """Made by `begin`, opened once, then read to its end or closed; it settles exactly once."""

    cleared: Cleared
    line: Line
    quote: Quote
    books: Books
    id: str
    response: Response | None = None
    reader: StreamReader | None = None
    usage: Usage | None = None
    sent: float = 0.0  # monotonic seconds; 0: nothing was sent
    first: float = 0.0  # when content came
    text_length: int = 0
    cost: NanoDollars = NanoDollars(0)
    settled: bool = False

    async def open(self) -> bytes:
        """The whole answer, or a stream's first bytes up to its first content. Raises GatewayError."""
        try:
            return await self._open()
        except UpstreamFailure as failure:
            if failure.phase == "connect":
                self.sent = 0.0  # nothing reached the vendor: nothing can be owed
            error = failures.of_transport(self.line.target, failure)
            self.settle("timeout" if failure.kind.endswith("timeout") else "error", error.code)
            raise error from failure
        except GatewayError as error:
            self.settle("error", error.shown().code or error.code)
            raise

    async def _open(self) -> bytes:
        call, line = self.cleared.call, self.line
        asked = call.asked
        hide_usage = asked.stream and not asked.include_usage
        body = call.dialect.edit_request(
            self.cleared.body, line.edits_with_usage if hide_usage else line.edits
        )
        self._begin()
        head = line.heads[call.operation] + header_line("x-client-request-id", self.id)
        response = self.response = await line.upstream.send(head, body, line.vendor.deadlines)
        if response.status != 200:
            said = call.dialect.read_error(response.status, await response.read())
            raise failures.of_status(line.target, response, said)
        if not asked.stream:
            return await self._whole(response)
        self.reader = call.dialect.reader(hide_usage=hide_usage)
        return await self._until_content(response, self.reader)

    def _begin(self) -> None:
        call, who, line = self.cleared.call, self.cleared.principal, self.line
        self.books.begin(
            Begun(
                attempt_id=self.id,
                at_ms=call.at_ms,
                key_id=who.key_id,
                user=who.user,
                team=who.team,
                organisation=who.organisation,
                endpoint=call.operation.value,
                model_asked=call.asked.model,
                vendor=line.vendor.name,
                model_served=line.model,
                price_version=call.deployment.book.version,
                input_estimate=call.dialect.input_estimate(call.body),
                tags=who.tags_json,
            )
        )
        self.sent = self.books.clock.monotonic()

    async def _whole(self, response: Response) -> bytes:
        body = await response.read()
        try:
            answer = self.cleared.call.dialect.read_answer(body)
        except Malformed as error:
            raise failures.of_answer(self.line.target, VendorError(error.message)) from None
        if answer.error is not None:
            raise failures.of_answer(self.line.target, answer.error)
        self.first = self.books.clock.monotonic()
        self.usage = answer.usage
        self.text_length = answer.text_length
        self.settle("ok")
        return body

    async def _until_content(self, response: Response, reader: StreamReader) -> bytes:
        held: list[bytes] = []
        size = 0
        while not reader.started:
            data = await response.next()
            if not data:
                raise failures.cut(self.line.target)
            out = reader.feed(data)
            if reader.error is not None:
                raise failures.of_answer(self.line.target, reader.error)
            held.append(out)
            size += len(out)
            if size > MAX_HELD_BYTES or len(held) > MAX_HELD_EVENTS:
                break
        response.content_deadline = None
        self.first = self.books.clock.monotonic()
        if reader.finished and reader.usage is not None:
            self.settle("ok")
        return b"".join(held)

    async def next(self) -> bytes:
        """The stream's next whole events; empty at its clean end. Raises UpstreamError on any other end."""
        response, reader = self.response, self.reader
        assert response is not None and reader is not None
        try:
            while True:
                data = await response.next()
                if not data:
                    return self._end(reader)
                out = reader.feed(data)
                if reader.error is not None:
                    raise failures.of_answer(self.line.target, reader.error)
                if out:
                    # The row comes before the last byte: usage is the last thing a vendor says of an answer.
                    if reader.finished and reader.usage is not None and not self.settled:
                        self.settle("ok")
                    return out
        except UpstreamFailure as failure:
            error = failures.of_transport(self.line.target, failure)
            self.settle("timeout" if failure.kind.endswith("timeout") else "cut", error.code)
            raise error from failure
        except GatewayError as error:
            self.settle("cut", error.code)
            raise

    def _end(self, reader: StreamReader) -> bytes:
        last = reader.end()
        if reader.error is not None:
            raise failures.of_answer(self.line.target, reader.error)
        if not reader.finished:
            raise failures.cut(self.line.target)
        self.settle("ok")
        return last

    def close(self) -> None:
        """Let go of the connection; an attempt that has not settled was left by its caller."""
        if self.response is not None:
            self.response.close()
        if not self.settled:
            whole = self.reader is not None and self.reader.finished
            self.settle("ok" if whole else "cancelled")

    def settle(self, status: str, error_code: str = "") -> None:
        """Append the attempt's row, once: with the vendor's usage, or without it with what was seen."""
        if self.settled:
            return
        self.settled = True
        call, who, line, response = self.cleared.call, self.cleared.principal, self.line, self.response
        usage, estimated = self._usage(status)
        self.cost = self.quote.price.cost(usage)
        now, arrived = self.books.clock.monotonic(), call.arrived
        call.attempts += 1
        call.trail.append(("attempt", status, line.target, {"cost_nano": self.cost}))
        self.books.settle(
            UsageRow(
                attempt_id=self.id,
                at_ms=call.at_ms,
                key_id=who.key_id,
                user=who.user,
                team=who.team,
                organisation=who.organisation,
                endpoint=call.operation.value,
                model_asked=call.asked.model,
                vendor=line.vendor.name,
                model_served=line.model,
                status=status,
                http_status=0 if response is None else response.status,
                error_code=error_code,
                usage=usage,
                cost=self.cost,
                price_version=call.deployment.book.version,
                priced=self.quote.priced,
                estimated=estimated,
                stream=call.asked.stream,
                queue_ms=_ms(self.sent, arrived),
                first_ms=_ms(self.first, arrived),
                total_ms=_ms(now, arrived),
                vendor_request_id=_request_id(response),
                trail=_ENCODE(call.trail).decode(),
                tags=who.tags_json,
            ),
            line.label,
        )

    def _usage(self, status: str) -> tuple[Usage, bool]:
        """What is billed, and whether it was counted here for want of the vendor's word."""
        reader = self.reader
        usage = reader.usage if reader is not None else self.usage
        if usage is not None:
            return usage, False
        refused = self.response is not None and self.response.status != 200
        if not self.sent or refused:
            return _NOTHING, False  # nothing reached the vendor, or it refused: no vendor bills a refusal
        dialect = self.cleared.call.dialect
        text = reader.text_length if reader is not None else self.text_length
        return Usage(input=dialect.input_estimate(self.cleared.body), output=-(-text // 4)), True


_NOTHING = Usage()


def _ms(moment: float, since: float) -> float:
    return round((moment - since) * 1000, 3) if moment else 0.0


def _request_id(response: Response | None) -> str:
    value = None if response is None else response.header(b"x-request-id")
    return "" if value is None else value[:200].decode("latin-1")
