"""Whether a whole JSON document holds nothing that any of some forms could begin to describe, at one look.

Its strings are not taken apart: quotes become the line ends that stand between texts, so a form that is in a
text is in the document, too. What could hide a text from that look, such as base64, makes the answer no. A no
says nothing: then the texts are read one by one.
"""

import re
from collections.abc import Sequence

import re2

from guardrails.guard import SkimKind
from guardrails.rules import CANARY, loose, options

_QUOTES = bytes.maketrans(b'"', b"\n")
_ENCODED = re.compile(rb"[\n,][A-Za-z0-9+/=_-]{64}")  # what may be a text in base64
_ESCAPES = ((b"\\\n", b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\/", b"/"))
_MOST = 64 * 1024  # bytes: the look for base64 lets no other thread run, and would take 7 ms of a megabyte
_ANCHORED = re.compile(r"\\[AzZ]|(?<!\\)[$^]")
_CLASSES = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


class FormSkim:
    """Of forms that `skimmable` agrees to; may be asked in any thread."""

    __slots__ = ("_canary", "_set")

    def __init__(self, patterns: Sequence[str]) -> None:
        self._set = re2.Set.SearchSet(options())
        for pattern in dict.fromkeys(map(loose, patterns)):
            self._set.Add(pattern.encode("latin-1"))
        self._canary = [self._set.Add(CANARY)]
        self._set.Compile()

    def clean(self, document: bytes) -> bool:
        """Whether nothing in it can be a finding."""
        if len(document) > _MOST:
            return False
        text = document.translate(_QUOTES)
        if b"\\" in text:
            if b"\\\\" in text:
                return False  # JSON in JSON may escape its letters
            for escape, letter in _ESCAPES:
                text = text.replace(escape, letter)
            if b"\\" in text:
                return False  # a letter is written as a number
        if _ENCODED.search(text):
            return False
        # Where the automaton outgrows its memory, not even the canary is found.
        found: list[int] | None = self._set.Match(text + CANARY)
        return found == self._canary


def skimmable(patterns: Sequence[str]) -> bool:
    """Whether none of them asks where a text begins or ends: in a document that is not to be seen."""
    return not any(_ANCHORED.search(_CLASSES.sub("", pattern)) for pattern in patterns)


SKIM = SkimKind(lambda patterns: FormSkim(patterns) if skimmable(patterns) else None)
