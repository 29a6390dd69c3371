"""What kinds take are settings of the file; mistakes.yaml has what is refused."""

from config.discover import load as plugin
from config.guard_kinds import Takes
from config.guard_names import GUARD_KINDS
from config.guard_schema import GuardEntry


def test_what_kinds_take_are_settings_of_the_file() -> None:
    for kind in GUARD_KINDS:
        takes = plugin("guardrails.guards", kind, "TAKES", Takes)
        assert {*takes.settings, *takes.needs} <= set(GuardEntry.model_fields), kind


def test_names_are_taken_as_they_are_looked_for(load) -> None:
    guard = "countries: [US, uk, FR], thresholds: {US-SSN: 0.4, br_cpf: 0.2, mine: 0.1}, patterns: {mine: x}"
    load(
        f"guards: {{pii: {{{guard}}}, names: {{kind: presidio, url: 'https://p.example', types: [person]}}}}"
    )
