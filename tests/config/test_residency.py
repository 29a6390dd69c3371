"""A team that is bound to regions in which nothing of its own lies is warned of; any other is not."""

import pytest

FILE = """
vendors: {{home: {{kind: sim, region: eu-central-1}}, far: {{kind: sim, region: us}}, mist: {{kind: sim}}}}
models:
  near: {{targets: [home/small]}}
  west: {{targets: [far/small]}}
  both: {{targets: [far/small], fallback: [near]}}
  wise: {{strategy: {{kind: cascade, cheap: near, strong: west, verify: judge, judge: near}}}}
  "home/*": {{passthrough: home}}
  "mist/*": {{passthrough: mist}}
teams: {{t: {{{team}}}}}
"""


@pytest.mark.parametrize(
    "team",
    [
        "regions: [eu]",
        "regions: [EU-central-1]",
        "regions: [mars, us]",
        "models: [both], regions: [eu]",
        "models: [wise], regions: [us]",
        "models: ['home/small'], regions: [eu]",
        "models: ['n*'], regions: [eu]",
        "models: [west], passthrough: [home], regions: [eu]",
        "models: [west]",
    ],
)
def test_a_team_that_something_is_left_to_is_not_warned_of(load, team):
    assert load(FILE.format(team=team)).warnings == ()


@pytest.mark.parametrize(
    ("team", "allowed", "hint"),
    [
        ("models: [near], regions: [us]", "eu-central-1", "Each of its calls is refused."),
        ("models: [near], regions: [eu-centrl-one]", "eu-central-1", 'Did you mean "eu-central-1"?'),
        ("models: ['mist/*'], regions: [eu]", "the `region` of a vendor", "Each of its calls is refused."),
        ("regions: [mars]", "eu-central-1, us", "Each of its calls is refused."),
        ("regions: []", "eu-central-1, us", "Each of its calls is refused."),
    ],
)
def test_one_that_is_left_nothing_is(load, team, allowed, hint):
    [warning] = load(FILE.format(team=team)).warnings
    assert (warning.path, warning.hint) == ("teams.t.regions", hint)
    assert "no vendor of the team's models lies" in warning.found
    assert warning.allowed.startswith(allowed)
