"""Finds answers that repeat confidential instructions: much of the system prompt, or a canary.

A canary is a text that the operator puts into the prompt and that has no reason to appear in an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.forms import stages_of, words_pattern
from guardrails.guard import WINDOW, Action, Finding, Guard, GuardKind, Openings, Segment, Stage
from guardrails.hiding import hidden
from guardrails.rules import Rule, Rules

_USUAL = 80  # bytes
_LEAST = 16
_OF_ANSWERS: frozenset[Stage] = frozenset(["output"])


@dataclass(frozen=True, slots=True)
class LeakGuard:
    """Finds canaries; once bound to a request, also parts of its system prompt."""

    name: str
    action: Action
    stages: frozenset[Stage]
    canaries: Rules | None
    partial: Sequence[str]
    most: int  # contiguous bytes of the prompt that an answer may repeat
    kinds: frozenset[str] = frozenset(["CANARY", "SYSTEM_PROMPT"])

    def inspect(self, segment: Segment) -> list[Finding]:
        if self.canaries is None:
            return []
        return [
            Finding(self.name, "CANARY", self.action, each.start, each.end, 90)
            for each in self.canaries.scan(segment.text)
        ]

    def bound(self, told: Sequence[bytes], openings: Openings) -> "tuple[Guard, Openings]":
        """The guard for one request's answer; `told` are its system texts, as the model gets them."""
        texts = [text.lower() for text in told if len(text) > self.most]
        if not texts:
            return self, openings
        prompt = b"\0".join(texts)
        step = (self.most + 1) // 2
        starts = {
            prompt[at : at + step]: at
            for at in range(0, len(prompt) - step + 1, step)
            if b"\0" not in prompt[at : at + step]
        }
        guard = _Bound(self, prompt, starts, step)
        return guard, _Repeated(openings, prompt, self.most)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A LeakGuard bound to a prompt, which is cut into pieces.

    A piece is half of what may be repeated, so any longer repetition contains a whole one.
    """

    guard: LeakGuard
    prompt: bytes
    pieces: dict[bytes, int] = field(repr=False)
    step: int

    @property
    def name(self) -> str:
        return self.guard.name

    @property
    def stages(self) -> frozenset[Stage]:
        return self.guard.stages

    @property
    def kinds(self) -> frozenset[str]:
        return self.guard.kinds

    @property
    def partial(self) -> Sequence[str]:
        return self.guard.partial

    def inspect(self, segment: Segment) -> list[Finding]:
        found = self.guard.inspect(segment)
        text, step, at = segment.text.lower(), self.step, 0
        while at + step <= len(text):
            place = self.pieces.get(text[at : at + step])
            if place is None:
                at += 1
                continue
            start, end = self._grown(text, at, place)
            if end - start > self.guard.most:
                found.append(Finding(self.name, "SYSTEM_PROMPT", self.guard.action, start, end, 80))
                at = end
            else:
                at += 1
        return found

    def _grown(self, text: bytes, at: int, place: int) -> tuple[int, int]:
        """Extends a match in both directions, as far as the text equals the prompt."""
        prompt, start, end = self.prompt, at, at + self.step
        before, after = place, place + self.step
        while start and before and text[start - 1] == prompt[before - 1] != 0:
            start, before = start - 1, before - 1
        while end < len(text) and after < len(prompt) and text[end] == prompt[after] != 0:
            end, after = end + 1, after + 1
        return start, end


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Openings that also hold back the end of a text that repeats a part of the prompt within the limit."""

    others: Openings
    prompt: bytes
    most: int

    def at(self, text: bytes, since: int = 0) -> int:
        tail = text[max(since, len(text) - self.most - 1) :].lower()
        least, longest = 0, len(tail)
        while least < longest:  # bisection works: each suffix of a repeated tail is repeated, too
            middle = (least + longest + 1) // 2
            if tail[-middle:] in self.prompt:
                least = middle
            else:
                longest = middle - 1
        return min(self.others.at(text, since), len(text) - least)


def _canaries(texts: Sequence[str]) -> str:
    plain = words_pattern(texts).removeprefix("(?i)")
    return "|".join([f"(?i:{plain})", *(form for text in texts for form in hidden(text))])


def build(facts: GuardFacts) -> Guard:
    """Settings: `canaries`, and `max_bytes` of the prompt that an answer may repeat in one piece."""
    stages = stages_of(facts, ("output",))
    if not stages <= _OF_ANSWERS or facts.action == "mask":
        raise ValueError(f"The guard '{facts.name}' reads answers, and blocks, redacts or flags.")
    most = _USUAL if facts.max_bytes is None else facts.max_bytes
    if not _LEAST <= most <= WINDOW:
        raise ValueError(f"The guard '{facts.name}' takes `max_bytes` from {_LEAST} to {WINDOW}.")
    patterns = (_canaries(facts.canaries),) if facts.canaries else ()
    canaries = Rules([Rule("CANARY", patterns)]) if patterns else None
    return LeakGuard(facts.name, facts.action or "block", stages, canaries, patterns, most)


TAKES = Takes(("canaries", "max_bytes"))
GUARD = GuardKind(build)
