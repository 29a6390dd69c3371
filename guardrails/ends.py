"""Finds the suffix of a text that may still become a match, with re2."""

from collections.abc import Sequence

from guardrails.guard import WINDOW, OpeningsKind
from guardrails.openings import openings
from guardrails.rules import search


class Ends:
    """Openings: the possible beginnings of some guards' matches, compiled once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._search = search(openings(patterns).encode("latin-1"))

    def at(self, text: bytes, since: int = 0) -> int:
        """The start of the longest suffix of the text that may begin a match; otherwise its length."""
        size = len(text)
        if size - since > WINDOW:
            since = size - WINDOW
        start, _ = self._search(text, since, size)[0]
        return size if start < 0 else start


OPENINGS = OpeningsKind(Ends)
