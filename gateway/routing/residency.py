"""Where a team's calls may be processed, for paths that make no plan."""

from config.catalog import TeamFacts, Vendor
from routing.regions import within


def may_go(team: TeamFacts | None, vendor: Vendor) -> bool:
    """Whether the vendor lies in the team's regions; a team that the file does not own is bound to none."""
    return team is None or team.regions is None or within(vendor.region, team.regions)
