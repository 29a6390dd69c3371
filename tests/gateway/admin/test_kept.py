"""What is kept is shown, and never what it says."""

from typing import Any

import pytest

from gateway.admin.errors import AdminError
from gateway.admin.kept import CacheAnswer, KeptAnswer, kept_routes
from gateway.admin.routes import Ask, Nothing
from tests.gateway.caching.test_likeness import FIRST, OTHER, Here
from tests.gateway.road import COST, WHO


async def shown(here: Here, number: int, **path: str) -> Any:
    route = kept_routes(lambda: here.road.services.cache)[number]
    return await route.handler(Ask(WHO, Nothing(), Nothing(), path))


async def test_how_much_and_how_well() -> None:
    here = Here()
    assert (await shown(here, 0)).semantic == []
    await here.ask(FIRST)
    await here.ask(OTHER, "req_2")
    found = await shown(here, 0)
    assert isinstance(found, CacheAnswer)
    assert found.answers == found.texts == 1
    (threshold,) = found.semantic
    assert (threshold.team, threshold.model, threshold.state) == (WHO.team, "fast", "cold")
    assert (threshold.given, threshold.threshold, threshold.max_wrong_rate) == (1, 0.95, 0.02)


async def test_one_answer_by_its_key() -> None:
    here = Here()
    await here.ask(FIRST)
    ((fingerprint, _),) = here.road.services.cache.memory._entries.items()
    found = await shown(here, 1, key=fingerprint.hex()[:32])
    assert isinstance(found, KeptAnswer)
    assert (found.team, found.model, found.cost_nano) == (WHO.team, "fast", COST)
    assert "Hello" not in found.model_dump_json()
    with pytest.raises(AdminError, match="No answer is kept"):
        await shown(here, 1, key="00")
