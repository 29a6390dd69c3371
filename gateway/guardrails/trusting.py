"""Whether everyone who may see a call to a model is trusted, so that some guards can be skipped."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalog import Catalog, ModelGroup
from routing.regions import within


def is_trusted(catalog: Catalog, team: str, model: str, places: frozenset[str]) -> bool:
    """Whether all vendors that may see a team's calls to a model are trusted; False if it is undeclared.

    `places`: the trusted vendors and regions.
    """
    if model not in catalog.models:
        return False
    return all(
        _lies_in(catalog, target.vendor, places)
        for group in _seeing(catalog, [model, *_asked_beside(catalog, team)])
        for target in group.targets
    )


def may_reach(catalog: Catalog, model: str, vendor: str) -> bool:
    """Whether a call to a model may reach a vendor."""
    return any(target.vendor == vendor for group in _seeing(catalog, [model]) for target in group.targets)


def _seeing(catalog: Catalog, names: list[str]) -> Iterator[ModelGroup]:
    """The groups of these names, and all groups that see their calls."""
    seen = set[str]()
    while names:
        name = names.pop()
        group = catalog.resolve(name)
        if group is not None and name not in seen:  # otherwise not a model's name
            seen.add(name)
            yield group
            names += _named(group)


def _lies_in(catalog: Catalog, name: str, places: frozenset[str]) -> bool:
    vendor = catalog.vendors.get(name)
    return name in places or (vendor is not None and within(vendor.region, places))


def _named(group: ModelGroup) -> Iterator[str]:
    """All strings in a group's settings that may name another group, or model, that sees its calls."""
    yield from group.leads_to
    yield from group.on_context
    yield from group.on_content
    yield from _words(group.strategy.options)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _words(key)
            yield from _words(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _words(inner)


def _asked_beside(catalog: Catalog, team: str) -> Iterator[str]:
    """Models that see every call of a team: those of its semantic cache, and of guards."""
    semantic = catalog.cache.policy(team).semantic
    if semantic is not None:
        yield from (semantic.embedder, semantic.judge)
    for guard in catalog.guards.values():
        if guard.model:
            yield guard.model
