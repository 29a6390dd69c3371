"""Finds the operator's own words and patterns."""

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, own_rules, stages_of
from guardrails.guard import Guard, GuardKind
from guardrails.rules import Rules


def build(facts: GuardFacts) -> Guard:
    """Settings: `words`, `patterns` and `allow`. Raises ValueError if it has neither words nor patterns."""
    rules = own_rules(facts)
    if not rules:
        raise ValueError(f"The guard '{facts.name}' has neither words nor patterns to look for.")
    return FormGuard(
        facts.name,
        Rules(rules),
        facts.action or "block",
        stages_of(facts, ("input", "output")),
        Allowed(facts.allow),
        tuple(pattern for rule in rules for pattern in rule.patterns),
    )


TAKES = Takes(("words", "patterns", "allow"), needs=("words", "patterns"))
GUARD = GuardKind(build)
