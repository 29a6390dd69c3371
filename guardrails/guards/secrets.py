"""Finds credentials: keys, tokens, private keys, passwords assigned to a name."""

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails import secrets
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, own_rules, stages_of
from guardrails.guard import Guard, GuardKind
from guardrails.rules import Rules


def build(facts: GuardFacts) -> Guard:
    """Settings: `allow`, `patterns` and `words`."""
    rules = [*secrets.rules(), *own_rules(facts)]
    return FormGuard(
        facts.name,
        Rules(rules),
        facts.action or "mask",
        stages_of(facts, ("input", "output")),
        Allowed(facts.allow),
        tuple(pattern for rule in rules for pattern in rule.patterns),
    )


TAKES = Takes(("allow", "patterns", "words"))
GUARD = GuardKind(build)
