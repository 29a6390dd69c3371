"""A route's tiers under another strategy, chosen by the caller."""

from collections.abc import Sequence
from dataclasses import replace

from config.strategies import StrategyKind
from gateway.routing.candidates import wanted_by
from routing.plan import Tier


def ordered_by(
    tiers: Sequence[Tier], name: str, strategy: StrategyKind
) -> tuple[tuple[Tier, ...], frozenset[str]]:
    """The tiers with this strategy for their targets, and the facts that it needs.

    The choice between groups (branches) stays as configured.
    """
    options = {key: option.default for key, option in strategy.options.items()}
    changed = tuple(_ordered(tier, name, options) for tier in tiers)
    return changed, wanted_by(changed)


def _ordered(tier: Tier, name: str, options: dict[str, object]) -> Tier:
    if not tier.branches:
        return replace(tier, strategy=name, options=options)
    inner = {
        key: tuple(_ordered(each, name, options) for each in under) for key, under in tier.branches.items()
    }
    return replace(tier, branches=inner)
