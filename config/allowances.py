"""Compiles limits and budgets of accounts: each error is reported where it occurs."""

from config.errors import any_of, did_you_mean, quoted
from config.limit import SPEND, Limit, StoreRule
from config.limit_schema import AccountEntry, BudgetEntry, CountedEntry
from config.limiting import KINDS, NAMES
from config.models import Scope, covers
from config.node import Node


def compile_account(entry: AccountEntry, node: Node, scope: Scope) -> tuple[Limit, ...]:
    """Every limit and budget of one account."""
    found: dict[tuple[object, ...], Limit] = {}
    for index, each in enumerate(entry.limits):
        place = _place(node, "limits", index)
        if not any(getattr(each, name) for name in NAMES):
            scope.report.gap(place, "limits of nothing", f"one of {', '.join(NAMES)}")
        _check_models(each, place, scope)
        for name in NAMES:
            for amount, per in getattr(each, name):
                _enter(found, _limit(name, amount, per, each), place.get(name) or place, scope)
    for index, budget in enumerate(entry.budget):
        place = _place(node, "budget", index)
        _check_models(budget, place, scope)
        _enter(found, _spend(budget), place, scope)
    return tuple(found.values())


def _limit(name: str, amount: int, per: str, entry: CountedEntry) -> Limit:
    rule: StoreRule = entry.on_store_failure or "local-share"
    kept = getattr(entry, "kept_for_interactive", None) or 0
    return Limit(name, amount, per, entry.models, zone=entry.zone, kept=kept, on_store_failure=rule)  # type: ignore[arg-type]


def _spend(entry: BudgetEntry) -> Limit:
    hard = entry.mode == "hard"
    return Limit(
        SPEND,
        entry.amount,
        entry.per,
        entry.models,
        hard=hard,
        alert_at=tuple(sorted(set(entry.alert_at))),
        zone=entry.zone,
        on_store_failure=entry.on_store_failure or ("deny" if hard else "local-share"),
    )


def _place(node: Node, name: str, index: int) -> Node:
    return node.get(name, index) or node.get(name) or node


def _enter(found: dict[tuple[object, ...], Limit], limit: Limit, place: Node, scope: Scope) -> None:
    key = (limit.kind, limit.per, limit.models, limit.zone)
    if key in found:
        unit = KINDS[limit.kind].unit
        scope.report.wrong(
            place,
            f"a second limit of {unit} for the same window and models",
            "one of each",
            "Keep the lower.",
        )
    found[key] = limit


def _check_models(entry: CountedEntry, node: Node, scope: Scope) -> None:
    known = list(scope.models)
    for index, model in enumerate(entry.models or ()):
        if not any(covers(pattern, model) for pattern in known):
            place = node.get("models", index) or node
            scope.report.wrong(
                place, f"the unknown model {quoted(model)}", any_of(known), did_you_mean(model, known)
            )
