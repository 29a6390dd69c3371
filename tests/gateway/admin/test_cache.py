"""Purging over HTTP gives one order, and says what is wrong with one that names nothing."""

from typing import Any

import pytest

from caching.purging import order
from gateway.admin.cache import PurgeBody, cache_routes
from gateway.admin.errors import AdminError
from gateway.admin.routes import Ask, Nothing
from tests.gateway.road import WHO


async def purge(body: dict[str, str]) -> tuple[Any, list[str]]:
    given: list[str] = []

    async def forget(order: str) -> None:
        given.append(order)

    (route,) = cache_routes(forget)
    return await route.handler(Ask(WHO, PurgeBody.model_validate(body), Nothing())), given


async def test_an_order_is_given() -> None:
    answer, given = await purge({"what": "team", "value": "support"})
    assert given == [order("team", "support")]
    assert answer.value == "support"
    assert (await purge({"what": "all"}))[1] == [order("all")]


@pytest.mark.parametrize(
    "body", [{"what": "all", "value": "x"}, {"what": "team"}], ids=["too much", "too little"]
)
async def test_an_order_that_names_nothing_is_refused(body: dict[str, str]) -> None:
    with pytest.raises(AdminError, match="value"):
        await purge(body)
