"""How deeply a position is nested in JSON strings, which decides how often a value is escaped.

A text that begins with a bracket is taken for JSON, and so is a string inside it; in other texts quotes are
just quotes.
"""

import json
import re

from guardrails.readings import level

_QUOTE = re.compile(r'(\\*)"')
_LAST = re.compile(r"\\*\Z")
_FIRST = re.compile(r"\S")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')


class Nesting:
    """Tracks the nesting at the end of one text, which is fed in order."""

    __slots__ = ("_begins", "_deepest", "_run", "depth", "in_json")

    def __init__(self, *, in_json: bool = False) -> None:
        """`in_json`: the text is JSON, regardless of its first character."""
        self.in_json = in_json
        self.depth = 0  # 1 in a JSON string, 2 in a string of JSON within that
        self._begins = True  # the first character of the text, or of a string in it, is yet to come
        self._deepest = int(in_json)  # the level of strings that may begin here
        self._run = 0  # trailing backslashes of the text so far

    @property
    def over(self) -> bool:
        """Whether the text is known not to be JSON, so that further input changes nothing."""
        return not (self._begins or self._deepest or self.depth)

    def read(self, text: str) -> None:
        """Reads the next piece of the text."""
        at, size = 0, len(text)
        while at < size and not self.over:
            if self._begins:
                if (first := _FIRST.search(text, at)) is None:
                    return
                at = first.start()
                self._begun(first[0])
                continue
            quote = _QUOTE.search(text, at)
            if quote is None:
                run = len(text) - _last(text, at)
                self._run = run + self._run if run == size else run
                return
            self._quoted(level(len(quote[1]) + (0 if quote.start() else self._run)))
            self._run = 0
            at = quote.end()

    def _begun(self, letter: str) -> None:
        self._begins = False
        if letter in "{[":
            self._deepest = self.depth + 1

    def _quoted(self, of: int) -> None:
        if of <= self.depth:
            self.depth, self._deepest = of - 1, of
        elif of == self.depth + 1 <= self._deepest:
            self.depth = self._deepest = of
            self._begins = True


def _last(text: str, since: int) -> int:
    found = _LAST.search(text, since)
    return len(text) if found is None else found.start()


PROSE = Nesting()
PROSE.read("-")  # immutable from now on: `over` is true


def is_plain(text: str) -> bool:
    """Whether a text needs no escaping at any depth of JSON."""
    return _PLAIN.fullmatch(text) is not None


def escaped(text: str, depth: int) -> str:
    """A text, escaped for that depth of JSON strings."""
    if not is_plain(text):
        for _ in range(depth):
            text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text
