"""The simulator's own bill: the reference with which a caller's ledger is compared."""

import os
from collections import deque
from itertools import islice

import msgspec

from dialects.usage import Usage
from gateway.vendors.sim.prices import MODELS, Price, cost

LINES = 1_000_000  # lines kept in memory; the totals also include dropped ones


class Line(msgspec.Struct, frozen=True, gc=False):
    """One call: its usage, its cost, and whether its usage was delivered to the caller."""

    seq: int  # from 1, never reused
    id: str  # the simulator's own request id, as in `x-request-id`
    client_request_id: str  # the caller's `x-client-request-id`, or ""
    at_ms: int  # Unix time at which the request arrived
    endpoint: str
    model: str  # as requested
    stream: bool
    status: int  # of the response; 0 if none was begun
    fault: str  # the kind of the fault injected, or ""
    input: int
    cached_input: int
    output: int
    reasoning: int
    nano_dollars: int
    usage_delivered: bool  # the usage was handed to the transport in full
    cancelled: bool  # the caller disconnected before the answer was complete
    units: int = 0  # pictures, characters, seconds, searches
    written: int = 0  # of the input, to a cache
    written_1h: int = 0  # of `written`, with a lifetime of an hour


class Entry(msgspec.Struct, gc=False):
    """A call while it is served; becomes a line when the call ends."""

    id: str
    client_request_id: str
    at_ms: int
    endpoint: str
    model: str = ""
    stream: bool = False
    status: int = 0
    fault: str = ""
    usage: Usage = Usage()
    price: Price = Price(0, 0, 0)
    usage_delivered: bool = False
    cancelled: bool = False
    units: int = 0


class Totals(msgspec.Struct, gc=False):
    """Sums over lines."""

    calls: int = 0
    cancelled: int = 0
    input: int = 0
    cached_input: int = 0
    output: int = 0
    reasoning: int = 0
    nano_dollars: int = 0

    def add(self, line: Line) -> None:
        self.calls += 1
        self.cancelled += line.cancelled
        self.input += line.input
        self.cached_input += line.cached_input
        self.output += line.output
        self.reasoning += line.reasoning
        self.nano_dollars += line.nano_dollars


class Bill:
    """The newest `limit` lines in memory, and totals over all lines; optionally also written to a file."""

    def __init__(self, file: str | None = None, limit: int = LINES) -> None:
        """Open the bill; a file gets one line of JSON per call. Raises `OSError` if it cannot be opened."""
        self._lines: deque[Line] = deque(maxlen=limit)
        self._encoder = msgspec.json.Encoder()
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if file else None
        self._seq = 0
        self._clear_totals()

    def _clear_totals(self) -> None:
        self.totals = Totals()
        self.by_model: dict[str, Totals] = {}

    def add(self, entry: Entry) -> Line:
        """Record a call that has ended."""
        self._seq += 1
        usage = entry.usage
        line = Line(
            self._seq,
            entry.id,
            entry.client_request_id,
            entry.at_ms,
            entry.endpoint,
            entry.model,
            entry.stream,
            entry.status,
            entry.fault,
            usage.input,
            usage.cached_read,
            usage.output,
            usage.reasoning,
            cost(entry.price, usage, entry.units),
            entry.usage_delivered,
            entry.cancelled,
            entry.units,
            usage.cache_write,
            usage.cache_write_1h,
        )
        self._lines.append(line)
        self.totals.add(line)
        self._of(line.model).add(line)
        if self._file is not None:
            os.write(self._file, self._encoder.encode(line) + b"\n")
        return line

    def _of(self, model: str) -> Totals:
        """The totals of a model; unlisted names share one, so that the number of totals stays bounded."""
        base = model.partition("@")[0]
        if base not in MODELS:
            base = "sim-*" if base.startswith("sim-") else "unknown"
        totals = self.by_model.get(base)
        if totals is None:
            totals = self.by_model[base] = Totals()
        return totals

    def since(self, seq: int) -> list[Line]:
        """The lines after number `seq` that are still in memory, oldest first."""
        if not self._lines:
            return []
        return list(islice(self._lines, max(0, seq + 1 - self._lines[0].seq), None))

    def clear(self) -> None:
        """Forget lines and totals; numbering continues, and the file is unchanged."""
        self._lines.clear()
        self._clear_totals()

    def close(self) -> None:
        """Close the file; the lines in memory stay readable."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
