"""What the request path learns from the deltas of a streamed answer, relayed or rewritten."""

from collections.abc import Callable, Sequence

import msgspec

from dialects.answer import (
    Counted,
    Delta,
    Failed,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.dialect import EventReader, Framing, StreamWriter
from dialects.errors import Malformed, VendorError
from dialects.halves import Joined, has_halves
from dialects.usage import Searches, Usage
from dialects.wrapping import Wrapping

replace = msgspec.structs.replace

MAX_EVENT_BYTES = 16 * 1024 * 1024
MALFORMED = "malformed_event"
CUT = "vendor_cut"


class Watched:
    """A StreamReader for any format that can be parsed into deltas.

    Without a writer the vendor's bytes pass, event by event; with one, its output replaces them. `works`
    returns whether the vendor has begun something that only its own format can express, such as a built-in
    tool: where bytes pass, that counts as content. `unnamed`: the writer does not get the vendor's answer id,
    and so generates one of its own form. It gets the finish reasons only when the stream ends: some vendors
    send more after them, and a stream that breaks then must not look complete.
    """

    __slots__ = (
        "_begun",
        "_ended",
        "_ends",
        "_framing",
        "_reader",
        "_rest",
        "_seen",
        "_works",
        "_writer",
        "complete",
        "done",
        "error",
        "opening",
        "searches",
        "started",
        "text_length",
        "tier",
        "usage",
    )

    def __init__(
        self,
        framing: Framing,
        reader: EventReader,
        writer: StreamWriter | None = None,
        *,
        works: Callable[[], bool] | None = None,
        unnamed: bool = False,
    ) -> None:
        self.usage: Usage | None = None
        self.tier: str | None = None
        self.searches: Searches | None = None
        self.opening: Usage | None = None
        self.error: VendorError | None = None
        self.started = False
        self.text_length = 0
        self.done = self.complete = False
        self._framing = framing
        self._reader = reader
        self._writer = writer
        self._works = works
        self._begun = not unnamed  # False: the first deltas must still lose the id
        self._rest = b""
        self._seen: set[int] = set()
        self._ended: set[int] = set()
        self._ends: dict[int, Finished] = {}  # by choice, not yet passed to the writer

    @property
    def finished(self) -> bool:
        return bool(self._ended) and self._ended >= self._seen

    @property
    def rest(self) -> bytes:
        return self._rest

    def feed(self, data: bytes) -> bytes:
        if self.error is not None:
            return b""
        rest = self._rest
        if rest:
            data = rest + data
        writer = self._writer
        if writer is not None and has_halves(data) and type(self._reader) is not Joined:
            self._reader = Joined(self._reader)
        try:
            events, self._rest = self._framing.split(data, len(rest))
        except Malformed as broken:
            self.error = VendorError(broken.message, code=MALFORMED)
            return b""
        out = self._taken(events) if events else b""
        if self.error is None and len(self._rest) > MAX_EVENT_BYTES:
            self.error = VendorError(f"an event of more than {MAX_EVENT_BYTES} bytes", code=MALFORMED)
        return out

    def end(self) -> bytes:
        if self.error is not None:
            return b""
        out, tail = b"", self._rest
        if tail.strip() and not self.done:
            try:  # if no later bytes followed, the rest has not been validated yet
                self._framing.split(tail, 0)
            except Malformed as broken:
                self.error = VendorError(broken.message, code=MALFORMED)
                return b""
            # Some servers do not terminate the last event; a client would ignore it.
            self._rest = b""
            out = self._taken([tail + Wrapping(self._framing).missing(tail)])
            if self.error is not None and self.error.code == MALFORMED:
                self.error = VendorError("the stream ended inside an event", code=CUT)
        owed = () if self.done or self.error is not None else self._reader.end()
        self._note(owed)
        if not self.finished:
            self._rest = tail
        writer = self._writer
        if writer is None or self.error is not None or self.done:
            return out
        if owed:
            out += writer.write(self._unended(owed))
        return out + self._ending(writer) if self.finished else out

    def _taken(self, events: Sequence[bytes]) -> bytes:
        if self.done:
            return b""  # not part of the answer
        out: list[bytes] = []
        reader, writer = self._reader, self._writer
        for event in events:
            deltas = reader.read(event)
            if deltas:
                self._note(deltas)
                if self.error is not None:
                    self.done = reader.done  # then all usage has been reported
                    break
                if writer is not None:
                    told = self._unended(deltas) if self._ends else deltas
                    out.append(writer.write(told if self._begun else self._unnamed(told)))
            if writer is None:
                out.append(event)
                if self._works is not None and not self.started:
                    self.started = self._works()
            if reader.done:
                out.append(self._closed())
                break
        return out[0] if len(out) == 1 else b"".join(out)

    def _closed(self) -> bytes:
        """Handles the format's own last event."""
        self.done = self.complete = True
        if self._writer is None:
            return b""
        if self.finished:
            return self._ending(self._writer)
        # The output stays unterminated, so that it does not look complete.
        self.error = VendorError("the stream ended and did not say how its answer did", code=CUT)
        return b""

    def _unended(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        return [delta for delta in deltas if type(delta) is not Finished]

    def _ending(self, writer: StreamWriter) -> bytes:
        return writer.write(list(self._ends.values())) + writer.end()

    def _unnamed(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        """The first deltas, without the vendor's answer id."""
        self._begun = True
        return [replace(delta, id="") if isinstance(delta, Started) else delta for delta in deltas]

    def _note(self, deltas: Sequence[Delta]) -> None:
        for delta in deltas:
            kind = type(delta)
            if kind is TextDelta or kind is ThinkingDelta or kind is RefusalDelta:
                if not delta.text:  # type: ignore[union-attr]
                    continue  # a signature, or nothing at all
                self.text_length += len(delta.text)  # type: ignore[union-attr]
            elif kind is ToolDelta:
                self.text_length += len(delta.arguments)  # type: ignore[union-attr]
            else:
                self._note_rare(delta)
                continue
            self._speaks(delta.choice)  # type: ignore[union-attr]

    def _note_rare(self, delta: Delta) -> None:
        if isinstance(delta, Counted):
            self.usage = delta.billed or delta.usage
            self.tier = delta.tier or self.tier
            self.searches = delta.searches
        elif isinstance(delta, Started):
            self.opening = delta.usage
        elif isinstance(delta, Failed):
            self.error = delta.error
        elif isinstance(delta, Finished):
            self.started = True
            self._seen.add(delta.choice)
            self._ended.add(delta.choice)
            if self._writer is not None:
                self._ends.setdefault(delta.choice, delta)
        elif isinstance(delta, ToolStarted | PartDelta):
            self._speaks(delta.choice)

    def _speaks(self, choice: int) -> None:
        self.started = True
        if choice not in self._seen:
            self._seen.add(choice)
