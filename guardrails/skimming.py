"""Which of several patterns may occur in a JSON document, decided in one pass.

The document is not split into strings: a quote matches as itself and as the line end that separates texts, so
a form in a text is also found in the document. If something could hide a text from this, such as base64, the
answer is "unknown", and the texts are read one by one.
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

# What could hide a text: base64, a disguised form, and a member's name that is far from its value.
_ENCODED = (
    r'"(?:[A-Za-z0-9+/\\=_\r\n-]{64}|(?i:data:[\w.+/\\-]*(?:;[\w=.+-]*)*;base64,)'
    r'|(?:data|bytes|file_data|fileData)"[ \t\r\n]*:[ \t\r\n]*"[A-Za-z0-9+/\\=_\r\n-]{16})'
)
_FAR = r'"(?:[ \t\r\n]+:[ \t\r\n]*|:(?:[ \t\r\n]{2,}|[\t\r\n]))"'
_BEYOND = (_ENCODED, FORM, _FAR)
_SPACED = b'": "'  # how most programs write NAMED
_ESCAPES = ((b'\\"', b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\/", b"/"))
_MOST = 64 * 1024  # bytes: a longer document takes so long that it belongs in a thread
_SHORT = 1536  # bytes: a document up to this size is read at once
_PIECE, _LONGEST_PIECE = 512, 4096  # bytes; the longest takes a millisecond if each byte is a new state
_MOMENT = 0.002  # seconds
_ANCHORED = re.compile(r"\\[AzZQ]|(?<!\\)[$^]")
_LETTERS = re.compile(f"{CLASS.pattern}|{ESCAPE.pattern}|\n", re.DOTALL)


class FormSkim:
    """A Skim for patterns that `skimmable` accepts; thread-safe."""

    __slots__ = ("_beyond", "_canary", "_clock", "_forms", "_match", "shortest")

    def __init__(self, patterns: Sequence[str], clock: Callable[[], float] = thread_time) -> None:
        """`clock`: seconds, to give up on a document that takes too long."""
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
        """The patterns that may occur in one of its texts; None if that is unknown."""
        if len(document) > _MOST:
            return None
        text = document.replace(_SPACED, NAMED)
        if b"\\" in text:
            if b"\\\\" in text:
                return None  # JSON within JSON may contain escaped letters
            for escape, letter in _ESCAPES:
                text = text.replace(escape, letter)
            if b"\\" in text:
                return None  # a \u escape
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
        """Whether a text contains none of the patterns; False if that is unknown."""
        return self._match(text) == [self._canary]

    def _is_quick(self, text: bytes) -> bool:
        """Whether the whole text can be matched in a moment, tried piece by piece.

        A random text makes the automaton build new states, at a hundred times the cost of reading; states
        built once are reused.
        """
        until, at, size = self._clock() + _MOMENT, 0, _PIECE
        while at < len(text):
            self._match(text[at : at + size])
            if self._clock() > until:
                return False
            at, size = at + size, min(2 * size, _LONGEST_PIECE)
        return True


def skimmable(patterns: Sequence[str]) -> bool:
    """Whether no pattern is anchored to a text's beginning or end, which a document does not show."""
    return not any(_ANCHORED.search(CLASS.sub("", pattern)) for pattern in patterns)


def _quoted(pattern: str) -> str:
    """The pattern, with each character that matches a line end also matching a quote."""
    return _LETTERS.sub(lambda letter: _or_quote(letter[0]), pattern)


@cache
def _or_quote(letter: str) -> str:
    form = re2.compile(letter.encode("latin-1"), options())
    return f'(?:{letter}|")' if form.fullmatch(b"\n") and not form.fullmatch(b'"') else letter


SKIM = SkimKind(lambda patterns: FormSkim(patterns) if skimmable(patterns) else None)
