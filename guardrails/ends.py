"""Finds at the end of a text what may still become a match, with re2."""

from collections.abc import Sequence

import re2

from guardrails.guard import WINDOW, OpeningsKind
from guardrails.openings import openings
from guardrails.rules import options


class Ends:
    """The beginnings of what some guards look for, compiled once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._pattern = re2.compile(openings(patterns).encode("latin-1"), options())

    def at(self, text: bytes) -> int:
        """Where the longest end of the text begins that may begin a match; else its length."""
        found = self._pattern.search(text, max(0, len(text) - WINDOW))
        return len(text) if found is None else int(found.start())


OPENINGS = OpeningsKind(Ends)
