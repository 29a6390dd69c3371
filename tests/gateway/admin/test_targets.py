"""How targets are doing, as the API shows it."""

from types import SimpleNamespace
from typing import Any, cast

from config.catalog import Secret
from gateway.admin.routes import Ask, Nothing
from gateway.admin.targets import TargetsAnswer, target_routes
from gateway.clock import Clock
from gateway.targets.health import Health
from ledger.principal import Principal
from tests.gateway.road import Road

WHO = Principal("key_1", "key", "admin", "", "t", "o")


def of(health: Health) -> SimpleNamespace:
    """A deployment whose vendors are gone."""
    return SimpleNamespace(health=health, catalog=SimpleNamespace(vendors={}))


async def shown(health: Health, clock: Clock) -> TargetsAnswer:
    (route,) = target_routes(lambda: cast(Any, of(health)), clock)
    assert (route.method, route.path) == ("GET", "/admin/v1/targets")
    answer = await route.handler(Ask(WHO, Nothing(), Nothing()))
    assert isinstance(answer, TargetsAnswer)
    return answer


async def test_every_target_is_shown_with_its_keys_by_where_they_came_from() -> None:
    clock = Clock(monotonic=lambda: 100.0)
    health = Health(clock)
    state = health.target("v/m", ("v", "m"), [Secret("sk-secret", "env KEY")], declared=True)
    state.began(1, 99.0, state.streams)
    state.content(1, 99.25, state.streams)
    (target,) = (await shown(health, clock)).data
    assert (target.target, target.circuit, target.share, target.in_flight) == ("v/m", "closed", 1.0, 1)
    assert (target.first_content_ms, target.samples, target.success) == (250.0, 1, 1.0)
    (key,) = target.keys
    assert (key.source, key.waits_seconds, key.requests_left) == ("env KEY", 0.0, None)
    assert "sk-secret" not in target.model_dump_json()


async def test_a_key_that_waits_says_how_long_and_why() -> None:
    clock = Clock(monotonic=lambda: 100.0)
    health = Health(clock)
    state = health.target("v/m", ("v", "m"), [Secret("sk", "env KEY")], declared=True)
    state.keys[0].until, state.keys[0].reason = 107.0, "its vendor asks to wait"
    state.wait(100.0)
    (target,) = (await shown(health, clock)).data
    assert (target.share, target.reason) == (0.0, "its vendor asks to wait, 7 s to wait")
    assert (target.keys[0].waits_seconds, target.keys[0].reason) == (7.0, "its vendor asks to wait")


async def test_a_target_says_what_a_usual_call_costs_as_its_answers_have_been() -> None:
    deployment = Road({"one": []}).deployment
    (route,) = target_routes(lambda: deployment, Clock(monotonic=lambda: 100.0))

    async def cost() -> int | None:
        answer = await route.handler(Ask(WHO, Nothing(), Nothing()))
        assert isinstance(answer, TargetsAnswer)
        return answer.data[0].usual_call_nano

    before = await cost()
    (state,) = deployment.health.targets
    state.wrote(100.0, 100, 0.0)
    assert (before, await cost()) == (1000 * 1000 + 400 * 2000, 1000 * 1000 + 100 * 2000)
