"""Builds guards for commands: from the configuration file, or with their defaults."""

import os
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from config.catalog import GuardFacts
from config.discover import discover, load
from config.errors import ConfigError, any_of
from config.guard_names import DISTANT_KINDS, GUARD_KINDS
from config.kinds import VendorKind
from config.load import load_file
from gateway.cli.failure import fail, fail_because
from gateway.cli.places import chosen_file
from guardrails.guard import Guard, GuardKind


def guards_of(
    names: Sequence[str], config: Path | None, as_json: bool, threshold: float | None = None
) -> list[Guard]:
    """Guards by name, as configured; the command fails for one that cannot run here."""
    facts = declared(config, as_json)
    made = []
    for name in names:
        if name not in facts and name not in GUARD_KINDS:
            fail(f"'{name}' is no guard; allowed: {any_of([*facts, *GUARD_KINDS])}.", as_json=as_json)
        fact = facts.get(name) or GuardFacts(name, name)
        if fact.kind in DISTANT_KINDS:
            said = f"'{name}' asks somebody else; put it into shadow mode and see `signalbox guard report`."
            fail(said, as_json=as_json)
        try:
            kind = load("guardrails.guards", fact.kind, "GUARD", GuardKind)
            made.append(kind.build(fact if threshold is None else _from(fact, threshold)))
        except ValueError as error:
            fail(str(error), as_json=as_json)
    return made


def _from(fact: GuardFacts, threshold: float) -> GuardFacts:
    """The guard with `threshold` for every type, and with all types if it names none."""
    if fact.kind != "pii":
        return fact
    named = fact.types or tuple(load("guardrails.guards", "pii", "TYPES", MappingProxyType))
    thresholds = fact.thresholds or dict.fromkeys(named, threshold)
    return GuardFacts(
        fact.name,
        fact.kind,
        types=named,
        countries=fact.countries,
        thresholds=thresholds,
        allow=fact.allow,
        patterns=fact.patterns,
        words=fact.words,
        hosts=fact.hosts,
    )


def declared(config: Path | None, as_json: bool) -> dict[str, GuardFacts]:
    """The guards of the configuration file, by name."""
    file = chosen_file(config)
    if file is None:
        return {}
    try:
        return dict(
            load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), os.environ).catalog.guards
        )
    except ConfigError as error:
        fail_because(error, as_json=as_json)
