"""Every limit of the file reaches the catalog, and each mistake is said at its place."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded
from config.errors import ConfigError
from config.limit import Limit

HEAD = (
    "vendors: {openai: {api_key: x}}\nmodels: {fast: {targets: [openai/m]}, 'o/*': {passthrough: openai}}\n"
)
Load = Callable[[str], Loaded]


@pytest.fixture
def read(load: Load) -> Load:
    return lambda text: load(HEAD + text)


def test_limits_and_budgets_of_every_account(read: Load) -> None:
    catalog = read(
        """
organisations: { acme: { budget: { amount: 5, per: week, mode: soft } } }
tags: { "app=x": { limits: { tokens: 10k/day } } }
teams:
  support:
    limits: { requests: [600/min, 10k/day], tokens: 200k/min, concurrent: 40 }
    budget: { amount: 200 USD, per: month, alert_at: [80%, 50%] }
    users: { ann: { limits: [{ requests: 3/min, models: [fast, "o/*"], kept_for_interactive: 20% }] } }
"""
    ).catalog
    assert catalog.organisations["acme"] == (Limit("spend", 5 * 10**9, "week"),)
    assert catalog.tags["app=x"] == (Limit("tokens", 10_000, "day"),)
    team = catalog.teams["support"]
    assert set(team.limits) == {
        Limit("requests", 600, "minute"),
        Limit("requests", 10_000, "day"),
        Limit("tokens", 200_000, "minute"),
        Limit("concurrent", 40, "once"),
        Limit("spend", 200 * 10**9, "month", hard=True, alert_at=(50, 80), on_store_failure="deny"),
    }
    assert team.users["ann"] == (Limit("requests", 3, "minute", ("fast", "o/*"), kept=20),)
    assert catalog.limited


def test_who_limits_nobody_is_not_limited(read: Load) -> None:
    assert not read("teams: { support: {} }").catalog.limited


MISTAKES = {
    "an unknown model": ("limits: { requests: 3/min, models: [fst] }", 'Did you mean "fast"?'),
    "nothing": ("limits: { models: [fast] }", "limits of nothing"),
    "an unknown kind": ("limits: { request: 3/min }", 'Did you mean "requests"?'),
    "no window": ("limits: { requests: 3 }", 'Did you mean "3/min"?'),
    "twice": ("limits: [{ requests: 3/min }, { requests: 4/min }]", "a second limit of requests"),
    "no amount": ("budget: { per: month }", "amount"),
    "a share": ("budget: { amount: 5, alert_at: [120%] }", "from 1% to 100%"),
    "a zone": ("budget: { amount: 5, zone: Mars }", "Europe/Berlin"),
}


@pytest.mark.parametrize(("written", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_said_where_it_stands(read: Load, written: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(f"teams: {{ support: {{ {written} }} }}")
    [problem] = caught.value.problems
    assert said in problem.sentence
    assert problem.path.startswith("teams.support")


def test_a_tag_is_a_name_and_a_value(read: Load) -> None:
    with pytest.raises(ConfigError, match="a tag's name"):
        read("tags: { app: { limits: { requests: 3/min } } }")
