"""Compiles model groups, teams, prices and capabilities, checking each name they refer to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from config.cache_schema import CacheEntry, CachePolicyEntry, SemanticEntry
from config.caching import JUDGES, LOCAL, CacheFacts, CachePolicy, SemanticPolicy
from config.capabilities import Capabilities, CapabilityOverride
from config.catalog import (
    ALLOWED,
    APART,
    CONTROLS,
    ModelGroup,
    Passthrough,
    PriceOverride,
    SchemaRule,
    Strategy,
    Target,
    TeamFacts,
)
from config.errors import any_of, did_you_mean, quoted
from config.node import Node
from config.report import Report
from config.schema import CapabilitiesEntry, ModelEntry, PriceEntry, TargetEntry, TeamEntry
from config.strategies import Known, StrategyKind, compile_strategy

# Settings that a group may have and a passthrough may not.
_OF_GROUPS = (
    *("targets", "fallback", "strategy", "on", "retries", "hedge", "max_price", "json_schema"),
    *("guardrails", "prompt_cache"),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The context in which entries are compiled. Names include those of invalid entries."""

    vendors: Collection[str]
    models: Collection[str]
    report: Report
    strategies: Mapping[str, StrategyKind]
    guards: Collection[str] = ()


def compile_group(name: str, entry: ModelEntry, node: Node, scope: Scope) -> ModelGroup | None:
    """A declared group; None for a pattern, or if nothing serves it."""
    if entry.passthrough is not None:
        rule = compile_passthrough(name, entry, node, scope)
        if rule is None or name.endswith("*"):
            return None
        return ModelGroup(name, (Target(rule.vendor, name),))
    if name.endswith("*"):
        scope.report.gap(
            node,
            f"the pattern {quoted(name)} with targets",
            "passthrough: VENDOR",
            "Only a vendor takes any name.",
        )
        return None
    _check_fallback(name, (entry.fallback, ("fallback",)), node, scope)
    _check_fallback(name, (entry.on.context, ("on", "context")), node, scope)
    _check_fallback(name, (entry.on.content, ("on", "content")), node, scope)
    check_guards(entry.guardrails, node, scope)
    targets = _targets(entry.targets, node, scope)
    strategy = _strategy(entry, targets, name, node, scope)
    _check_sense(entry, strategy, node, scope.report)
    wanted = entry.json_schema
    return ModelGroup(
        name,
        targets,
        strategy,
        entry.fallback,
        on_context=entry.on.context,
        on_content=entry.on.content,
        retries=entry.retries,
        hedge=entry.hedge,
        max_price=entry.max_price,
        prompt_cache=entry.prompt_cache == "auto",
        json_schema=None if wanted is None else SchemaRule(wanted.check, wanted.repair),
        guardrails=entry.guardrails,
    )


def _check_sense(entry: ModelEntry, strategy: Strategy, node: Node, report: Report) -> None:
    """Reports settings that are valid alone and make no sense together."""
    if entry.strip is not None and (place := node.get("strip")) is not None:
        report.wrong_key(place, "strip without a passthrough", "fallback, strategy, targets")
    if not entry.targets and not strategy.branches:
        report.gap(
            node, "neither targets nor a passthrough", "targets: [vendor/model], or passthrough: vendor"
        )
    if strategy.name == "shadow" and len(entry.targets) == 1:
        report.gap(node, "a shadow and nobody who answers", "targets: [vendor/model, vendor/shadow]")
    if entry.targets and strategy.branches and (place := node.get("targets")) is not None:
        found = f"targets beside the strategy {quoted(strategy.name)}"
        report.wrong_key(place, found, "strategy, fallback", "It chooses between other groups.")


def compile_passthrough(name: str, entry: ModelEntry, node: Node, scope: Scope) -> Passthrough | None:
    """A pattern's rule. The prefix is stripped if it is the vendor's name, unless `strip` decides."""
    for unused in _OF_GROUPS:
        if (place := node.get(unused)) is not None:
            scope.report.wrong_key(place, f"{unused} beside a passthrough", "passthrough, strip")
    vendor = entry.passthrough or ""
    place = node.get("passthrough")
    if place is not None and vendor not in scope.vendors:
        scope.report.wrong(
            place,
            f"the unknown vendor {quoted(vendor)}",
            any_of(scope.vendors),
            did_you_mean(vendor, list(scope.vendors)),
        )
        return None
    strip = entry.strip if entry.strip is not None else name == f"{vendor}/*"
    return Passthrough(name, vendor, strip)


def _targets(entries: tuple[TargetEntry, ...], node: Node, scope: Scope) -> tuple[Target, ...]:
    targets: dict[str, Target] = {}
    for index, entry in enumerate(entries):
        whole = node.get("targets", index)
        place = node.get("targets", index, "to") or whole or node
        target = _target(entry.to, place, scope)
        if target is None:
            continue
        if target.name in targets:
            scope.report.wrong(
                place,
                f"the target {quoted(target.name)} a second time",
                "each target once",
                "Raise its weight instead.",
            )
        targets[target.name] = Target(target.vendor, target.model, entry.weight)
    return tuple(targets.values())


def _target(text: str, place: Node, scope: Scope) -> Target | None:
    vendor, slash, model = text.partition("/")
    form = "vendor/model, with a vendor of this file"
    if not slash or not model or not vendor:
        near = [f"{known}/{text}" for known in scope.vendors][:1] if not slash else []
        scope.report.wrong(place, quoted(text), form, f'Did you mean "{near[0]}"?' if near else "")
        return None
    if model.endswith("*"):
        scope.report.wrong(place, quoted(text), form, "A pattern belongs to a passthrough.")
        return None
    if vendor not in scope.vendors:
        near_vendor = did_you_mean(vendor, list(scope.vendors))
        hint = near_vendor.replace('"?', f'/{model}"?') if near_vendor else ""
        scope.report.wrong(
            place, quoted(text), f"vendor/model, with a vendor of {any_of(scope.vendors)}", hint
        )
        return None
    return Target(vendor, model)


def _strategy(
    entry: ModelEntry, targets: tuple[Target, ...], name: str, node: Node, scope: Scope
) -> Strategy:
    groups = tuple(model for model in scope.models if model != name and not model.endswith("*"))
    known = Known(scope.strategies, groups, tuple(target.name for target in targets), scope.report)
    return compile_strategy(entry.strategy, node, known)


def _check_fallback(
    name: str, named: tuple[tuple[str, ...], tuple[str, ...]], node: Node, scope: Scope
) -> None:
    """Reports groups that do not exist; `named` is the names and the path of the setting."""
    others, path = named
    for index, other in enumerate(others):
        if other in scope.models and other != name and not other.endswith("*"):
            continue
        place = node.get(*path, index) or node
        known = [model for model in scope.models if model != name and not model.endswith("*")]
        if other == name:
            scope.report.wrong(place, f"the group {quoted(name)} as its own fallback", any_of(known))
        else:
            scope.report.wrong(
                place, f"the unknown model group {quoted(other)}", any_of(known), did_you_mean(other, known)
            )


def check_circles(groups: Mapping[str, ModelGroup], models: Node, scope: Scope) -> None:
    """Reports each fallback that leads back to a group on its own path. Iterative: chains may be long."""
    done: set[str] = set()
    for start in groups:
        trail = [start]
        waiting = [list(enumerate(groups[start].leads_to))]
        while trail:
            if not waiting[-1]:
                done.add(trail.pop())
                waiting.pop()
                continue
            index, other = waiting[-1].pop(0)
            if other in trail and other != trail[-1]:
                circle = " → ".join([*trail[trail.index(other) :], other])
                index -= len(groups[trail[-1]].strategy.branches)
                steps = ("fallback", index) if index >= 0 else ("strategy",)
                place = models.get(trail[-1], *steps) or models
                scope.report.wrong(place, f"a circle of fallbacks: {circle}", "fallbacks that end somewhere")
            elif other in groups and other not in done and other not in trail:
                trail.append(other)
                waiting.append(list(enumerate(groups[other].leads_to)))


def compile_team(name: str, entry: TeamEntry, node: Node, scope: Scope) -> TeamFacts:
    """A team; models and vendors that do not exist are reported."""
    known = list(scope.models)
    for index, model in enumerate(entry.models or ()):
        place = node.get("models", index) or node
        if not any(covers(pattern, model) for pattern in known):
            scope.report.wrong(
                place, f"the unknown model {quoted(model)}", any_of(known), did_you_mean(model, known)
            )
    for index, vendor in enumerate(entry.passthrough):
        place = node.get("passthrough", index) or node
        if vendor not in scope.vendors:
            found, near = f"the unknown vendor {quoted(vendor)}", did_you_mean(vendor, list(scope.vendors))
            scope.report.wrong(place, found, any_of(scope.vendors), near)
    tags = MappingProxyType(dict(entry.tags))
    check_guards(entry.guardrails, node, scope)
    return TeamFacts(
        name,
        entry.organisation,
        entry.models,
        tags,
        entry.passthrough,
        entry.objects,
        None if entry.regions is None else frozenset(map(str.lower, entry.regions)),
        _controls(entry, node, scope),
        entry.guardrails,
        entry.unmask,
        entry.priority,
    )


def _controls(entry: TeamEntry, node: Node, scope: Scope) -> frozenset[str]:
    if entry.controls is None:
        return ALLOWED
    for index, control in enumerate(entry.controls):
        if control not in CONTROLS:
            near = did_you_mean(control, list(CONTROLS))
            place = node.get("controls", index) or node
            scope.report.wrong(
                place, f"the unknown control {quoted(control)}", any_of(sorted(CONTROLS)), near
            )
    return frozenset(entry.controls)


def check_guards(names: tuple[str, ...], node: Node, scope: Scope) -> None:
    """Reports each undeclared guard."""
    for index, name in enumerate(names):
        if name not in scope.guards:
            place = node.get("guardrails", index) or node
            near = did_you_mean(name, list(scope.guards))
            scope.report.wrong(place, f"the unknown guard {quoted(name)}", any_of(scope.guards), near)


def check_embedder(entry: CachePolicyEntry, node: Node | None, scope: Scope) -> None:
    """Reports unknown embedders and judges: a name without a slash must be a declared model."""
    if entry.semantic is None or node is None:
        return
    named = (("embedder", entry.semantic.embedder, (LOCAL,)), ("judge", entry.semantic.judge, JUDGES))
    for setting, name, usual in named:
        if name not in usual and "/" not in name and name not in scope.models:
            place = node.get("semantic", setting) or node
            near = did_you_mean(name, [*usual, *scope.models])
            allowed = any_of((*usual, *scope.models))
            scope.report.wrong(place, f"the unknown model {quoted(name)}", allowed, near)


def compile_cache(entry: CacheEntry, teams: Mapping[str, TeamEntry]) -> CacheFacts:
    """The store and the policies; a team's policy inherits what it does not set."""
    said = _said(entry)
    own = {name: CachePolicy(**{**said, **_said(team.cache)}) for name, team in teams.items()}
    facts = CacheFacts(entry.size, entry.entry, entry.store, entry.disk)
    return replace(facts, everybody=CachePolicy(**said), teams=MappingProxyType(own))


def _said(entry: CachePolicyEntry) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name in CachePolicyEntry.model_fields}
    if entry.semantic is not None:
        said = {name: getattr(entry.semantic, name) for name in SemanticEntry.model_fields}
        found["semantic"] = SemanticPolicy(max_wrong=said.pop("max_wrong_rate"), **said)
    return {name: value for name, value in found.items() if value is not None}


def covers(served: str, wanted: str) -> bool:
    """Whether two names or patterns have a model name in common: one served, one wanted."""
    a, b = served.removesuffix("*"), wanted.removesuffix("*")
    if served.endswith("*") and wanted.endswith("*"):
        return a.startswith(b) or b.startswith(a)
    if served.endswith("*"):
        return b.startswith(a) and len(b) > len(a)
    return a.startswith(b) if wanted.endswith("*") else a == b


def compile_price(target: str, entry: PriceEntry, node: Node, scope: Scope) -> PriceOverride:
    """A price for a target, or for all targets with a prefix."""
    _check_line("a price", target, node, scope)
    return override(target, entry, node, scope.report)


def override(target: str, entry: PriceEntry, node: Node, report: Report) -> PriceOverride:
    """A price per token, per unit, or both; an incomplete one is reported."""
    apart = {name: getattr(entry, name) for name in APART}
    tokens = any(each is not None for each in (entry.input, entry.output, *apart.values()))
    unit = entry.per is not None or entry.amount is not None
    wanted: tuple[str, ...] = ("input", "output") if tokens or not unit else ()
    wanted += ("per", "amount") if unit else ()
    for name in wanted:
        if getattr(entry, name) is None:
            report.gap(node, f"no {quoted(name)}", any_of(PriceEntry.model_fields))
    return PriceOverride(
        target,
        entry.input or 0,
        entry.output or 0,
        **apart,
        per=entry.per or "",
        amount=entry.amount or 0,
        batch=entry.batch,
    )


def compile_capabilities(
    target: str, entry: CapabilitiesEntry, node: Node, scope: Scope
) -> CapabilityOverride:
    """The capabilities of a target, or of all targets with a prefix."""
    _check_line("capabilities", target, node, scope)
    facts = {fact.name: getattr(entry, fact.name) for fact in fields(Capabilities)}
    return CapabilityOverride(target, Capabilities(**facts))


def _check_line(what: str, target: str, node: Node, scope: Scope) -> None:
    vendor, slash, model = target.partition("/")
    if not slash or not model or vendor not in scope.vendors:
        hint = did_you_mean(vendor, list(scope.vendors))
        allowed = f"vendor/model or vendor/*, with a vendor of {any_of(scope.vendors)}"
        scope.report.wrong_key(
            node,
            f"{what} for {quoted(target)}",
            allowed,
            hint.replace('"?', f'/{model}"?') if slash and hint else "",
        )
    elif "*" in model[:-1]:
        scope.report.wrong_key(node, f"{what} for {quoted(target)}", "`*` only at the end")
