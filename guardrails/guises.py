"""Variants in which a model may write a placeholder: `&lt;EMAIL_…&gt;`, `%3CEMAIL_…%3E`, `EMAIL_…`.

It makes HTML, Markdown or a link of it, has small letters or spaces in it, or leaves its brackets out. What
it stands for is known by its digest, so nothing else is taken for one.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple
from urllib.parse import quote

# A program may write the brackets of a text inside JSON as escapes, as Go does:
# https://pkg.go.dev/encoding/json#Marshal
_LEFT = (
    r"(?:(?<!\\)(?:(?P<run>\\*+)<|(?P<deep>\\++)u003[cC])"
    r"|(?P<entity>&(?:lt|#0{0,4}60|#[xX]0{0,4}3[cC]);)|%3[cC])"
)
_RIGHT = r"(?:(?P<right>\\*+)(?:>|(?<=\\)u003[eE])|&(?:gt|#0{0,4}62|#[xX]0{0,4}3[eE]);|%3[eE])"
_NAME = r"(?P<name>[A-Za-z](?:\\{0,8}[A-Za-z0-9_ -]){13,110}?)"
_OPENED = re.compile(f"{_LEFT} ?").match
_HALF_LEFT = re.compile(r"\\+(?:u(?:0(?:03?)?)?)?|&(?:l?|lt|#0{0,4}6?0?|#[xX]0{0,4}3?[cC]?)|%3?").fullmatch
_HALF_RIGHT = re.compile(
    r" ?(?:\\*(?:(?<=\\)u(?:0(?:03?)?)?)?|&(?:g?|gt|#0{0,4}6?2?|#[xX]0{0,4}3?[eE]?)|%3?)\Z"
).search
_CANONICAL = re.compile(r"[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}").fullmatch
_WORD = r"(?:\A|[^A-Za-z0-9]|\\[bfnrt])"  # what a word may come after: in ids letters stand anywhere
_PLAIN = str.maketrans(" -", "__", "\\")


def may_stand(document: bytes) -> bool:
    """Whether a placeholder, of whatever type and however it is written, may be in a whole JSON document."""
    return _signs()(document, 0, len(document))[0][0] >= 0


class Guise(NamedTuple):
    """A placeholder of this request, as it is written in a text."""

    start: int
    end: int
    name: str  # as it was given
    deep: int  # backslashes before a bracket that is an escape of JSON
    coded: str  # what its brackets are written for: "html", "link" or ""

    def dressed(self, value: str) -> str:
        """A value as its placeholder is written."""
        if self.coded == "link":
            return quote(value, safe="")
        return html.escape(value) if self.coded == "html" else value


class Names:
    """The placeholders of one request."""

    __slots__ = ("_forms", "_known", "_sorted", "unknown")

    def __init__(self, names: Collection[str]) -> None:
        self.unknown = 0  # that look like placeholders of this request and are none
        self._known = {name[1:-1].lower(): name for name in names}
        self._forms = _forms(frozenset(name[1 : name.rindex("_")] for name in names))
        self._sorted: list[str] | None = None  # when it is first asked for

    def hint(self, text: bytes) -> bool:
        """Whether one may stand or begin in a text, or in an event of JSON."""
        return self._forms.hint(text, 0, len(text))[0][0] >= 0

    def found(self, text: str) -> Iterator[Guise]:
        """Where they stand."""
        at, search = 0, self._forms.place
        while (found := search(text, at)) is not None:
            guise = self._bare(found) if found["kind"] else self._bracketed(found)
            at = max(found.start("name"), found.end("kind")) if guise is None else guise.end
            if guise is not None:
                yield guise

    def _bare(self, found: re.Match[str]) -> Guise | None:
        kind, digest = found["kind"].replace("\\", ""), found["digest"]
        for size in range(len(digest), 11, -1):
            if (name := self._known.get(f"{kind}_{digest[:size]}".lower())) is not None:
                return Guise(found.start(), found.start("digest") + size, name, 0, "")
        return None

    def _bracketed(self, found: re.Match[str]) -> Guise | None:
        said = found["name"]
        name = self._known.get(said.translate(_PLAIN).lower())
        if name is None:
            self.unknown += _CANONICAL(said) is not None
            return None
        # Those that escape the bracket go with it; others before it are the text's own.
        kept = max(0, len(found["run"] or "") - len(found["right"] or ""))
        coded = "html" if found["entity"] else "link" if found[0][0] == "%" else ""
        return Guise(found.start() + kept, found.end(), name, len(found["deep"] or ""), coded)

    def open_end(self, text: str, since: int) -> int:
        """Where the longest end of the text begins that one of them may begin with; else its length."""
        for found in self._forms.opens(text, since):
            if self._begins(text[found.start() :]):
                return found.start()
        return len(text)

    def _begins(self, tail: str) -> bool:
        opened = _OPENED(tail)
        if opened is None:
            said = tail.replace("\\", "")
            name = self._beginning(said.lower()) if said[:1].isupper() else None
            return _HALF_LEFT(tail) is not None or (name is not None and name.startswith(said, 1))
        rest = tail[opened.end() :]
        if self._beginning(rest.translate(_PLAIN).lower()) is not None:
            return True
        half = _HALF_RIGHT(rest)
        return half is not None and rest[: half.start()].translate(_PLAIN).lower() in self._known

    def _beginning(self, said: str) -> str | None:
        """A placeholder that goes on from there."""
        if self._sorted is None:
            self._sorted = sorted(self._known)
        at = bisect_right(self._sorted, said)
        goes_on = at < len(self._sorted) and self._sorted[at].startswith(said)
        return self._known[self._sorted[at]] if goes_on else None


_Found = Callable[[bytes, int, int], Sequence[tuple[int, int]]]


@cache
def _signs() -> _Found:
    """A bracket, or a letter that is an escape, or a digest: none is without."""
    found: _Found = import_module("guardrails.rules").search(rb"[<&%]|u00[2-7]|_[0-9a-f]{12}")
    return found


class _Forms(NamedTuple):
    """What is looked for, of some types of placeholders."""

    hint: _Found
    place: Callable[[str, int], re.Match[str] | None]
    opens: Callable[[str, int], Iterator[re.Match[str]]]


@lru_cache(maxsize=256)
def _forms(kinds: frozenset[str]) -> _Forms:
    search = import_module("guardrails.rules").search  # a process in which nothing is masked never needs re2
    letters = [[r"\\{0,8}_" if each == "_" else re.escape(each) for each in kind] for kind in sorted(kinds)]
    whole = "|".join("".join(each) for each in letters)
    begun = "|".join("(?:".join(each) + ")?" * (len(each) - 1) for each in letters)
    bare = rf"(?P<kind>{whole})\\{{0,8}}_(?P<digest>[0-9a-f]{{12,64}})"
    return _Forms(
        search(rf'[<&%]|u00(?:3[cC]|26)|{_WORD}(?:{begun})(?:["\\]|\z)|(?:{whole})_'.encode()),
        re.compile(rf"{_LEFT} ?{_NAME} ?{_RIGHT}|{bare}").search,
        re.compile(rf"(?<!\\)\\+|[<&%]|(?<!%3)(?<!u003)(?:(?:{begun})\\*\Z|(?:{whole})\\*_)").finditer,
    )
