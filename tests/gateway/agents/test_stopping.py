"""Paths of kill switches; a journey turns them."""

import pytest

from agentloop.switches import Switch, scope_of
from gateway.agents.stopping import Stopping, view


def test_one_that_stops_everything_has_no_name():
    assert view(Switch("all", "", "key", "drill"))["name"] is None


def test_a_tools_name_with_its_slash_is_one_name():
    assert "/v1/kill_switches/{scope}/{name:path}" in {route.path for route in Stopping(None, None).routes()}


@pytest.mark.parametrize(
    ("word", "scope"),
    [("global", "all"), ("all", "all"), ("tenant", "team"), ("tool", "tool"), ("", None), ("Global", None)],
)
def test_what_is_stopped_has_more_than_one_name(word, scope):
    assert scope_of(word) == scope
