"""Whether everyone who may see a call to a model is trusted, so that some guards can be skipped."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalog import Catalog, ModelGroup
from routing.regions import within


def is_trusted(catalog: Catalog, team: str, model: str, places: frozenset[str]) -> bool:
    """`places` are names of vendors, and regions. Of a model that is not declared nobody can tell."""
    if model not in catalog.models:
        return False
    return all(
        _lies_in(catalog, target.vendor, places)
        for group in _seeing(catalog, [model, *_asked_beside(catalog, team)])
        for target in group.targets
    )


def may_reach(catalog: Catalog, model: str, vendor: str) -> bool:
    """Whether a call to a model may come to a vendor."""
    return any(target.vendor == vendor for group in _seeing(catalog, [model]) for target in group.targets)


def _seeing(catalog: Catalog, names: list[str]) -> Iterator[ModelGroup]:
    """Groups of these names, and all that see their calls."""
    seen = set[str]()
    while names:
        name = names.pop()
        group = catalog.resolve(name)
        if group is not None and name not in seen:  # else it is no model, but a word
            seen.add(name)
            yield group
            names += _named(group)


def _lies_in(catalog: Catalog, name: str, places: frozenset[str]) -> bool:
    vendor = catalog.vendors.get(name)
    return name in places or (vendor is not None and within(vendor.region, places))


def _named(group: ModelGroup) -> Iterator[str]:
    """Everything that may be another group, or a model of one, that sees its calls."""
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
    """Models that see calls of a team whatever it asks for: of its cache, and of guards that are models."""
    semantic = catalog.cache.policy(team).semantic
    if semantic is not None:
        yield from (semantic.embedder, semantic.judge)
    for guard in catalog.guards.values():
        if guard.model:
            yield guard.model
