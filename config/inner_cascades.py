"""Warns where a cascade stands inside another group: there nobody looks at its cheap side's answers."""

from collections.abc import Mapping

from config.catalog import ModelGroup
from config.errors import quoted
from config.report import Report
from config.source import Node

_HINT = (
    "Here its two sides only follow one another, the cheap one first. Let callers name the cascade itself, "
    "and give it the other group as its fallback."
)


def warn_of_inner_cascades(groups: Mapping[str, ModelGroup], models: Node, report: Report) -> None:
    """One warning for each group that leads to a cascade, at the setting that does."""
    for group in groups.values():
        branches = len(group.strategy.branches)
        for index, name in enumerate(group.leads_to):
            inner = groups.get(name)
            if inner is None or inner.strategy.name != "cascade":
                continue
            steps = ("fallback", index - branches) if index >= branches else ("strategy",)
            place = models.get(group.name, *steps) or models
            report.warn(
                place, f"the cascade {quoted(name)} inside another group", "a group that is none", _HINT
            )
