"""Variants in which a model may write a placeholder: `&lt;EMAIL_…&gt;`, `%3CEMAIL_…%3E`, `EMAIL_…`.

A model may turn it into HTML, Markdown or a link, write it in lowercase or with spaces, wrap it over lines,
translate its type or omit its brackets. It is recognised by its digest, so nothing else is taken for one.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple
from urllib.parse import quote

# A program may escape brackets within JSON strings, as Go does:
# https://pkg.go.dev/encoding/json#Marshal
_LEFT = (
    r"(?:(?<!\\)(?:(?P<run>\\*+)<|(?P<deep>\\++)u003[cC])"
    r"|(?P<entity>&(?:lt|#0{0,4}60|#[xX]0{0,4}3[cC]);)|%3[cC])"
)
_RIGHT = r"(?:(?P<right>\\*+)(?:>|(?<=\\)u003[eE])|&(?:gt|#0{0,4}62|#[xX]0{0,4}3[eE]);|%3[eE])"
# Letters of any script, because a type may be translated; and line breaks, or hints where a line may break.
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
_WORD = r"(?:\A|[^A-Za-z0-9]|\\[bfnrt])"  # before a word; otherwise letters within ids would match
_ASIDE = re.compile(r"[\W_]+")


def may_stand(document: bytes) -> bool:
    """Whether a complete JSON document may contain a placeholder, of any type and in any variant."""
    return _signs()(document, 0, len(document))[0][0] >= 0


class Guise(NamedTuple):
    """A variant: a placeholder of this request, as it is written in a text."""

    start: int
    end: int
    name: str  # the placeholder as issued
    deep: int  # backslashes before a bracket that is a JSON escape
    coded: str  # how its brackets are encoded: "html", "link" or ""

    def dressed(self, value: str) -> str:
        """A value, encoded like its placeholder."""
        if self.coded == "link":
            return quote(value, safe="")
        return html.escape(value) if self.coded == "html" else value


class Names:
    """Finds the placeholders of one request in a text, in all their variants."""

    __slots__ = ("_by_digest", "_digests", "_forms", "_known", "_longest", "_sorted", "unknown")

    def __init__(self, names: Collection[str]) -> None:
        self.unknown = 0  # lookalikes found that are not placeholders of this request
        self._known = {_squeezed(name): name for name in names}
        self._by_digest = {name[name.rindex("_") + 1 : -1]: name for name in names}
        self._digests: list[str] | None = None
        self._longest = max(map(len, names), default=2) - 2  # without brackets
        self._forms = _forms(frozenset(name[1 : name.rindex("_")] for name in names))
        self._sorted: list[str] | None = None  # computed when first needed, like _digests

    def hint(self, text: bytes) -> bool:
        """Whether a placeholder may occur or begin in a text, or in a JSON event."""
        return self._forms.hint(text, 0, len(text))[0][0] >= 0

    def found(self, text: str) -> Iterator[Guise]:
        """The placeholders in a text, in order."""
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
        # Backslashes that escape the bracket are part of it; any before them belong to the text.
        kept = max(0, len(found["run"] or "") - len(found["right"] or ""))
        coded = "html" if found["entity"] else "link" if found[0][0] == "%" else ""
        return Guise(found.start() + kept, found.end(), name, len(found["deep"] or ""), coded)

    def open_end(self, text: str, since: int) -> int:
        """The start of the longest suffix of the text that may begin a placeholder; otherwise its length."""
        for found in self._forms.opens(text, since):
            if self._begins(text[found.start() :]):
                return found.start()
        return len(text)

    def _named(self, said: str) -> str | None:
        """The placeholder by type and digest; with another type, by digest alone."""
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
        """A match under another type, unless it is longer than the longest placeholder of this request."""
        said = said.replace("\\", "")
        return _OTHER_TYPE(said) if len(said) <= self._longest else None

    def _begun(self, said: str) -> str | None:
        """A placeholder that begins with, or equals, this squeezed text."""
        if self._sorted is None:
            self._sorted = sorted(self._known)
        found = _first(self._sorted, said)
        return None if found is None else self._known[found]


def _first(names: Sequence[str], said: str) -> str | None:
    """The first of the sorted names with this prefix."""
    at = bisect_left(names, said)
    return names[at] if at < len(names) and names[at].startswith(said) else None


def _squeezed(name: str) -> str:
    """A placeholder in lowercase without separators, the same for all variants."""
    return _ASIDE.sub("", name).lower()


_Found = Callable[[bytes, int, int], Sequence[tuple[int, int]]]


@cache
def _signs() -> _Found:
    """Searches for a bracket, an escaped letter, or a digest: every variant has one of them."""
    found: _Found = import_module("guardrails.rules").search(rb"[<&%]|u00[2-7]|_[0-9a-fA-F]{12}")
    return found


class _Forms(NamedTuple):
    """The searches for some types of placeholders."""

    hint: _Found
    place: Callable[[str, int], re.Match[str] | None]
    opens: Callable[[str, int], Iterator[re.Match[str]]]


@lru_cache(maxsize=256)
def _forms(kinds: frozenset[str]) -> _Forms:
    search = import_module("guardrails.rules").search  # loaded late: without masking, re2 is never needed
    letters = [[r"\\{0,8}_" if each == "_" else re.escape(each) for each in kind] for kind in sorted(kinds)]
    whole = "|".join("".join(each) for each in letters)
    begun = "|".join("(?:".join(each) + ")?" * (len(each) - 1) for each in letters)
    bare = rf"(?P<kind>{whole})\\{{0,8}}_(?P<digest>[0-9a-fA-F]{{12,64}})"
    return _Forms(
        search(rf'[<&%]|u00(?:3[cC]|26)|{_WORD}(?:{begun})(?:["\\]|\z)|(?:{whole})_'.encode()),
        re.compile(rf"{_LEFT} ?{_NAME} ?{_RIGHT}|{bare}").search,
        re.compile(rf"(?<!\\)\\+|[<&%]|(?<!%3)(?<!u003)(?:(?:{begun})\\*\Z|(?:{whole})\\*_)").finditer,
    )
