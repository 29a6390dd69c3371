"""Warns if a cascade is another cascade's judge: its answers are not verified there."""

from collections.abc import Mapping

from config.catalog import ModelGroup
from config.errors import quoted
from config.node import Node
from config.report import Report

_HINT = "Of a verdict only its first word counts: its two sides only follow one another, the cheap one first."


def warn_of_inner_cascades(groups: Mapping[str, ModelGroup], models: Node, report: Report) -> None:
    """One warning for each group that has a cascade as its judge."""
    for group in groups.values():
        name = group.strategy.branches.get("judge", "")
        judge = groups.get(name)
        if judge is not None and judge.strategy.name == "cascade":
            place = models.get(group.name, "strategy") or models
            report.warn(place, f"the cascade {quoted(name)} as a judge", "a group that is none", _HINT)
