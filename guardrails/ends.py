"""Finds at the end of a text what may still become a match, with re2."""

from collections.abc import Sequence

from guardrails.guard import WINDOW, OpeningsKind
from guardrails.openings import openings
from guardrails.rules import loose, search


class Ends:
    """The beginnings of what some guards look for, compiled once."""

    __slots__ = ("_first", "_search")

    def __init__(self, patterns: Sequence[str], forms: Sequence[str] | None = None) -> None:
        begun = openings(patterns)
        self._search = search(begun.encode("latin-1"))
        whole = [f"(?:{loose(form)})" for form in forms or ()]
        self._first = search("|".join([*whole, begun]).encode("latin-1")) if whole else None

    def at(self, text: bytes) -> int:
        """Where the longest end of the text begins that may begin a match; else its length."""
        size = len(text)
        start, _ = self._search(text, max(0, size - WINDOW), size)[0]
        return size if start < 0 else start

    def first(self, text: bytes) -> tuple[int, int] | None:
        """The first place at which a form is, or with which one may begin."""
        return None if self._first is None else self._first(text, 0, len(text))[0]


OPENINGS = OpeningsKind(Ends)
