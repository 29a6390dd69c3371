"""Patterns propose, validators decide: the engine below every pattern-based guard.

One re2 Set tells in microseconds which patterns may occur; only those are then searched for, and only their
matches are judged. re2 does not backtrack, so no text can make it slow: https://github.com/google/re2
"""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter, itemgetter
from time import perf_counter
from typing import NamedTuple

import re2

from guardrails.guard import GivingWay, Span
from guardrails.naming import any_of, near
from guardrails.openings import shortest
from guardrails.overlaps import Places
from guardrails.tables import Cell, Tables

SURE, LIKELY, WEAK = 1.0, 0.7, 0.3
THRESHOLD = 0.5
CONTEXT = 0.5  # what a word nearby adds
# A Set that runs out of memory reports no match. This pattern is in every text, so its absence reveals that.
CANARY = rb"\A"
_MEMORY = 32 * 1024 * 1024  # bytes that one Set's automaton may grow to


class Judged(NamedTuple):
    """A valid candidate: its position, and its score from 0 to 1."""

    start: int
    end: int
    score: float


Judge = Callable[[bytes, int, int], "Judged | None"]


def surely(text: bytes, start: int, end: int) -> Judged | None:
    """A judge for patterns that need no further proof."""
    return Judged(start, end, SURE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of one kind. Patterns are re2's, on UTF-8 bytes: `\\b` and `\\w` know only ASCII."""

    kind: str  # such as EMAIL
    patterns: tuple[str, ...]
    judge: Judge = surely
    words: tuple[str, ...] = ()  # context words: nearby, they make a weak candidate likely
    priority: int = 0
    heads: tuple[str, ...] = ()  # words that name it in a column's heading; empty: `words`
    # For numbers in groups: a rejected match may hide another candidate that begins inside it, and a rest of
    # fewer than three digits that another rule left of one does not count.
    again: bool = False
    over: re.Pattern[bytes] | None = None  # a stretch in which no candidate begins: skipped at once
    unlike: Callable[[bytes], bool] | None = None  # whether a heading says that its column holds other things


def shrinking(judge: Judge) -> Judge:
    """A judge that also tries the candidate without its last groups of digits.

    A pattern for numbers in groups also matches a number that follows: `4111 1111 1111 1111 12`.
    """

    def judged(text: bytes, start: int, end: int) -> Judged | None:
        found = judge(text, start, end)
        tries = _GROUPS
        while found is None and tries:
            shorter = text[start:end].rstrip(_DIGITS).rstrip(_OTHERS)
            if not shorter:
                return None
            end, tries = start + len(shorter), tries - 1
            found = judge(text, start, end)
        return found

    return judged


_PATIENCE = 5000  # rejected candidates after which none is sought inside another
_GROUPS = 6  # groups of digits that may be dropped
_DIGITS = b"0123456789"
_OTHERS = bytes(range(256)).translate(None, _DIGITS)


class Match(NamedTuple):
    """One match of a rule, with its score."""

    rule: Rule
    start: int
    end: int
    score: float


def options() -> re2.Options:
    """re2's options: patterns on bytes, no logging, bounded memory."""
    made = re2.Options()
    made.encoding = re2.Options.Encoding.LATIN1
    made.log_errors = False
    made.max_mem = _MEMORY
    return made


# The spans of a pattern's first match between two positions of a text, and of its groups; -1 if none.
Search = Callable[[bytes, int, int], Sequence[tuple[int, int]]]


def search(pattern: bytes) -> Search:
    """What re2's own `search` calls, without the match object that it creates."""
    return partial(re2.compile(pattern, options())._regexp.Match, re2._Anchor.UNANCHORED)


def loose(pattern: str) -> str:
    """A pattern that matches a superset: large repetition counts are unbounded.

    Counting makes automata large: one that counts to 64 at each letter of a random text grows with the text,
    and takes a hundred times as long.
    """
    return pattern if r"\Q" in pattern else _TOKENS.sub(_uncounted, pattern)


def _uncounted(token: re.Match[str]) -> str:
    least, most = token[1], token[2]
    if least is None or (
        int(least) <= _COUNTED and most != "," and int((most or least).strip(",")) <= _COUNTED
    ):
        return token[0]
    return f"{{{min(int(least), _COUNTED)},}}"


_COUNTED = 10  # larger counts are left open
_TOKENS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\x\{[^}]*\}|\\.|\{([0-9]+)(,[0-9]*)?\}")


_Words = re.Pattern[bytes] | None
# A pattern's rule, search, minimum length in bytes, context words, words in headings, and threshold.
_Compiled = tuple[Rule, Search, int, _Words, _Words, float]


class Rules:
    """Compiled rules; `scan` is thread-safe."""

    def __init__(self, rules: Iterable[Rule], thresholds: Mapping[str, float] | None = None) -> None:
        # By descending priority: a candidate within a match of higher priority need not be judged.
        rules = sorted(rules, key=lambda rule: -rule.priority)
        self.patterns = tuple(pattern for rule in rules for pattern in rule.patterns)
        self._set = re2.Set.SearchSet(options())
        self._compiled: list[_Compiled] = []
        for rule in rules:
            words = any_of(rule.words) if rule.words else None
            heads = any_of(rule.heads) if rule.heads else words
            least = (thresholds or {}).get(rule.kind, THRESHOLD)
            for pattern in rule.patterns:
                raw = pattern.encode("latin-1")
                self._set.Add(loose(pattern).encode("latin-1"))
                self._compiled.append((rule, search(raw), shortest(pattern), words, heads, least))
        self._canary = self._set.Add(CANARY)
        self._set.Compile()
        self._numbers: dict[str, list[int]] = {}
        for number, pattern in enumerate(self.patterns):
            self._numbers.setdefault(pattern, []).append(number)

    @property
    def forms(self) -> Set[str]:
        """The distinct patterns."""
        return self._numbers.keys()

    @property
    def kinds(self) -> frozenset[str]:
        """The types of the rules."""
        return frozenset(rule.kind for rule, *_ in self._compiled)

    def scan(self, text: bytes, seen: Collection[str] | None = None, span: Span | None = None) -> list[Match]:
        """The accepted matches, by rule and position; they may overlap, even within one kind.

        `seen`: the patterns that may occur, if already known. Raises MemoryError if re2 runs out of memory,
        and Lengthy if the scan takes longer than its span.
        """
        numbers = sorted(self._among(text) if seen is None else self._of(seen))
        if not numbers:
            return []
        span = span or GivingWay()
        found, known = list[Match](), 0
        weight, weightier = None, list[tuple[int, int]]()
        for number in numbers:
            priority = self._compiled[number][0].priority
            if priority != weight:
                weight = priority
                if len(found) > known:
                    known, weightier = len(found), sorted(map(_place, found))
            self._scan_one(number, text, weightier, span, found)
        return found

    def _among(self, text: bytes) -> list[int]:
        """The numbers of the patterns that may occur in the text."""
        numbers: list[int] | None = self._set.Match(text)
        if numbers is None or self._canary not in numbers:
            raise MemoryError("a set of patterns outgrew its memory")
        numbers.remove(self._canary)
        return numbers

    def _of(self, seen: Collection[str]) -> list[int]:
        known = self._numbers
        return list(chain.from_iterable(map(known.__getitem__, known.keys() & seen)))

    def _scan_one(
        self, number: int, text: bytes, weightier: Sequence[tuple[int, int]], span: Span, found: list[Match]
    ) -> None:
        """Adds one pattern's matches to `found`; `weightier`: spans of higher priority, in order."""
        rule, search, fewest, _, heads, least = self._compiled[number]
        judge, over, unlike, doubts = rule.judge, rule.over, rule.unlike, None
        at, patience, size = 0, _PATIENCE, len(text)
        taken, begins, ends = iter(weightier), 0, 0
        while at + fewest <= size and (place := search(text, at, size)[0])[0] >= 0:
            if perf_counter() > span.due:
                span.step()
            start, end = place
            while ends <= start:
                begins, ends = next(taken, _NONE)
            if begins <= start and end <= ends:
                at = ends
                continue
            if over is not None and (run := over.match(text, start)):
                at = run.end()
                continue
            judged = judge(text, start, end)
            if (
                heads is not None
                if judged is None or judged.score < least
                else unlike and (text[start - 1] in _JOINTS or text[start - 2 : start] == b"| ")
            ):
                doubts = doubts or _Doubts(text, self._compiled[number])
                judged = doubts.settled(start, end, judged)
            if judged is None:
                patience -= 1
                at = start + 1 if rule.again and patience > 0 else max(end, start + 1)
                continue
            first, at, score = judged
            if score >= least:
                found.append(Match(rule, first, at, score))
            at = at if at > start else start + 1
        if doubts is not None:
            found += doubts.listed()


_NONE = (sys.maxsize, sys.maxsize)  # after the last span


_JOINTS = frozenset(b",;|\t\n\"'(")


class _Doubts:
    """Decides on one pattern's uncertain candidates, which must be given in text order."""

    __slots__ = ("_heads", "_least", "_rule", "_tables", "_text", "_unnamed", "_words")

    def __init__(self, text: bytes, compiled: _Compiled) -> None:
        self._text, self._tables = text, Tables(text)
        self._rule, _, _, self._words, self._heads, self._least = compiled
        self._unnamed: list[Judged] = []

    def settled(self, start: int, end: int, judged: Judged | None) -> Judged | None:
        """The candidate judged with its context: the heading of its column, or a word nearby."""
        cell = self._tables.cell(start, end)
        if cell is not None:
            if self._rule.unlike is not None and self._rule.unlike(cell.heading):
                return None
            judged = self._headed(start, end, judged, cell)
        words = self._words
        if judged is None or words is None or judged.score >= self._least:
            return judged
        raised = judged._replace(score=judged.score + CONTEXT)
        if _likely(words, self._text, judged):
            return raised
        if raised.score >= self._least:
            self._unnamed.append(raised)
        return judged

    def listed(self) -> list[Match]:
        """The candidates that nothing names, but which form a list."""
        listed = _listed(self._text, self._unnamed) if len(self._unnamed) > 1 else ()
        return [Match(self._rule, *each) for each in listed]

    def _headed(self, start: int, end: int, judged: Judged | None, cell: Cell) -> Judged | None:
        """The candidate judged as if the heading of its column, with a colon, preceded its cell."""
        heads, text = self._heads, self._text
        if heads is None or judged and judged.score >= self._least:
            return judged
        if not heads.search(cell.heading):
            return judged
        said = b"%b: %b" % (cell.heading, text[cell.start : cell.end])
        moved = cell.start - len(cell.heading) - len(b": ")
        named = self._rule.judge(said, start - moved, end - moved)
        return named and Judged(named.start + moved, named.end + moved, min(SURE, named.score + CONTEXT))


# A Unix time from 2014 to 2033, in seconds, milliseconds, microseconds or nanoseconds.
TIME = re.compile(rb"1[4-9][0-9]{8}(?:[0-9]{3}){0,3}")


def _likely(words: re.Pattern[bytes], text: bytes, judged: Judged) -> bool:
    """Whether a context word is nearby, or the candidate is a line of its own, as a field's value is.

    A Unix time needs the word, and the line after a shell prompt does not count.
    """
    start, end = judged.start, judged.end
    if near(words, text, start, end):
        return True
    if TIME.fullmatch(text, start, end):
        return False
    if start and (
        text[start - 1 : start] != b"\n" or _PROMPTED.search(text, max(0, start - _COMMAND), start)
    ):
        return False
    return text[end : end + 1] in (b"", b"\n")


# A shell or REPL command line, which its output follows; longer ones are not recognised.
_PROMPTED = re.compile(rb"(?:\A|\n)(?:[\w@:~/.-]{1,40}[$%#>]|[$%]|>>>|In \[[0-9]+\]:) [^\n]*\n$")
_COMMAND = 160  # bytes


def _listed(text: bytes, candidates: Iterable[Judged]) -> list[Judged]:
    """The candidates that form a list: on adjacent lines, or several on one, that hold nothing else.

    Unix times are not among them.
    """
    lines: dict[tuple[int, int], list[Judged]] = {}
    begins, ends = 0, -1
    for each in candidates:
        if each.start > ends:
            begins = text.rfind(b"\n", 0, each.start) + 1
            ends = text.find(b"\n", each.end)
            ends = len(text) if ends < 0 else ends
        if not TIME.fullmatch(text, each.start, each.end):
            lines.setdefault((begins, ends), []).append(each)
    filled = {place: those for place, those in lines.items() if _fill(text, *place, those)}
    begun, ended = {begins for begins, _ in filled}, {ends for _, ends in filled}
    return [
        each
        for (begins, ends), those in filled.items()
        if len(those) > 1 or begins - 1 in ended or ends + 1 in begun
        for each in those
    ]


def _fill(text: bytes, begins: int, ends: int, those: Iterable[Judged]) -> bool:
    """Whether a line holds only these candidates and list separators."""
    edges = [begins, *chain.from_iterable((each.start, each.end) for each in those), ends]
    rest = (text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return not b"".join(rest).strip(b" \t,;")


_SPACE = b" \t\n\r\x0b\x0c"
_NOT_DIGIT = re.compile(rb"[^0-9]+")
_LEFT = 3  # digits
_start, _place = attrgetter("start"), itemgetter(1, 2)


def strongest(matches: Sequence[Match], text: bytes) -> list[Match]:
    """Resolves overlaps: by priority, then score, then length; the result is in text order.

    What remains of a match that yields still counts, without surrounding white space.
    """
    ordered, at = sorted(matches, key=_start), 0
    for _, start, end, _ in ordered:
        if start < at or text[start] in _SPACE or text[end - 1] in _SPACE:
            break
        at = end
    else:
        return ordered
    places = Places()
    taken: list[Match] = []
    for each in sorted(matches, key=lambda one: (-one.rule.priority, -one.score, one.start - one.end)):
        for start, end in places.take(each.start, each.end):
            left = text[start:end]
            first = start + len(left) - len(left.lstrip())
            last = end - len(left) + len(left.rstrip())
            if first < last and not (each.rule.again and len(_NOT_DIGIT.sub(b"", left)) < _LEFT):
                taken.append(each._replace(start=first, end=last))
    return sorted(taken, key=lambda each: each.start)
