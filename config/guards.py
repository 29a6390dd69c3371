"""Guards as the file declares them: kinds that exist, patterns that can be read."""

import re
from types import MappingProxyType

from config.catalog import GuardFacts, GuardService
from config.errors import any_of, did_you_mean, quoted
from config.guard_schema import GuardEntry
from config.models import Scope, covers
from config.reach import compile_reach
from config.report import Report
from config.source import Node
from config.vendors import secret_at

# Those whose judgement is somebody else's: a service's, or a model's.
SERVICE_KINDS = ("presidio", "webhook")
MODEL_KINDS = ("judge", "moderation")
DISTANT_KINDS = (*SERVICE_KINDS, *MODEL_KINDS)
READY_KINDS = ("injection", "leak", "links", "pii", "secrets", "words")  # that can be named as they are
GUARD_KINDS = tuple(sorted((*READY_KINDS, "language", "size", *DISTANT_KINDS)))
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,29}")


def compile_guard(name: str, entry: GuardEntry, node: Node, scope: Scope) -> GuardFacts:
    """A guard; without `kind` it is of the kind that it is named after."""
    kind, report = entry.kind or name, scope.report
    if kind not in GUARD_KINDS:
        place = node.get("kind") or node
        hint = did_you_mean(kind, GUARD_KINDS)
        if entry.kind is None:
            hint = f"A guard with a name of its own says its kind, such as `kind: pii`. {hint}".strip()
            report.gap(place, f"the guard {quoted(name)} without a kind", any_of(GUARD_KINDS), hint)
        else:
            report.wrong(place, f"the kind {quoted(kind)}", any_of(GUARD_KINDS), hint)
    if kind in MODEL_KINDS and entry.model is None:
        report.gap(node, f"the guard {quoted(name)} without model", "a model of this gateway", "")
    elif entry.model is not None:
        _check_model(entry.model, node.get("model") or node, scope)
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
        roles=entry.roles,
        languages=tuple(each.lower() for each in entry.languages),
        service=_service(name, kind, entry, node, report),
        model=entry.model or "",
        question=entry.question or "",
        max_bytes=entry.max_bytes,
        canaries=entry.canaries,
    )


def _check_model(model: str, node: Node, scope: Scope) -> None:
    """Report a model that no call of this gateway could name."""
    known = list(scope.models)
    if not any(covers(served, model) for served in known):
        found = f"the unknown model {quoted(model)}"
        scope.report.wrong(node, found, any_of(known), did_you_mean(model, known))


def _service(name: str, kind: str, entry: GuardEntry, node: Node, report: Report) -> GuardService | None:
    """Who is asked, for kinds that ask a service."""
    if kind not in SERVICE_KINDS:
        return None
    if entry.url is None:
        report.gap(node, f"the guard {quoted(name)} without url", "url: https://guard.example/check", "")
        return None
    if kind == "webhook" and entry.secret is None:
        report.gap(
            node,
            f"the guard {quoted(name)} without secret",
            'a reference such as "${NAME}"',
            "Requests are signed with it, so that the service knows who asks.",
        )
        return None
    secret = None if entry.secret is None else secret_at(node.get("secret"), entry.secret, report)
    headers = {
        header.lower(): secret_at(node.get("headers", header), value, report)
        for header, value in entry.headers.items()
    }
    host = compile_reach(entry.url, entry.private, node, "url", report)
    return GuardService(entry.url, host, secret, entry.private, MappingProxyType(headers))


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
