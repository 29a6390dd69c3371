"""Whether a vendor's region is among those where a team's data may be processed."""

# Prefixes of clouds' region names, by area. AWS: eu-central-1, Google: europe-west4.
_BEGIN = {"eu": ("eu-", "europe-"), "us": ("us-",), "uk": ("uk-",), "asia": ("asia-", "ap-")}
# Exceptions in Europe but not in the European Union: London and Zurich.
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
# https://cloud.google.com/compute/docs/regions-zones
_ABROAD = {
    "eu": frozenset(["eu-west-2", "eu-central-2", "europe-west2", "europe-west6"]),
}
_OF = {"eu-west-2": "uk", "europe-west2": "uk"}


def within(region: str | None, allowed: frozenset[str]) -> bool:
    """Whether the region is in an allowed area; an unknown region (None) never is."""
    if region is None:
        return False
    region = region.lower()
    return region in allowed or any(_inside(region, each) for each in allowed)


def _inside(region: str, wanted: str) -> bool:
    wanted = wanted.lower()
    if region == wanted or _OF.get(region) == wanted:
        return True
    return region.startswith(_BEGIN.get(wanted, ())) and region not in _ABROAD.get(wanted, ())
