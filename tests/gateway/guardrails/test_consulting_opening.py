"""Who carries the question of which kind."""

import pytest

from config.catalog import GuardFacts
from config.guard_names import DISTANT_KINDS, MODEL_KINDS, NAMES, TOPICS
from gateway.embedders.names import NamesCourier
from gateway.embedders.topics import TopicCourier
from gateway.guardrails.consulting_opening import open_consulting
from gateway.guardrails.model_couriers import ModelCourier
from tests.gateway.road import Answer, Road


async def test_models_are_asked_on_the_road_and_services_over_http() -> None:
    road = Road({"one": [Answer()]})
    consulting = open_consulting(lambda: road.services)
    carried = {kind: isinstance(consulting.courier(kind), ModelCourier) for kind in DISTANT_KINDS}
    assert carried == {kind: kind in MODEL_KINDS for kind in DISTANT_KINDS}
    assert isinstance(consulting.courier(TOPICS), TopicCourier)
    assert isinstance(consulting.courier(NAMES), NamesCourier)
    assert consulting.courier(NAMES) is consulting.courier(NAMES)
    await consulting.close()


async def test_what_reads_by_a_model_is_prepared_and_nobody_else_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[str] = []
    for courier in (NamesCourier, TopicCourier):
        monkeypatch.setattr(courier, "prepare", lambda self, facts: prepared.append(facts.name))
    road = Road({"one": [Answer()]})
    consulting = open_consulting(lambda: road.services)
    consulting.prepare(
        [GuardFacts("people", NAMES), GuardFacts("desk", TOPICS), GuardFacts("own", "webhook")]
    )
    assert prepared == ["people", "desk"]
    await consulting.close()
