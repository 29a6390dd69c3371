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
    """A StreamReader over any format that is read into deltas.

    Without a writer the vendor's bytes pass, event by event; with one, what it writes takes their place.
    `works` says whether the vendor has begun with something that only its own format can show, such as a tool
    that it runs itself: where bytes pass, that is content. `unnamed`: the writer is not told the vendor's id
    of the answer, so that it makes one of its own shape. How choices ended it is told when the stream ends:
    some vendors say more after that, and a stream that breaks then must not look like one that ended.
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
        self._begun = not unnamed  # what is said first is not looked at
        self._rest = b""
        self._seen: set[int] = set()
        self._ended: set[int] = set()
        self._ends: dict[int, Finished] = {}  # by choice, of which the writer has not been told

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
            try:  # what came with events before it is looked at here, had nothing come behind it
                self._framing.split(tail, 0)
            except Malformed as broken:
                self.error = VendorError(broken.message, code=MALFORMED)
                return b""
            # A last event whose end never came, as some servers leave it: a client would not see it.
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
            return b""  # what still comes is no part of the answer
        out: list[bytes] = []
        reader, writer = self._reader, self._writer
        for event in events:
            deltas = reader.read(event)
            if deltas:
                self._note(deltas)
                if self.error is not None:
                    self.done = reader.done  # then it has told all that it bills
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
        """The format's own last event has come."""
        self.done = self.complete = True
        if self._writer is None:
            return b""
        if self.finished:
            return self._ending(self._writer)
        # Nothing closes what was written: its end must not look like one.
        self.error = VendorError("the stream ended and did not say how its answer did", code=CUT)
        return b""

    def _unended(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        return [delta for delta in deltas if type(delta) is not Finished]

    def _ending(self, writer: StreamWriter) -> bytes:
        return writer.write(list(self._ends.values())) + writer.end()

    def _unnamed(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        """The first deltas of all without the id that the vendor gave its answer."""
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
