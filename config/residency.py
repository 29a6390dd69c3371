"""Warns about a team whose regions leave it no target."""

import importlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from config.catalog import ModelGroup, Passthrough, TeamFacts, Vendor
from config.errors import any_of, did_you_mean
from config.models import covers
from config.node import Node
from config.report import Report

REGIONS = ("asia", "eu", "uk", "us")  # names that cover all regions there
_REGION = re.compile(r"[a-z]{2,12}-[a-z]{3,12}-?[0-9]+")


def is_region(name: str) -> bool:
    """Whether a name looks like a vendor's region."""
    return name in REGIONS or _REGION.fullmatch(name) is not None


def warn_of_nowhere(
    teams: Mapping[str, TeamFacts],
    models: tuple[Mapping[str, ModelGroup], Sequence[Passthrough]],
    vendors: Mapping[str, Vendor],
    root: Node,
    report: Report,
) -> None:
    """One warning for each team whose regions exclude all of its models."""
    # Imported by name: the planner, which decides this, belongs to a higher layer.
    within = importlib.import_module("routing.regions").within
    for team in teams.values():
        if team.regions is None:
            continue
        named = [vendors[name].region for name in _vendors(team, *models) if name in vendors]
        if any(within(region, team.regions) for region in named):
            continue
        known = {region.lower() for region in named if region is not None}
        odd = [name for name in sorted(team.regions) if name not in known and not is_region(name)]
        near = did_you_mean(odd[0], sorted({*known, *REGIONS})) if odd else ""
        bound = ", ".join(sorted(team.regions)) or "none"
        report.warn(
            root.get("teams", team.name, "regions") or root,
            f"regions in which no vendor of the team's models lies ({bound})",
            any_of(known) if known else "the `region` of a vendor: none of them says where it lies",
            near or "Each of its calls is refused.",
        )


def _vendors(
    team: TeamFacts, groups: Mapping[str, ModelGroup], passthroughs: Sequence[Passthrough]
) -> Collection[str]:
    """The vendors that could answer the team's calls if it had no regions."""

    def allowed(name: str) -> bool:
        return team.models is None or any(covers(name, each) for each in team.models)

    found = {*team.passthrough, *(rule.vendor for rule in passthroughs if allowed(rule.pattern))}
    for name in _reached([name for name in groups if allowed(name)], groups):
        found.update(target.vendor for target in groups[name].targets)
    return found


def _reached(names: list[str], groups: Mapping[str, ModelGroup]) -> Iterator[str]:
    seen = set[str]()
    while names:
        name = names.pop()
        group = groups.get(name)
        if group is not None and name not in seen:
            seen.add(name)
            yield name
            names += [*group.leads_to, *group.on_context, *group.on_content]
