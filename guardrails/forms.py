"""The pattern-based guard that many files in guardrails/guards/ build."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from config.catalog import GuardFacts
from guardrails.allowing import Allowed
from guardrails.guard import Action, Finding, Segment, Stage
from guardrails.rules import Rule, Rules, strongest


@dataclass(frozen=True, slots=True)
class FormGuard:
    """Finds what its rules describe, except what is allowed."""

    name: str
    rules: Rules
    action: Action
    stages: frozenset[Stage]
    allowed: Allowed = Allowed(())
    partial: Sequence[str] = field(default=())

    @property
    def kinds(self) -> frozenset[str]:
        return self.rules.kinds

    @property
    def forms(self) -> Set[str]:
        return self.rules.forms

    def inspect(self, segment: Segment) -> list[Finding]:
        found = self.rules.scan(segment.text, segment.seen, segment.span)
        if not found:
            return []
        text, name, action = segment.text, self.name, self.action
        found = strongest(found, text)
        if self.allowed.any:
            covers = self.allowed.covers
            found = [each for each in found if not covers(text[each.start : each.end])]
        return [Finding(name, rule.kind, action, start, end, rule.priority) for rule, start, end, _ in found]


def stages_of(facts: GuardFacts, usual: Sequence[Stage]) -> frozenset[Stage]:
    """A guard's stages: those in its settings, otherwise the `usual` ones of its kind."""
    return frozenset(usual if facts.stages is None else facts.stages)


def own_rules(facts: GuardFacts) -> list[Rule]:
    """Rules for an operator's own patterns and words; each match is certain."""
    found = [
        Rule(name.upper().replace("-", "_"), (latin(pattern),), priority=80)
        for name, pattern in facts.patterns.items()
    ]
    if facts.words:
        found.append(Rule("WORD", (words_pattern(facts.words),), priority=80))
    return found


def words_pattern(words: Sequence[str]) -> str:
    """A pattern for whole words and phrases, with any white space between words."""
    forms = [_edged(r"\s+".join(re.escape(part) for part in word.split())) for word in words]
    return latin(f"(?i)(?:{'|'.join(sorted(forms, key=len, reverse=True))})")


def _edged(form: str) -> str:
    """The pattern, with a word boundary at each end that is an ASCII letter or digit."""
    left = r"\b" if form[:1].isalnum() and form[:1].isascii() else ""
    return left + form + (r"\b" if form[-1:].isalnum() and form[-1:].isascii() else "")


def latin(pattern: str) -> str:
    """A pattern for UTF-8 bytes. A non-ASCII letter in a character class matches any one of its bytes."""
    return pattern.encode().decode("latin-1")
