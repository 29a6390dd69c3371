"""Pages of lists, as they are asked for; journeys read through them."""

from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from agentloop.journal import RunRecord
from agentloop.records import ACTIVE
from gateway.agents.paging import STATUSES, Page, page, page_of, status_of
from gateway.errors import BadRequest

RUN = RunRecord("run_1", "support", "key_1", "desk", "sha256:1")


def request(**query):
    return SimpleNamespace(query_params=query)


def test_a_page_is_asked_for_by_limit_and_after():
    assert page_of(request()) == Page(100, None)
    assert page_of(request(limit="7", after="run_1")) == Page(7, "run_1")


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1.5", "٣", "9" * 40])
def test_another_limit_is_refused(limit):
    with pytest.raises(BadRequest, match="1 to 1000"):
        page_of(request(limit=limit))


def test_a_status_is_one_of_those_that_runs_have():
    assert set(ACTIVE) < set(STATUSES)
    assert status_of(request()) is None
    assert status_of(request(status="waiting")) == "waiting"
    with pytest.raises(BadRequest, match="in_doubt"):
        status_of(request(status="lost"))


def test_one_more_run_than_was_asked_for_says_that_there_are_more():
    three = [replace(RUN, id=f"run_{number}") for number in range(3)]
    told = page([], three, Page(2))
    assert (told["first_id"], told["last_id"], told["has_more"]) == ("run_0", "run_1", True)
    told = page([], three[:2], Page(2))
    assert (told["last_id"], told["has_more"]) == ("run_1", False)
    assert page([], [], Page(2))["last_id"] is None
