"""Inspects and restores complete texts of an answer: in a document, or in one event of a stream."""

import re

from msgspec import structs

from dialects import json_strings
from dialects.errors import Malformed
from dialects.loosely import read, write
from dialects.repeating import leave_out_probabilities
from gateway.guardrails.citing import Citing
from gateway.guardrails.shield import Shield
from guardrails.bodies import Body
from guardrails.guard import Finding, merged
from guardrails.window import Stopped

# A string's end that may be an incomplete JSON escape of a placeholder's bracket.
_HALF = re.compile(rb'\\\\(?:u0{0,2})?"')
_NO_LOGPROBS = (b'"logprobs":null', b'"logprobs":[]')


class Whole:
    """Inspects documents, events and error messages through a shield, and restores masked values in them."""

    def __init__(self, shield: Shield) -> None:
        self._shield = shield
        self._issued = shield.issued
        self.citing = Citing(shield.issued, records=shield.cites)
        self.calm = False  # whether a skim has cleared the current piece
        sizes = tuple(post for post in shield.posts if post.facts.kind == "size")
        # Events are inspected without size guards: a stream's total size is measured by its pieces.
        self._reads = self._measures = shield
        if sizes:
            self._reads = structs.replace(
                shield, posts=tuple(post for post in shield.posts if post not in sizes)
            )
            self._measures = structs.replace(shield, posts=sizes, calls=())

    def event(self, document: bytes) -> bytes:
        """Inspects an event of a stream, without its text pieces, like a whole answer.

        A finding that stops ends the answer: see Shield.stopped. Only such findings are counted, because an
        event may repeat what the pieces said.
        """
        try:
            return self._answered(document, counts=False)
        except Stopped as stopped:
            if self._shield.refusal == "error":
                raise
            self._shield.stopped = self._shield.stopped or stopped.finding
            return document

    def remark(self, text: str) -> str:
        """A vendor's error message with findings removed, not stopped: the call ends anyway.

        Raises GuardBroken.
        """
        if self._shield.guarded:
            raw = text.encode("utf-8", "surrogatepass")
            found = merged(self._shield.inspect(raw))
            for each in found:
                self._shield.note(each)
            edits = [
                (each.start, each.end, b"[%b]" % each.kind.encode())
                for each in found
                if each.action != "flag"
            ]
            text = json_strings.splice(raw, edits).decode("utf-8", "surrogatepass")
        return self._issued.replace(text)

    def untouched(self, event: bytes) -> bool:
        return (
            not self._shield.guarded
            and (self._shield.repeats or b"ogprobs" not in event)
            and not self.citing.records
            and not self._issued.intricate
            and self._shield.stopped is None
            and not self._issued.hint(event)
            and not (b"\\\\" in event and _HALF.search(event))
        )

    def quiet(self, event: bytes) -> bool:
        skim = self._shield.skim
        if self._issued.hint(event) or self.citing.looks(event):
            return False
        if b"logprobs" in event and event.count(b"logprobs") != sum(map(event.count, _NO_LOGPROBS)):
            return False
        return not self._shield.guarded if skim is None else self.calm or skim.seen(event) == ()

    @property
    def unsaid(self) -> bool:
        """Whether log probabilities are omitted, which repeat the text in uninspected pieces."""
        return self._shield.guarded or not self._shield.repeats

    def document(self, body: bytes) -> bytes:
        """Inspects a whole answer and restores its values. Raises Stopped and GuardBroken."""
        return body if self.untouched(body) else self._answered(body, counts=True)

    def _answered(self, body: bytes, *, counts: bool) -> bytes:
        seen = self._inspected(body, counts=counts) if self._shield.guarded else body
        said = self.citing.placed(seen, self._issued.replace_in_document(seen))
        if b"ogprobs" in said and not (said is body and self._shield.repeats):
            said = _without_probabilities(said)
        return said

    def _inspected(self, body: bytes, *, counts: bool) -> bytes:
        skim = self._shield.skim
        seen = None if skim is None else skim.seen(body)
        if seen is not None and not seen:
            return body
        read = Body.of(body)
        if counts:
            found = merged(self._found(read, self._shield))
        else:
            found = merged(self._found(read, self._reads) + self._too_long(read)) if read.pieces else []
        if not found:
            return body
        for each in found:
            if counts or each.stops:
                self._shield.note(each)
        blocking = next((each for each in found if each.stops), None)
        if blocking is not None:
            raise Stopped(blocking)
        changing = [each for each in found if each.action != "flag"]
        return read.edited(changing, lambda finding, text: f"[{finding.kind}]".encode()) if changing else body

    def _too_long(self, read: Body) -> list[Finding]:
        """The findings of size guards in an event's longest text."""
        if self._measures is self._reads:
            return []
        sizes = [len(piece.text) for piece in read.pieces]
        start = read.starts[sizes.index(max(sizes))]
        found = self._measures.inspect(read.joined[start : start + max(sizes)])
        return [structs.replace(each, start=each.start + start, end=each.end + start) for each in found]

    def _found(self, read: Body, shield: Shield) -> list[Finding]:
        called = read.part(lambda position: position == "tool_call") if shield.calls else None
        if called is None:
            return read.asked(shield.inspect)
        found = called.asked(shield.inspect_call)
        said = read.part(lambda position: position != "tool_call")
        if said is not None:
            found += said.asked(shield.inspect)
        return found


def _without_probabilities(document: bytes) -> bytes:
    """The document without log probabilities, which contain the vendor's unedited tokens."""
    try:
        said = read(document)
    except Malformed:
        return document
    return write(said) if leave_out_probabilities(said) else document
