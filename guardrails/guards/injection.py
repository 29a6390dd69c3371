"""Instructions to a model: known attack phrases, disguises, and texts with an attack's vocabulary.

Data, such as a tool's result, is judged more strictly than a user's words: it should contain no instructions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.allowing import Allowed
from guardrails.forms import own_rules, stages_of
from guardrails.guard import NAMED, SEPARATOR, Action, Finding, Guard, GuardKind, Segment, Span, Stage
from guardrails.injections.phrases import KINDS, LIKELY, RULES, STRICT
from guardrails.injections.views import View, plain, views
from guardrails.injections.words import WordModel
from guardrails.rules import Match, Rules

_TO_A_MODEL: frozenset[Stage] = frozenset(["input", "tool_result"])
_SHORTEST = 16  # bytes: the words of a shorter text tell nothing
_AT_ONCE, _OVERLAP = 16 * 1024, 512  # bytes
_SENTENCE = re.compile(rb"[.!?]\s|\n|%b" % NAMED)
_REACH = 400  # bytes of a sentence on either side of a phrase


@dataclass(frozen=True, slots=True)
class InjectionGuard:
    """Inspects a text as it is, and without disguises."""

    name: str
    action: Action
    stages: frozenset[Stage]
    lenient: Rules
    strict: Rules
    model: WordModel
    allowed: Allowed
    shift: float  # added to the word model's threshold

    @property
    def kinds(self) -> frozenset[str]:
        return KINDS | self.strict.kinds

    @property
    def partial(self) -> Sequence[str]:
        return ()  # it inspects no answers

    def inspect(self, segment: Segment) -> list[Finding]:
        text, found, moved = segment.text, [], msgspec.structs.replace
        for start, end in _slices(text):
            of_slice = self._inspect(text[start:end], segment.stage == "tool_result", segment.span)
            found += [moved(each, start=each.start + start, end=each.end + start) for each in of_slice]
        return [each for each in found if not self.allowed.covers(text[each.start : each.end])]

    def _inspect(self, text: bytes, data: bool, span: Span | None) -> list[Finding]:
        rules = self.strict if data else self.lenient
        found = [self._finding(each, *_sentence(text, each)) for each in rules.scan(text, span=span)]
        limit = (self.model.strict if data else self.model.threshold) + self.shift
        for view in views(text):
            matches = rules.scan(view.text, span=span)
            found += [self._finding(each, *view.place(each.start)) for each in matches]
            found += self._likely(view, limit) if view.disguised and not matches else []
        for start, end in _texts(text):
            if span is not None:
                span.step()
            said = plain(_besides(text, start, end, found)).decode("utf-8", "replace")
            if self.model.reaches(said, limit):
                found.append(Finding(self.name, LIKELY, self.action, start, end, value=False))
        return found

    def _likely(self, view: View, limit: float) -> Iterator[Finding]:
        for said, start, end in view.parts():
            if len(said) >= _SHORTEST and self.model.reaches(plain(said).decode("utf-8", "replace"), limit):
                yield Finding(self.name, LIKELY, self.action, start, end, value=False)

    def _finding(self, match: Match, start: int, end: int) -> Finding:
        return Finding(self.name, match.rule.kind, self.action, start, end, match.rule.priority, value=False)


def _slices(text: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of overlapping parts of a text, each short enough not to block other threads."""
    at = 0
    while at + _AT_ONCE < len(text):
        end = text.rfind(b" ", at + _AT_ONCE // 2, at + _AT_ONCE)
        end = at + _AT_ONCE if end < 0 else end
        yield at, end
        at = end - _OVERLAP
    yield at, len(text)


def _texts(joined: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    for text in joined.replace(NAMED, SEPARATOR).split(SEPARATOR):
        if len(text) >= _SHORTEST:
            yield at, at + len(text)
        at += len(text) + len(SEPARATOR)


def _besides(text: bytes, start: int, end: int, found: Sequence[Finding]) -> bytes:
    """A text without the phrases found in it: the remaining words may be harmless."""
    left, at = [], start
    for each in sorted(found, key=lambda one: one.start):
        if start <= each.start < end:
            left.append(text[at : max(at, each.start)])
            at = max(at, min(each.end, end))
    return b"".join(left) + text[at:end]


def _sentence(text: bytes, match: Match) -> tuple[int, int]:
    """The sentence around a phrase, because all of it is the instruction."""
    first = max(0, match.start - _REACH)
    start = max([found.end() for found in _SENTENCE.finditer(text, first, match.start)], default=first)
    last = _SENTENCE.search(text, match.end, match.end + _REACH)
    end = min(match.end + _REACH, len(text)) if last is None else last.start() + 1
    while text[end - 1 : end].isspace():
        end -= 1
    return start, max(end, match.end)


def build(facts: GuardFacts) -> Guard:
    """Settings: `allow`, `patterns`, `words` and the threshold of `injection_likely`."""
    stages = stages_of(facts, ("input", "tool_result"))
    if not stages <= _TO_A_MODEL:
        raise ValueError(f"The guard '{facts.name}' reads what goes to a model: input and tool_result.")
    own = own_rules(facts)
    return InjectionGuard(
        facts.name,
        facts.action or "flag",
        stages,
        Rules([*RULES, *own]),
        Rules([*STRICT, *own]),
        WordModel.read((files("guardrails.injections") / "words.bin").read_bytes()),
        Allowed(facts.allow),
        facts.thresholds.get("injection_likely", 0.0),
    )


TAKES = Takes(("allow", "patterns", "words", "thresholds"), thresholds=("injection_likely",))
GUARD = GuardKind(build)
