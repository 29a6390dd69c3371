"""Who carries the question of which kind."""

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
