"""The router tells who may not ask, what does not exist, and draws only where there is a choice."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from config.catalog import TeamFacts
from config.strategies import StrategyKind
from dialects.dialect import Asked
from dialects.openai.chat import OpenAIChat
from gateway.deployment import Route
from gateway.errors import Header, ModelNotFound, NotAllowed
from gateway.routing.choosing import Router
from gateway.targets.health import Health
from ledger.principal import Principal
from ledger.scope import compile_scope
from routing.faults import Fault
from routing.plan import Candidate, Choice, Facts, Tier

TIERS = (Tier("fast", "by draw", (Candidate("a/m"), Candidate("b/m"))),)
TEAMS: dict[str, TeamFacts] = {}
CATALOG = SimpleNamespace(teams=TEAMS, models={"fast": None}, vendors={"openai": None, "spare": None})
HEALTH = Health()
SETTLED = (Choice("a/m", "the only target"),)
ROUTES = {
    "fast": Route("fast", "fast", TIERS, None, {}),
    "openai/mini": Route("openai/mini", "openai/*", (), SETTLED, {}),
}


def by_draw(facts: Facts, candidates: Any, options: Any, health: Any) -> list[Choice]:
    return [Choice(each.name, f"drew {facts.draw} for {facts.model}") for each in candidates]


class Dice:
    """Counts how often it is thrown."""

    def __init__(self) -> None:
        self.thrown = 0

    def __call__(self) -> float:
        self.thrown += 1
        return 0.25


def cleared(model: str, *allowed: str, headers: Sequence[Header] = (), body: bytes = b"{}") -> Any:
    call = SimpleNamespace(
        asked=Asked(model),
        deployment=SimpleNamespace(route=ROUTES.get, catalog=CATALOG, health=HEALTH),
        label="",
        headers=headers,
        body=body,
        dialect=OpenAIChat(),
        trail=[],
        pins=None,
    )
    scope = compile_scope(allowed) if allowed else None
    return SimpleNamespace(
        call=call, principal=Principal("k", "key", "caller", "", "t", "o", scope), body=body
    )


def router(dice: Dice) -> Router:
    return Router({"by draw": StrategyKind(by_draw)}, dice)


def test_a_choice_is_made_by_the_strategy_with_one_draw() -> None:
    dice, asked = Dice(), cleared("fast")
    route, plan = router(dice).plan(asked)
    assert route is ROUTES["fast"]
    assert plan == (Choice("a/m", "drew 0.25 for fast"), Choice("b/m", "drew 0.25 for fast"))
    assert (dice.thrown, asked.call.label) == (1, "fast")


def test_where_nothing_is_to_choose_nothing_is_drawn() -> None:
    dice, asked = Dice(), cleared("openai/mini")
    assert router(dice).plan(asked) == (ROUTES["openai/mini"], SETTLED)
    assert (dice.thrown, asked.call.label) == (0, "openai/*")


def test_a_model_that_the_key_may_not_use_is_refused_whether_it_exists_or_not() -> None:
    for model in ("fast", "nothing"):
        with pytest.raises(NotAllowed, match=f"may not use the model '{model}'.*GET /v1/models") as refused:
            router(Dice()).plan(cleared(model, "openai/*"))
        assert refused.value.param == "model"


def test_a_model_that_does_not_exist_is_not_found_and_has_no_label() -> None:
    asked = cleared("nothing")
    with pytest.raises(ModelNotFound, match="'nothing' does not exist here.*'vendor/model'") as refused:
        router(Dice()).plan(asked)
    assert (refused.value.param, asked.call.label) == ("model", "")


def test_who_asks_past_the_names_of_the_configuration_hears_what_would_pass_it() -> None:
    with pytest.raises(ModelNotFound) as refused:
        router(Dice()).plan(cleared("spare/x"))
    assert refused.value.message.endswith(
        '`models` of the configuration needs `"spare/*": { passthrough: spare }` for this one.'
    )


def test_the_nearest_model_that_the_key_may_use_is_named() -> None:
    with pytest.raises(ModelNotFound, match='Did you mean "fast"'):
        router(Dice()).plan(cleared("fsat"))
    with pytest.raises(ModelNotFound) as refused:
        router(Dice()).plan(cleared("fsat", "fsat"))
    assert "Did you mean" not in refused.value.message


@pytest.mark.parametrize(
    ("regions", "vendors", "kept"),
    [
        pytest.param(None, None, ["near/m", "far/m"], id="bound to nothing"),
        pytest.param(frozenset(["eu"]), None, ["near/m"], id="a team's regions"),
        pytest.param(None, b"far", ["far/m"], id="a caller's vendors"),
        pytest.param(frozenset(["asia"]), None, [], id="nowhere to go"),
    ],
)
def test_where_a_refusal_leads_is_bound_as_the_call_is(
    regions: frozenset[str] | None, vendors: bytes | None, kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {"near": "eu-west-1", "far": "us-east-1"}
    lines: Any = {
        f"{name}/m": SimpleNamespace(vendor=SimpleNamespace(name=name, region=region))
        for name, region in places.items()
    }
    here = [Candidate(f"{name}/m", vendor=name, region="asia") for name in places]
    tiers = (Tier("wide", "by draw", tuple(here)),)
    long = {Fault.TOO_LONG: tuple(Choice(target, "a larger window") for target in lines)}
    monkeypatch.setitem(ROUTES, "wide", Route("wide", "wide", tiers, None, lines, long))
    both = None if regions is None else regions | {"asia"}
    monkeypatch.setitem(TEAMS, "t", TeamFacts("t", "o", regions=both))
    headers = [] if vendors is None else [(b"x-signalbox-vendors", vendors)]
    route, _ = router(Dice()).plan(cleared("wide", headers=headers))
    assert [choice.target for choice in route.alternatives.get(Fault.TOO_LONG, ())] == kept
