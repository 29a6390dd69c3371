"""What a strategy's file declares, and the compiler of a group's `strategy`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from config.catalog import Strategy
from config.discover import discover
from config.errors import Unfit, any_of, did_you_mean, quoted
from config.node import Node
from config.report import Report

# Facts about a call that are computed only if a strategy needs them.
Wanted = Literal["size", "affinity", "turn", "difficulty"]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a strategy. `read` parses its value and raises Unfit."""

    read: Callable[[object], object]
    default: object = None
    required: bool = False
    names: Literal["", "group", "target"] = ""  # what the value must name


@dataclass(frozen=True, slots=True)
class StrategyKind:
    """A strategy: it either orders a group's targets or chooses between other groups."""

    order: Callable[..., Any]  # routing.plan.Order
    branch: Callable[..., Any] | None = None  # routing.plan.Branch
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))
    wants: frozenset[Wanted] = frozenset()
    # Checks options that are valid alone but insufficient together; returns what is missing and a remedy.
    missing: Callable[[Mapping[str, Any]], tuple[str, str] | None] | None = None


@lru_cache(maxsize=1)
def found_strategies() -> Mapping[str, StrategyKind]:
    """Every strategy, by YAML name. The folder is loaded by name, not imported: it is in a higher layer."""
    return MappingProxyType(discover("routing.strategies", "STRATEGY", StrategyKind))


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a group's strategy may refer to."""

    kinds: Mapping[str, StrategyKind]
    groups: tuple[str, ...]
    targets: tuple[str, ...]
    report: Report


def compile_strategy(written: Mapping[str, object], node: Node, known: Known) -> Strategy:
    """The strategy with defaults filled in; each mistake is reported at its own position."""
    place = node.get("strategy") or node
    text = str(written["kind"])
    name = text.replace("_", "-")
    kind = known.kinds.get(name)
    if kind is None:
        found = f"the strategy {quoted(text)}"
        known.report.wrong(
            place.get("kind") or place, found, any_of(known.kinds), did_you_mean(name, [*known.kinds])
        )
        return Strategy()
    for key in written:
        if key != "kind" and key not in kind.options:
            allowed = any_of(["kind", *kind.options])
            found = f"the unknown key {quoted(key)}"
            known.report.wrong_key(
                place.get(key) or place, found, allowed, did_you_mean(key, [*kind.options])
            )
    options = {key: _option(key, option, written, place, known) for key, option in kind.options.items()}
    if kind.missing is not None and (gap := kind.missing(options)) is not None:
        known.report.gap(place, *gap)
    groups = [key for key, option in kind.options.items() if option.names == "group"]
    branches = {key: str(options[key]) for key in groups if options[key] is not None}
    return Strategy(name, MappingProxyType(options), MappingProxyType(branches))


def _option(key: str, option: Option, written: Mapping[str, object], node: Node, known: Known) -> object:
    if key not in written:
        if option.required:
            known.report.gap(node, f"no {quoted(key)}", _example(key, option, known))
        return option.default
    place = node.get(key) or node
    try:
        value = option.read(written[key])
    except Unfit as unfit:
        known.report.wrong(place, quoted(str(written[key])), unfit.allowed, unfit.hint)
        return option.default
    named = known.groups if option.names == "group" else known.targets
    if option.names and value not in named:
        what = "model group" if option.names == "group" else "target of this group"
        hint = did_you_mean(str(value), named)
        known.report.wrong(place, f"the unknown {what} {quoted(str(value))}", any_of(named), hint)
    return value


def _example(key: str, option: Option, known: Known) -> str:
    names = known.groups if option.names == "group" else known.targets if option.names == "target" else ()
    return f"{key}: {names[0]}" if names else f"a value for {key}"
