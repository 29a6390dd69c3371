"""Guards as the file declares them: kinds that exist, patterns that can be read."""

import re
from types import MappingProxyType

from config.catalog import GuardFacts
from config.errors import any_of, did_you_mean, quoted
from config.guard_schema import GuardEntry
from config.report import Report
from config.source import Node

GUARD_KINDS = ("injection", "links", "pii", "secrets", "words")
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,29}")


def compile_guard(name: str, entry: GuardEntry, node: Node, report: Report) -> GuardFacts:
    """A guard; without `kind` it is of the kind that it is named after."""
    kind = entry.kind or name
    if kind not in GUARD_KINDS:
        place = node.get("kind") or node
        hint = did_you_mean(kind, GUARD_KINDS)
        if entry.kind is None:
            hint = f"A guard with a name of its own says its kind, such as `kind: pii`. {hint}".strip()
            report.gap(place, f"the guard {quoted(name)} without a kind", any_of(GUARD_KINDS), hint)
        else:
            report.wrong(place, f"the kind {quoted(kind)}", any_of(GUARD_KINDS), hint)
    for label, pattern in entry.patterns.items():
        _check_pattern(label, pattern, node.get("patterns", label) or node, report)
    return GuardFacts(
        name=name,
        kind=kind,
        action=entry.action,
        mode=entry.mode,
        on_error=entry.on_error,
        stages=entry.stages,
        budget=entry.budget,
        types=entry.types,
        countries=tuple(each.lower() for each in entry.countries),
        thresholds=MappingProxyType(dict(entry.thresholds)),
        allow=entry.allow,
        patterns=MappingProxyType(dict(entry.patterns)),
        words=entry.words,
        hosts=entry.hosts,
    )


def _check_pattern(label: str, pattern: str, node: Node, report: Report) -> None:
    if not _TYPE.fullmatch(label):
        report.wrong_key(node, f"the type {quoted(label)}", "small letters, digits, - and _, at most 30")
    try:
        empty = re.compile(pattern).match("") is not None
    except re.error as error:
        report.wrong(node, quoted(pattern), "a regular expression of re2", f"It says: {error}.")
        return
    if empty:
        report.wrong(node, quoted(pattern), "a pattern that needs at least one character")
    elif "(?=" in pattern or "(?!" in pattern or "(?<" in pattern:
        report.wrong(node, quoted(pattern), "a regular expression of re2", "It knows no look-around.")
