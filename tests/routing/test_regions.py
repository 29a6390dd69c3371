"""A team's data stays where it may be, and what says no region is nowhere."""

import pytest

from routing.regions import within


@pytest.mark.parametrize(
    ("region", "allowed", "inside"),
    [
        pytest.param("eu", "eu", True, id="the same word"),
        pytest.param("EU", "eu", True, id="whatever the case"),
        pytest.param("eu-central-1", "eu", True, id="AWS's Frankfurt"),
        pytest.param("europe-west4", "eu", True, id="Google's Netherlands"),
        pytest.param("us-east-1", "us", True, id="AWS's Virginia"),
        pytest.param("us-east-1", "us-east-1", True, id="one region alone"),
        pytest.param("us-east-2", "us-east-1", False, id="its neighbour"),
        pytest.param("us-east-1", "eu", False, id="across the ocean"),
        pytest.param("eu-west-2", "eu", False, id="AWS's London left the union"),
        pytest.param("europe-west2", "eu", False, id="Google's London too"),
        pytest.param("eu-central-2", "eu", False, id="Zurich never was in it"),
        pytest.param("eu-west-2", "uk", True, id="London is in the kingdom"),
        pytest.param("eu-west-2", "eu-west-2", True, id="London by its name"),
        pytest.param("europa", "eu", False, id="a word that only begins alike"),
        pytest.param(None, "eu", False, id="no region is nowhere"),
        pytest.param("global", "eu", False, id="anywhere is not here"),
    ],
)
def test_a_region_lies_in_another_or_does_not(region: str | None, allowed: str, inside: bool) -> None:
    assert within(region, frozenset([allowed])) is inside


def test_one_of_several_is_enough_and_none_is_too_few() -> None:
    assert within("us-east-1", frozenset(["eu", "us"]))
    assert not within("us-east-1", frozenset())
