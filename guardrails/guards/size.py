"""Limits the total size of the texts of a request or an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.forms import stages_of
from guardrails.guard import SEPARATOR, Action, Finding, Guard, GuardKind, Segment, Stage

_KIND = "TOO_LONG"
_STAGES: frozenset[Stage] = frozenset(["input", "tool_result", "output"])


@dataclass(frozen=True, slots=True)
class SizeGuard:
    """One finding if the texts exceed `most`. It costs next to nothing, so it runs first."""

    name: str
    action: Action
    stages: frozenset[Stage]
    most: int  # bytes
    kinds: frozenset[str] = frozenset([_KIND])
    partial: Sequence[str] = ()  # for a stream, the sum of its pieces is judged

    def inspect(self, segment: Segment) -> list[Finding]:
        text = segment.text
        size = len(text)
        if size > self.most:
            size -= text.count(SEPARATOR) * len(SEPARATOR)
        return [] if size <= self.most else [self.too_long(len(text))]

    def too_long(self, size: int) -> Finding:
        """The finding for a text of that many bytes; it covers all of it."""
        return Finding(self.name, _KIND, self.action, 0, size, value=False)


def build(facts: GuardFacts) -> Guard:
    """Settings: `max_bytes`, and an action that changes nothing."""
    if facts.max_bytes is None:
        raise ValueError(f"The guard '{facts.name}' needs `max_bytes`, such as 64kB.")
    stages = stages_of(facts, ("input",))
    if facts.action in ("mask", "redact") or not stages <= _STAGES:
        raise ValueError(f"The guard '{facts.name}' blocks or flags, at input, tool_result or output.")
    return SizeGuard(facts.name, facts.action or "block", stages, facts.max_bytes)


TAKES = Takes(("max_bytes",), needs=("max_bytes",))
GUARD = GuardKind(build)
