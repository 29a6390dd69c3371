"""How deeply a position is nested in JSON strings, which decides how often a value is escaped.

A text is JSON where it begins with a bracket, and so is a string inside it: what begins otherwise says its
quotes as anybody does.
"""

import json
import re

from guardrails.readings import level

_QUOTE = re.compile(r'(\\*)"')
_LAST = re.compile(r"\\*\Z")
_FIRST = re.compile(r"\S")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')


class Nesting:
    """One text, fed in order."""

    __slots__ = ("_begins", "_deepest", "_run", "depth", "in_json")

    def __init__(self, *, in_json: bool = False) -> None:
        """`in_json`: the text is JSON, whatever it begins with."""
        self.in_json = in_json
        self.depth = 0  # in a string of JSON 1, in one of JSON in that 2
        self._begins = True  # the first letter of a text, or of a string in it, has not come
        self._deepest = int(in_json)  # the level of strings that may begin here
        self._run = 0  # backslashes that what came ends with

    @property
    def over(self) -> bool:
        """Whether nothing that comes changes anything: the text is no JSON."""
        return not (self._begins or self._deepest or self.depth)

    def read(self, text: str) -> None:
        """What comes next."""
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
PROSE.read("-")  # nothing that it is told changes it


def is_plain(text: str) -> bool:
    """Whether it is the same however deep in JSON it stands."""
    return _PLAIN.fullmatch(text) is not None


def escaped(text: str, depth: int) -> str:
    """A text as it stands so deep in JSON."""
    if not is_plain(text):
        for _ in range(depth):
            text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text
