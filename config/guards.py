"""Compiles guards: kinds, settings and patterns are checked."""

import re
from types import MappingProxyType

from config.caching import LOCAL
from config.catalog import GuardFacts, GuardService, GuardStage
from config.errors import any_of, did_you_mean, quoted
from config.escalating import escalation
from config.guard_kinds import check_settings
from config.guard_names import GUARD_KINDS, MODEL_KINDS, SERVICE_KINDS, TOPICS
from config.guard_schema import GuardEntry
from config.models import Scope, covers
from config.node import Node
from config.reach import compile_reach
from config.report import Report
from config.residency import is_region
from config.toolbox import ToolApproval
from config.vendors import secret_at

ASK_STAGES: tuple[GuardStage, ...] = ("tool_call", "tool_result")  # where a guard may ask a person
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,29}")


def compile_guard(name: str, entry: GuardEntry, node: Node, scope: Scope) -> GuardFacts:
    """A guard; without `kind`, its name is its kind."""
    kind, report = entry.kind or name, scope.report
    _check_model(name, kind, entry, node, scope)
    _check_kind(name, entry, node, report)
    for label, pattern in entry.patterns.items():
        _check_pattern(label, pattern, node.get("patterns", label) or node, report)
    if kind == TOPICS:
        _check_topics(name, entry, node, report)
    _check_trusted(entry, node, scope)
    approval = _approval(name, entry, node, report)
    return GuardFacts(
        name=name,
        kind=kind,
        action=entry.action,
        mode=entry.mode,
        on_error=entry.on_error,
        stages=ASK_STAGES if entry.stages is None and approval is not None else entry.stages,
        budget=entry.budget,
        types=entry.types,
        countries=tuple(each.lower() for each in entry.countries),
        thresholds=MappingProxyType(dict(entry.thresholds)),
        allow=entry.allow,
        patterns=MappingProxyType(dict(entry.patterns)),
        words=entry.words,
        hosts=entry.hosts,
        roles=entry.roles or (("user",) if kind == TOPICS and approval is None else ()),
        languages=tuple(each.lower() for each in entry.languages),
        service=_service(name, kind, entry, node, report),
        model=entry.model or "",
        question=entry.question or "",
        max_bytes=entry.max_bytes,
        canaries=entry.canaries,
        approval=approval,
        topics=MappingProxyType(dict(entry.topics)),
        only=entry.only,
        trusted=entry.trusted,
    )


def _check_trusted(entry: GuardEntry, node: Node, scope: Scope) -> None:
    """Reports what is neither a vendor nor like a region: a mistyped name would never match."""
    for place in entry.trusted:
        if place not in scope.vendors and not is_region(place):
            near = did_you_mean(place, list(scope.vendors))
            where = node.get("trusted") or node
            allowed = f"a vendor of {any_of(scope.vendors)}, or a region such as eu or eu-central-1"
            scope.report.wrong(where, f"the unknown vendor {quoted(place)}", allowed, near)


def _approval(name: str, entry: GuardEntry, node: Node, report: Report) -> ToolApproval | None:
    """Who is asked by a guard with the action `ask`; allowed only at stages where tool calls can wait."""
    asked = entry.approval
    if entry.action != "ask":
        if asked is not None:
            report.wrong_key(node.get("approval") or node, quoted("approval"), "it beside `action: ask`")
        return None
    if set(entry.stages or ()) - set(ASK_STAGES):
        hint = "Only calls of tools can wait for a person."
        report.wrong(
            node.get("stages") or node,
            f"a guard that asks at {', '.join(entry.stages or ())}",
            any_of(ASK_STAGES),
            hint,
        )
    if asked is None:
        report.gap(
            node,
            f"the guard {quoted(name)} without approval",
            "approval: { group: NAME }",
            "It says who is asked.",
        )
        return None
    return ToolApproval(asked.group, asked.ttl, escalation(asked.escalate))


def _check_kind(name: str, entry: GuardEntry, node: Node, report: Report) -> None:
    """Reports an unknown kind, or settings that a known kind does not accept."""
    kind = entry.kind
    if (kind or name) in GUARD_KINDS:
        check_settings(name, kind or name, entry, node, report)
        return
    place = node.get("kind") or node
    hint = did_you_mean(kind or name, GUARD_KINDS)
    if kind is None:
        hint = f"A guard with a name of its own says its kind, such as `kind: pii`. {hint}".strip()
        report.gap(place, f"the guard {quoted(name)} without a kind", any_of(GUARD_KINDS), hint)
    else:
        report.wrong(place, f"the kind {quoted(kind)}", any_of(GUARD_KINDS), hint)


def _check_topics(name: str, entry: GuardEntry, node: Node, report: Report) -> None:
    """Reports topics without examples, invalid topic names and unknown topics in `only`."""
    if not entry.topics:
        example = 'topics: { refunds: ["I want my money back."] }'
        report.gap(node, f"the guard {quoted(name)} without topics", example, "")
    for topic, sentences in entry.topics.items():
        if not sentences:
            place = node.get("topics", topic) or node
            report.wrong(place, f"the topic {quoted(topic)} without a sentence", "a few that are about it")
        elif not _TYPE.fullmatch(topic):
            allowed = "small letters, digits, - and _, at most 30"
            report.wrong_key(node.get("topics", topic) or node, f"the topic {quoted(topic)}", allowed)
    for topic in entry.only:
        if topic not in entry.topics:
            near = did_you_mean(topic, list(entry.topics))
            place = node.get("only") or node
            report.wrong(place, f"the unknown topic {quoted(topic)}", any_of(entry.topics), near)


def _check_model(name: str, kind: str, entry: GuardEntry, node: Node, scope: Scope) -> None:
    """Reports a missing model, or one that this gateway does not serve."""
    model, known = entry.model, list(scope.models)
    if model is None:
        if kind in MODEL_KINDS:
            scope.report.gap(node, f"the guard {quoted(name)} without model", "a model of this gateway", "")
    elif not (kind == TOPICS and model == LOCAL) and not any(covers(served, model) for served in known):
        found = f"the unknown model {quoted(model)}"
        scope.report.wrong(node.get("model") or node, found, any_of(known), did_you_mean(model, known))


def _service(name: str, kind: str, entry: GuardEntry, node: Node, report: Report) -> GuardService | None:
    """The service that is asked, for kinds that ask one."""
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
