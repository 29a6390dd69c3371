"""Which of several patterns may occur in a JSON document, decided in one pass.

Its strings are not taken apart: a quote counts as itself and as the line end that stands between texts, so
a form that is in a text is in the document, too. Where something could hide a text from that look, such as
base64, it says nothing: then the texts are read one by one.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import chain
from time import thread_time

import re2

from guardrails.drawing import FORM
from guardrails.guard import NAMED, SkimKind
from guardrails.openings import CLASS, ESCAPE, shortest
from guardrails.rules import CANARY, loose, options

# What may be a text in base64, a hidden form, or a member's name that stands far from what it holds.
_ENCODED = (
    r'"(?:[A-Za-z0-9+/\\=_\r\n-]{64}|(?i:data:[\w.+/\\-]*(?:;[\w=.+-]*)*;base64,)'
    r'|(?:data|bytes|file_data|fileData)"[ \t\r\n]*:[ \t\r\n]*"[A-Za-z0-9+/\\=_\r\n-]{16})'
)
_FAR = r'"(?:[ \t\r\n]+:[ \t\r\n]*|:(?:[ \t\r\n]{2,}|[\t\r\n]))"'
_BEYOND = (_ENCODED, FORM, _FAR)
_SPACED = b'": "'  # what most programs write for NAMED
_ESCAPES = ((b'\\"', b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\/", b"/"))
_MOST = 64 * 1024  # bytes: what is longer takes so long that it is for a thread
_SHORT = 1536  # bytes: a document that is no longer is read at once, whatever it says
_PIECE, _LONGEST_PIECE = 512, 4096  # bytes; the longest takes a millisecond where each byte is a new state
_MOMENT = 0.002  # seconds
_ANCHORED = re.compile(r"\\[AzZQ]|(?<!\\)[$^]")
_LETTERS = re.compile(f"{CLASS.pattern}|{ESCAPE.pattern}|\n", re.DOTALL)


class FormSkim:
    """For patterns that `skimmable` accepts; thread-safe."""

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
            made.Add(_quoted(form).encode("latin-1"))
        self._canary = made.Add(CANARY)
        self._beyond = frozenset(made.Add(form.encode("latin-1")) for form in _BEYOND)
        made.Compile()
        self.shortest = min(map(shortest, patterns), default=0)
        self._match: Callable[[bytes], list[int]] = made._set.Match  # what re2's own calls

    def seen(self, document: bytes) -> Collection[str] | None:
        """Those that may be in one of its texts; None where that cannot be told."""
        if len(document) > _MOST:
            return None
        text = document.replace(_SPACED, NAMED)
        if b"\\" in text:
            if b"\\\\" in text:
                return None  # JSON in JSON may escape its letters
            for escape, letter in _ESCAPES:
                text = text.replace(escape, letter)
            if b"\\" in text:
                return None  # a letter is written as a number
        if len(text) > _SHORT and not self._is_quick(text):
            return None
        found = self._match(text)
        if found == [self._canary]:
            return ()
        if self._canary not in found or not self._beyond.isdisjoint(found):
            return None  # the automaton outgrew its memory, or something may be hidden
        found.remove(self._canary)
        return frozenset(chain.from_iterable(map(self._forms.__getitem__, found)))

    def absent(self, text: bytes) -> bool:
        """Whether none of them is in a text; False where that cannot be told."""
        return self._match(text) == [self._canary]

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
    return not any(_ANCHORED.search(CLASS.sub("", pattern)) for pattern in patterns)


def _quoted(pattern: str) -> str:
    """A form that finds a quote, too, wherever it finds a line end."""
    return _LETTERS.sub(lambda letter: _or_quote(letter[0]), pattern)


@cache
def _or_quote(letter: str) -> str:
    form = re2.compile(letter.encode("latin-1"), options())
    return f'(?:{letter}|")' if form.fullmatch(b"\n") and not form.fullmatch(b'"') else letter


SKIM = SkimKind(lambda patterns: FormSkim(patterns) if skimmable(patterns) else None)
