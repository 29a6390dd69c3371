"""Purging over HTTP gives one order, and says what is wrong with one that names nothing."""

from typing import Any

import pytest
from sqlalchemy import select

from caching.purging import order
from storage.schema import account_changes
from tests.gateway.admin.site import site

PURGE = "/admin/v1/cache/purge"


@pytest.fixture
async def box(tmp_path):
    async with site(tmp_path / "a.db") as made:
        yield made


async def orders(box: Any) -> list[str]:
    told = select(account_changes.c.subject_id).where(account_changes.c.kind == "answers")
    return [row.subject_id for row in await box.world.database.fetch(told)]


async def test_an_order_is_given(box) -> None:
    answer = await box.ask("POST", PURGE, json={"what": "team", "value": "support"})
    assert answer["value"] == "support"
    await box.ask("POST", PURGE, json={"what": "all"})
    assert await orders(box) == [order("team", "support"), order("all")]


async def test_a_team_may_be_said_by_its_id_and_has_to_be_there(box) -> None:
    made = await box.ask("GET", "/admin/v1/teams/support")
    await box.ask("POST", PURGE, json={"what": "team", "value": made["id"]})
    await box.refused("POST", PURGE, 404, "not_found", json={"what": "team", "value": "suport"})
    assert await orders(box) == [order("team", "support")]


async def test_a_key_is_whole_however_its_letters_are_written(box) -> None:
    await box.ask("POST", PURGE, json={"what": "key", "value": "AB" * 16})
    await box.refused("POST", PURGE, 400, "invalid_value", json={"what": "key", "value": "ab" * 15})
    assert await orders(box) == [order("key", "ab" * 16)]


@pytest.mark.parametrize(
    "body", [{"what": "all", "value": "x"}, {"what": "team"}], ids=["too much", "too little"]
)
async def test_an_order_that_names_nothing_is_refused(box, body: dict[str, str]) -> None:
    await box.refused("POST", PURGE, 400, "invalid_request", json=body)
    assert await orders(box) == []
