"""How long the texts of a request may be, all together."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.catalog import GuardFacts
from guardrails.forms import stages_of
from guardrails.guard import SEPARATOR, Action, Finding, Guard, GuardKind, Segment, Stage

_KIND = "TOO_LONG"
_OF_REQUESTS: frozenset[Stage] = frozenset(["input", "tool_result"])


@dataclass(frozen=True, slots=True)
class SizeGuard:
    """One finding where they are longer; it costs nothing, so it is asked first."""

    name: str
    action: Action
    stages: frozenset[Stage]
    most: int  # bytes
    kinds: frozenset[str] = frozenset([_KIND])
    partial: Sequence[str] = ()  # it stands before no answer

    def inspect(self, segment: Segment) -> list[Finding]:
        text = segment.text
        size = len(text)
        if size > self.most:
            size -= text.count(SEPARATOR) * len(SEPARATOR)
        if size <= self.most:
            return []
        return [Finding(self.name, _KIND, self.action, 0, len(text), value=False)]


def build(facts: GuardFacts) -> Guard:
    """`max_bytes` is what it takes, and an action that changes nothing."""
    if facts.max_bytes is None:
        raise ValueError(f"The guard '{facts.name}' needs `max_bytes`, such as 64kB.")
    stages = stages_of(facts, ("input",))
    if facts.action in ("mask", "redact") or not stages <= _OF_REQUESTS:
        raise ValueError(
            f"The guard '{facts.name}' blocks or flags, at input or tool_result; "
            f"how long an answer may be is a model's `max_tokens`."
        )
    return SizeGuard(facts.name, facts.action or "block", stages, facts.max_bytes)


GUARD = GuardKind(build)
