"""Where a team's calls may be processed, for calls that are not planned."""

from config.catalog import TeamFacts, Vendor
from routing.regions import within


def may_go(team: TeamFacts | None, vendor: Vendor) -> bool:
    """Whether the vendor is in the team's regions; a team without configured regions may go anywhere."""
    return team is None or team.regions is None or within(vendor.region, team.regions)
