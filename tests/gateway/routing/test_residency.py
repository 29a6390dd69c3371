"""Roads without a plan keep to a team's regions too."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.catalog import TeamFacts
from config.catalog import Vendor as Account
from config.kinds import VendorKind
from gateway.routing.residency import may_go
from tests.gateway.relaying.vendor import Vendor, line

HERE = Account("v", VendorKind("openai", "OpenAI"), "http://v.test", None, region="eu-west-1")
TEAM = TeamFacts("t", "o", regions=frozenset(["eu"]))


@pytest.mark.parametrize(
    ("team", "vendor", "may"),
    [
        pytest.param(TEAM, HERE, True, id="inside"),
        pytest.param(TEAM, replace(HERE, region="us-east-1"), False, id="outside"),
        pytest.param(TEAM, replace(HERE, region=None), False, id="nobody knows where"),
        pytest.param(replace(TEAM, regions=None), replace(HERE, region=None), True, id="bound to nothing"),
        pytest.param(None, HERE, True, id="a team of the API"),
    ],
)
def test_a_team_is_bound_to_its_regions(team: TeamFacts | None, vendor: Account, may: bool) -> None:
    assert may_go(team, vendor) is may


async def test_neither_files_nor_a_vendors_api_lead_out_of_them(tmp_path: Path) -> None:
    vendor = Vendor()
    bound = "teams: { default: { passthrough: [v0], regions: [eu] } }"
    async with line(tmp_path, vendor, more=bound) as here:
        passed = await here.here.client.get("/passthrough/v0/v1/models", headers=here.here.headers)
        listed = await here.here.get("/v1/files")
    assert (passed.status_code, passed.json()["error"]["code"]) == (403, "passthrough_not_allowed")
    assert "stay in eu, and 'v0' is not declared to be there" in passed.json()["error"]["message"]
    assert listed.status_code == 400
    assert listed.json()["error"]["message"].endswith("those with files are: none.")
