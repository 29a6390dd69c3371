"""Which settings each guard kind takes, and the check of a section of `guards`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from config.discover import load
from config.errors import any_of, did_you_mean, quoted
from config.guard_schema import GuardEntry
from config.node import Node
from config.report import Report

# Settings that every guard accepts; the others depend on the kind.
_EVERY = frozenset(
    ("kind", "action", "mode", "on_error", "stages", "budget", "roles", "approval", "trusted"),
)


@dataclass(frozen=True, slots=True)
class Takes:
    """`TAKES` of each file in guardrails/guards/: what the kind accepts. None allows any name."""

    settings: tuple[str, ...]  # besides those that every guard accepts
    types: Collection[str] | None = None
    countries: Collection[str] | None = None  # lower case
    languages: Collection[str] | None = None  # lower case
    thresholds: Collection[str] | None = None  # lower case; the guard's own labels and topics are valid, too
    needs: tuple[str, ...] = ()  # at least one of these settings is required


def check_settings(name: str, kind: str, entry: GuardEntry, node: Node, report: Report) -> None:
    """Reports each setting that the kind does not accept, at its own position.

    The kinds' package is loaded by name and not imported: it belongs to a higher layer.
    """
    takes = load("guardrails.guards", kind, "TAKES", Takes)
    taken = _EVERY.union(takes.settings)
    for key in entry.model_fields_set - taken:
        found = f"{quoted(key)}, which a guard of the kind {quoted(kind)} does not take"
        report.wrong_key(node.get(key) or node, found, any_of(taken))
    _check_names("type", entry.types, takes.types, node.get("types"), report)
    _check_names("country", _lower(entry.countries), takes.countries, node.get("countries"), report)
    _check_names("language", _lower(entry.languages), takes.languages, node.get("languages"), report)
    if "thresholds" in taken:
        _check_thresholds(entry, takes.thresholds, node.get("thresholds"), report)
    if takes.needs and not any(getattr(entry, each) for each in takes.needs):
        report.gap(node, f"the guard {quoted(name)} without {' and '.join(takes.needs)}", any_of(takes.needs))


def _check_names(
    what: str, given: Iterable[str], known: Collection[str] | None, node: Node | None, report: Report
) -> None:
    """The values of a setting that is refused as a whole are not reported again."""
    if known is None or node is None:
        return
    for index, each in enumerate(given):
        if each not in known:
            place, near = node.get(index) or node, did_you_mean(each, [*known])
            report.wrong(place, f"the unknown {what} {quoted(each)}", any_of(known), near)


def _check_thresholds(
    entry: GuardEntry, known: Collection[str] | None, node: Node | None, report: Report
) -> None:
    if known is None or node is None:
        return
    own = {_label(each) for each in (*entry.patterns, *entry.topics)}
    every = own.union(known)
    for label in entry.thresholds:
        if _label(label) not in every:
            found = f"a threshold for {quoted(label)}"
            report.wrong_key(node.get(label) or node, found, any_of(every), did_you_mean(label, [*every]))


def _label(name: str) -> str:
    return name.lower().replace("-", "_")


def _lower(names: Iterable[str]) -> list[str]:
    return [each.lower() for each in names]
