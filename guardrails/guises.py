"""Variants in which a model may write a placeholder: `&lt;EMAIL_…&gt;`, `%3CEMAIL_…%3E`, `EMAIL_…`.

It makes HTML, Markdown or a link of it, has small letters or spaces in it, wraps it over lines, translates
its type or leaves its brackets out. It is known by its digest, so nothing else is taken for one.
"""

import html
import re
from bisect import bisect_left
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
# Of any script, for a type may be translated; and what breaks a line, or shows where one may be broken.
_LETTER, _INNER = r"[^\W\d_]", r"[\w\s\u00ad\u200b-\u200d\u2010\u2011\u2060-]"
_NAME = rf"(?P<name>{_LETTER}(?:\\{{0,8}}{_INNER}){{13,110}}?)"
_GOES_ON = re.compile(rf"{_LETTER}(?:\\{{0,8}}+{_INNER})*+\\*+").fullmatch
_OTHER_TYPE = re.compile(rf"{_LETTER}{{1,31}}(?:_(?P<digest>[0-9a-fA-F]*))?").fullmatch
_OPENED = re.compile(f"{_LEFT} ?").match
_HALF_LEFT = re.compile(r"\\+(?:u(?:0(?:03?)?)?)?|&(?:l?|lt|#0{0,4}6?0?|#[xX]0{0,4}3?[cC]?)|%3?").fullmatch
_HALF_RIGHT = re.compile(
    r" ?(?:\\*(?:(?<=\\)u(?:0(?:03?)?)?)?|&(?:g?|gt|#0{0,4}6?2?|#[xX]0{0,4}3?[eE]?)|%3?)\Z"
).search
_CANONICAL = re.compile(r"[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}").fullmatch
_WORD = r"(?:\A|[^A-Za-z0-9]|\\[bfnrt])"  # what a word may come after: in ids letters stand anywhere
_ASIDE = re.compile(r"[\W_]+")


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

    __slots__ = ("_by_digest", "_digests", "_forms", "_known", "_longest", "_sorted", "unknown")

    def __init__(self, names: Collection[str]) -> None:
        self.unknown = 0  # that look like placeholders of this request and are none
        self._known = {_squeezed(name): name for name in names}
        self._by_digest = {name[name.rindex("_") + 1 : -1]: name for name in names}
        self._digests: list[str] | None = None
        self._longest = max(map(len, names), default=2) - 2  # without brackets
        self._forms = _forms(frozenset(name[1 : name.rindex("_")] for name in names))
        self._sorted: list[str] | None = None  # these two when they are first asked for

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
            if (name := self._known.get(_squeezed(f"{kind}{digest[:size]}"))) is not None:
                return Guise(found.start(), found.start("digest") + size, name, 0, "")
        return None

    def _bracketed(self, found: re.Match[str]) -> Guise | None:
        said = found["name"]
        name = self._named(said)
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

    def _named(self, said: str) -> str | None:
        """By its type and digest; under another type by its digest alone."""
        if (name := self._known.get(_squeezed(said))) is not None:
            return name
        other = self._other(said)
        return None if other is None else self._by_digest.get((other["digest"] or "").lower())

    def _begins(self, tail: str) -> bool:
        opened = _OPENED(tail)
        if opened is None:
            return self._begins_bare(tail.replace("\\", "")) or _HALF_LEFT(tail) is not None
        rest = tail[opened.end() :]
        if not rest or _GOES_ON(rest) and self._goes_on(rest):
            return True
        half = _HALF_RIGHT(rest)
        said = "" if half is None else rest[: half.start()]
        return _GOES_ON(said) is not None and self._named(said) is not None

    def _begins_bare(self, said: str) -> bool:
        if not said.isidentifier() or (name := self._begun(_squeezed(said))) is None:
            return False
        return name.startswith(said[: name.rindex("_")], 1)

    def _goes_on(self, said: str) -> bool:
        if self._begun(_squeezed(said)) is not None:
            return True
        other = self._other(said)
        if other is None:
            return False
        if self._digests is None:
            self._digests = sorted(self._by_digest)
        return _first(self._digests, (other["digest"] or "").lower()) is not None

    def _other(self, said: str) -> re.Match[str] | None:
        """Of another type, which makes it no longer than the longest of this request's own."""
        said = said.replace("\\", "")
        return _OTHER_TYPE(said) if len(said) <= self._longest else None

    def _begun(self, said: str) -> str | None:
        """A placeholder that goes on from there, or ends there."""
        if self._sorted is None:
            self._sorted = sorted(self._known)
        found = _first(self._sorted, said)
        return None if found is None else self._known[found]


def _first(names: Sequence[str], said: str) -> str | None:
    """The first of sorted names that begins so."""
    at = bisect_left(names, said)
    return names[at] if at < len(names) and names[at].startswith(said) else None


def _squeezed(name: str) -> str:
    """What is the same of a placeholder however its parts are kept apart."""
    return _ASIDE.sub("", name).lower()


_Found = Callable[[bytes, int, int], Sequence[tuple[int, int]]]


@cache
def _signs() -> _Found:
    """A bracket, or a letter that is an escape, or a digest: none is without."""
    found: _Found = import_module("guardrails.rules").search(rb"[<&%]|u00[2-7]|_[0-9a-fA-F]{12}")
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
    bare = rf"(?P<kind>{whole})\\{{0,8}}_(?P<digest>[0-9a-fA-F]{{12,64}})"
    return _Forms(
        search(rf'[<&%]|u00(?:3[cC]|26)|{_WORD}(?:{begun})(?:["\\]|\z)|(?:{whole})_'.encode()),
        re.compile(rf"{_LEFT} ?{_NAME} ?{_RIGHT}|{bare}").search,
        re.compile(rf"(?<!\\)\\+|[<&%]|(?<!%3)(?<!u003)(?:(?:{begun})\\*\Z|(?:{whole})\\*_)").finditer,
    )
