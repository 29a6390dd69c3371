"""Passes a streamed text through up to what may still become a finding.

The longest end that may begin a match is held back, and so is a match that may still grow. Thus no character
of a finding has been sent, and a text in which no match can begin is not delayed. A beginning that becomes no
match is released after WINDOW bytes; a match is not. Escapes are decoded first; an incomplete one is held.
"""

from collections.abc import Callable, Sequence

from guardrails.guard import WINDOW, Finding, Openings, Skim, merged
from guardrails.readings import Reading, readings, seen_in, whole

_CONTEXT = 64  # bytes already sent that are searched again, for context words
_LONGEST = 64 * 1024  # bytes of one match that is removed piece by piece; a longer one stops the answer

Inspect = Callable[[bytes], Sequence[Finding]]


class Stopped(Exception):
    """A finding that ends the answer. The exception contains no text."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"the guard '{finding.guard}' found {finding.kind}")
        self.finding = finding


class Window:
    """Inspects one text: a choice's, or the arguments of one tool call. `feed` and `flush` raise Stopped."""

    __slots__ = ("_calm", "_context", "_in_json", "_inspect", "_note", "_openings", "_skim", "pending")

    def __init__(
        self,
        inspect: Inspect,
        openings: Openings,
        note: Callable[[Finding], None],
        *,
        in_json: bool,
        skim: Skim | None = None,
    ) -> None:
        """`skim` knows all forms that `inspect` looks for; None if it looks for more."""
        self._inspect = inspect
        self._note = note  # called with each finding once it is final
        self._openings = openings
        self._in_json = in_json
        self._context = b""  # the end of what was released
        self.pending = b""  # held back
        self._skim = None if in_json else skim
        self._calm = True  # no finding is unfinished, and nothing is escaped

    @property
    def held(self) -> str:
        return self.pending.decode("utf-8", "replace")

    def feed(self, piece: str) -> str:
        """What can be released once this piece is added."""
        if not piece:
            return ""
        self.pending += piece.encode("utf-8", "surrogatepass")
        return self._let_go(final=False)

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """A fast path for feeding: the held bytes to release, and how many bytes of the piece are held.

        None, with nothing fed, if a full inspection is needed or more than the last `most` bytes of the piece
        would have to be held. No match can begin in released text: it would have been held.
        """
        context, pending, skim = self._context, self.pending, self._skim
        if not self._calm or skim is None:
            return None
        fresh = pending + piece
        known, text = len(context), context + fresh
        start = self._openings.at(text, known)
        ascii_only = fresh.isascii()
        held = len(text) - start
        late = min(held, len(piece))
        # Held bytes must be whole characters, and a vendor's pieces may cut them.
        if held and (late > most or held >= WINDOW or not (ascii_only or text[start:].isascii())):
            return None
        # A word or two is shorter than any pattern.
        short = ascii_only and len(fresh) < skim.shortest
        if not short and not skim.absent(text[known - 1 :] if known else text):
            return None
        self._context = text[start - _CONTEXT : start] if start > _CONTEXT else text[:start]
        self.pending = text[start:]
        return pending[: start - known], late

    def flush(self) -> str:
        """The rest, at the end of the text."""
        return self._let_go(final=True) if self.pending else ""

    def drop(self) -> None:
        """Discards what is held: the answer is over."""
        self.pending = b""

    def _let_go(self, *, final: bool) -> str:
        text = self._context + self.pending
        rest = b""
        if not final and b"\\" in text:
            rest = text[(end := whole(text)) :]
            text = text[:end]
        known = len(self._context)
        looks = readings(text, sure=self._in_json)
        findings = [each for each in merged(seen_in(text, looks, self._inspect)) if each.end > known]
        limit = len(text) if final else self._limit(text, looks, findings)
        decided = [each for each in findings if each.start < limit]
        for each in decided:
            if each.start >= known:
                self._note(each)
            if each.stops:
                self.pending = b""
                raise Stopped(each)
        out, at = [], known
        for each in decided:
            if each.action == "flag":
                continue
            if each.start >= known:
                out += [text[at : each.start], b"[%b]" % each.kind.encode()]
            at = max(at, min(each.end, limit))
        out.append(text[at:limit])
        since = self._since(text, limit, decided)
        if looks:
            since = looks[-1].floor(since)  # half an escape would be read differently
        self._context, self.pending = text[since:limit], text[limit:] + rest
        calm = limit - since <= _CONTEXT and len(self.pending) < WINDOW
        self._calm = calm and not looks and not rest
        return b"".join(out).decode("utf-8", "surrogatepass")

    def _limit(self, text: bytes, looks: Sequence[Reading], findings: Sequence[Finding]) -> int:
        """The position up to which all findings are final."""
        size, known = len(text), len(self._context)
        if looks:
            limit = min(look.place(at := self._openings.at(look.text), at)[0] for look in looks)
        else:
            limit = self._openings.at(text)
        for each in findings:
            if each.end == size or each.start < limit < each.end:
                limit = min(limit, each.start) if each.end == size else each.end
        limit = max(limit, size - WINDOW, known)
        while limit > known and limit < size and text[limit] & 0xC0 == 0x80:
            limit -= 1  # do not cut a character
        return max(known, looks[-1].floor(limit)) if looks else limit

    def _since(self, text: bytes, limit: int, decided: Sequence[Finding]) -> int:
        """The position in released text from which it is inspected again."""
        since = max(0, limit - _CONTEXT)
        for each in decided:
            if each.end > limit or each.end == len(text):  # it may continue, so it must be found again
                since = min(since, each.start)
        if limit - since > _LONGEST:
            raise Stopped(decided[-1])
        return since
