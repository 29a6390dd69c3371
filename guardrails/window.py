"""Passes a streamed text through as far as nothing in it can still become a finding.

Held back is the longest end that may begin a match, and a match that may still grow. So not one character
of what is found has left, and a text in which nothing begins is not delayed at all. What may begin a match
and does not end is let go after WINDOW bytes; what has become a match is not. Escapes are undone before: one
that has not all come is held, too.
"""

from collections.abc import Callable, Sequence

from guardrails.guard import WINDOW, Finding, Openings, Skim, merged
from guardrails.readings import Reading, readings, seen_in, whole

_CONTEXT = 64  # bytes before, for words that make a form likely
_LONGEST = 64 * 1024  # bytes of one match that is taken out piece by piece

Inspect = Callable[[bytes], Sequence[Finding]]


class Stopped(Exception):
    """A finding that ends the answer. The text is nowhere in it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"the guard '{finding.guard}' found {finding.kind}")
        self.finding = finding


class Window:
    """One text: a choice's, or the arguments of one tool call. `feed` and `flush` raise Stopped."""

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
        """`skim` knows all forms that `inspect` looks for; None where it looks for more."""
        self._inspect = inspect
        self._note = note  # is told of each finding when it is decided
        self._openings = openings
        self._in_json = in_json
        self._context = b""  # what has left already
        self.pending = b""  # what is held
        self._skim = None if in_json else skim
        self._calm = True  # nothing that was found goes on, and nothing is escaped

    @property
    def held(self) -> str:
        return self.pending.decode("utf-8", "replace")

    def feed(self, piece: str) -> str:
        """What can be said now."""
        if not piece:
            return ""
        self.pending += piece.encode("utf-8", "surrogatepass")
        return self._let_go(final=False)

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """At one look: what was held and can be said now, and how much of a piece's end is held.

        It is fed then. None, and nothing is done, where it is to be looked at in full, or where more than the
        last `most` bytes of it would have to be held. Nothing can begin in what has left: it would be held.
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
        # What is held must be whole letters, which bytes of a vendor need not be.
        if held and (late > most or held >= WINDOW or not (ascii_only or text[start:].isascii())):
            return None
        # A word or two is shorter than whatever is looked for.
        short = ascii_only and len(fresh) < skim.shortest
        if not short and not skim.absent(text[known - 1 :] if known else text):
            return None
        self._context = text[start - _CONTEXT : start] if start > _CONTEXT else text[:start]
        self.pending = text[start:]
        return pending[: start - known], late

    def flush(self) -> str:
        """What is left when the text is over."""
        return self._let_go(final=True) if self.pending else ""

    def drop(self) -> None:
        """Forget what is held: the answer is over."""
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
            since = looks[-1].floor(since)  # half an escape says something else
        self._context, self.pending = text[since:limit], text[limit:] + rest
        calm = limit - since <= _CONTEXT and len(self.pending) < WINDOW
        self._calm = calm and not looks and not rest
        return b"".join(out).decode("utf-8", "surrogatepass")

    def _limit(self, text: bytes, looks: Sequence[Reading], findings: Sequence[Finding]) -> int:
        """Up to where everything is decided."""
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
            limit -= 1  # a letter is not cut
        return max(known, looks[-1].floor(limit)) if looks else limit

    def _since(self, text: bytes, limit: int, decided: Sequence[Finding]) -> int:
        """From where on what has left is looked at again."""
        since = max(0, limit - _CONTEXT)
        for each in decided:
            if each.end > limit or each.end == len(text):  # it goes on: it has to be found again
                since = min(since, each.start)
        if limit - since > _LONGEST:
            raise Stopped(decided[-1])
        return since
