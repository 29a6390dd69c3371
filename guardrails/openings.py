"""Turns a pattern into one for its prefixes: text ends that could still become a match.

`ab+c` has the prefixes `a`, `ab`, `abb` and so on, and its whole matches. The longest one found at the end of
the text so far is exactly what must be held back.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_FLAGS = re.compile(r"\(\?([ims]+)\)")
_GROUP = re.compile(r"\((?:\?(?:P?<[^>]*>|[ims]*:))?")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
ESCAPE = re.compile(r"\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[pP]\{\w+\}|[pP]\w|.)", re.DOTALL)
CLASS = re.compile(r"\[\^?\]?(?:\[:\^?[a-z]+:\]|\\x\{[0-9A-Fa-f]+\}|\\.|[^\]\\])*\]", re.DOTALL)
_NO_WIDTH = frozenset(["\\b", "\\B", "\\A", "\\z", "^", "$"])


class _Item(NamedTuple):
    """A part of a pattern: all of it, its prefixes, and its width."""

    full: str
    opening: str
    width: int | None  # in characters, 0 or 1; None: anything else
    least: int  # bytes of the shortest match


def opening(pattern: str) -> str:
    """A pattern for every prefix of the given one's matches, including the empty and the whole.

    Supports the part of re2's syntax that our and operators' patterns use; raises ValueError on the rest.
    """
    flags = _FLAGS.match(pattern)
    found = _read(pattern[flags.end() :] if flags else pattern)
    return f"(?{flags[1]}:{found.opening})" if flags else f"(?:{found.opening})"


def shortest(pattern: str) -> int:
    """The minimum number of bytes of a match; 0 if unknown."""
    if r"\Q" in pattern:
        return 0
    flags = _FLAGS.match(pattern)
    try:
        return _read(pattern[flags.end() :] if flags else pattern).least
    except ValueError:
        return 0


@lru_cache(maxsize=1024)  # used for prefixes and for lengths, in skims and openings of several cordons
def _read(pattern: str) -> "_Item":
    reader = _Reader(pattern)
    found = reader.alternatives()
    if reader.at != len(pattern):
        raise ValueError(f"the pattern cannot be read from {pattern[reader.at :]!r} on")
    return found


def openings(patterns: Iterable[str]) -> str:
    """One pattern for a text's end that may begin a match of any of these."""
    return f"(?:{'|'.join(map(opening, patterns))})\\z"


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def alternatives(self) -> _Item:
        found = [self._sequence()]
        while self._pattern.startswith("|", self.at):
            self.at += 1
            found.append(self._sequence())
        if len(found) == 1:
            return found[0]
        return _Item(
            f"(?:{'|'.join(each.full for each in found)})",
            f"(?:{'|'.join(each.opening for each in found)})",
            None,
            min(each.least for each in found),
        )

    def _sequence(self) -> _Item:
        items: list[_Item] = []
        while self.at < len(self._pattern) and self._pattern[self.at] not in "|)":
            items.append(self._quantified(self._item()))
        begun = ""
        for item in reversed(items):
            if item.width is None:
                begun = f"(?:{item.full}{begun}|{item.opening})" if begun else item.opening
            elif item.width == 0 and not begun:
                continue  # a trailing assertion: at the end of a partial text it may hold or not
            else:
                begun = f"(?:{item.full}{begun})?"
        least = sum(item.least for item in items)
        if len(items) == 1:
            return _Item(items[0].full, begun, items[0].width, least)
        return _Item("".join(item.full for item in items), begun, None, least)

    def _item(self) -> _Item:
        letter = self._pattern[self.at]
        if letter == "(":
            group = _GROUP.match(self._pattern, self.at)
            assert group is not None
            self.at = group.end()
            inner = self.alternatives()
            if not self._pattern.startswith(")", self.at):
                raise ValueError("a group without its end")
            self.at += 1
            head = group[0] if group[0].endswith(":") else "(?:"
            return _Item(f"{head}{inner.full})", f"{head}{inner.opening})", None, inner.least)
        form = {"\\": ESCAPE, "[": CLASS}.get(letter)
        found = letter
        if form is not None:
            match = form.match(self._pattern, self.at)
            if match is None:
                raise ValueError(f"{self._pattern[self.at :]!r} cannot be read")
            found = match[0]
        self.at += len(found)
        width = 0 if found in _NO_WIDTH else 1
        return _Item(found, "", width, width)

    def _quantified(self, item: _Item) -> _Item:
        match = _QUANTIFIER.match(self._pattern, self.at)
        if match is None:
            return item
        self.at = match.end()
        fewest, most = _bounds(match[0].rstrip("?") or "?")
        full, least = f"{item.full}{match[0]}", item.least * fewest
        if item.width == 1:
            return _Item(full, f"{item.full}{_up_to(most)}", None, least)
        begun = "" if most == 1 else f"(?:{item.full}){_up_to(None if most is None else most - 1)}"
        return _Item(full, f"{begun}{item.opening}", None, least)


def _bounds(quantifier: str) -> tuple[int, int | None]:
    """A quantifier's minimum and maximum; None: unbounded."""
    if quantifier in ("*", "+"):
        return int(quantifier == "+"), None
    if quantifier == "?":
        return 0, 1
    least, comma, most = quantifier.strip("{}").partition(",")
    return int(least), int(least) if not comma else int(most) if most else None


def _up_to(most: int | None) -> str:
    return "*" if most is None else f"{{0,{most}}}"
