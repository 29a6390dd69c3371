"""Which of some forms a whole JSON document may hold, at one look.

Its strings are not taken apart: quotes become the line ends that stand between texts, or what stands between
a member's name and its value, so a form that is in a text is in the document, too. Where something could hide
a text from that look, such as base64, it says nothing: then the texts are read one by one.
"""

import re
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from time import thread_time

import re2

from guardrails.drawing import FORM
from guardrails.guard import NAMED, SkimKind
from guardrails.openings import shortest
from guardrails.rules import CANARY, loose, options

# What may be a text in base64. It begins with one letter that is looked for as fast as memory is read.
_ENCODED = re.compile(
    rb'"(?:[A-Za-z0-9+/\\=_-]{64}|(?i:data:[\w.+/\\-]{0,80}(?:;[\w=.+-]{0,60})*;base64,)'
    rb'|(?:data|bytes|file_data|fileData)"[ \t\r\n]*:[ \t\r\n]*"[A-Za-z0-9+/\\=_-]{16})'
)
_ESCAPES = ((b"\\\n", b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\/", b"/"))
_FAR = rb"\n[ \t\r\n]*:[ \t\r\n]*\n"
_MOST = 64 * 1024  # bytes: the look for base64 lets no other thread run
_SHORT = 1536  # bytes: a document that is no longer is read at once, whatever it says
_PIECE, _LONGEST_PIECE = 512, 4096  # bytes; the longest takes a millisecond where each byte is a new state
_MOMENT = 0.002  # seconds
_ANCHORED = re.compile(r"\\[AzZ]|(?<!\\)[$^]")
_CLASSES = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


class FormSkim:
    """Of forms that `skimmable` agrees to; may be asked in any thread."""

    __slots__ = ("_beyond", "_canary", "_clock", "_forms", "_match", "shortest")

    def __init__(self, patterns: Sequence[str], clock: Callable[[], float] = thread_time) -> None:
        """`clock` tells seconds: what takes long is left to others."""
        self._clock = clock
        made = re2.Set.SearchSet(options())
        alike: dict[str, list[str]] = {}
        for pattern in dict.fromkeys(patterns):
            alike.setdefault(loose(pattern), []).append(pattern)
        self._forms = list(alike.values())  # by number
        for form in alike:
            made.Add(form.encode("latin-1"))
        self._canary = made.Add(CANARY)
        # What is not looked for here: a hidden form, and a member's name that stands far from what it holds.
        self._beyond = {made.Add(FORM.encode("latin-1")), made.Add(_FAR)}
        made.Compile()
        self.shortest = min(map(shortest, patterns), default=0)
        self._match: Callable[[bytes], list[int]] = made._set.Match  # what re2's own calls

    def seen(self, document: bytes) -> Collection[str] | None:
        """Those that may be in one of its texts; None where that cannot be told."""
        if len(document) > _MOST or _ENCODED.search(document):
            return None
        text = (
            document.replace(b'": "', b"\0").replace(NAMED, b"\0").replace(b'"', b"\n").replace(b"\0", NAMED)
        )
        if b"\\" in text:
            if b"\\\\" in text:
                return None  # JSON in JSON may escape its letters
            for escape, letter in _ESCAPES:
                text = text.replace(escape, letter)
            if b"\\" in text:
                return None  # a letter is written as a number
        if len(text) > _SHORT and not self._is_quick(text):
            return None
        found = self._match(text + CANARY)
        if self._canary not in found or not self._beyond.isdisjoint(found):
            return None  # the automaton outgrew its memory
        found.remove(self._canary)
        return frozenset(chain.from_iterable(map(self._forms.__getitem__, found))) if found else ()

    def absent(self, text: bytes) -> bool:
        """Whether none of them is in a text; False where that cannot be told."""
        found = self._match(text + CANARY)
        return len(found) == 1 and found[0] == self._canary

    def _is_quick(self, text: bytes) -> bool:
        """Whether all of it is read in a moment, tried piece by piece.

        A text at random makes the automaton write down states that it has never been in, at a hundred times
        what reading takes; what was written down once is read at once.
        """
        until, at, size = self._clock() + _MOMENT, 0, _PIECE
        while at < len(text):
            self._match(text[at : at + size])
            if self._clock() > until:
                return False
            at, size = at + size, min(2 * size, _LONGEST_PIECE)
        return True


def skimmable(patterns: Sequence[str]) -> bool:
    """Whether none of them asks where a text begins or ends: in a document that is not to be seen."""
    return not any(_ANCHORED.search(_CLASSES.sub("", pattern)) for pattern in patterns)


SKIM = SkimKind(lambda patterns: FormSkim(patterns) if skimmable(patterns) else None)
