"""The guards of a call are those of everybody, of its team and of its model, each once."""

import subprocess
import sys
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from config.catalog import Catalog, GuardFacts, ModelGroup, Settings, Target, TeamFacts
from config.toolbox import ToolApproval
from gateway.guardrails import cordons
from gateway.guardrails.cordons import cordons_of


def catalog(**settings: Any) -> Catalog:
    groups = {
        "fast": ModelGroup("fast", (Target("v", "m"),), guardrails=("secrets",)),
        "slow": ModelGroup("slow", (Target("v", "m"),)),
    }
    teams = {
        "support": TeamFacts("support", "acme", guardrails=("pii",)),
        "masked": TeamFacts("masked", "acme", guardrails=("pii", "secrets"), unmask=False),
    }
    usual: dict[str, Any] = {
        "vendors": {},
        "models": MappingProxyType(groups),
        "passthroughs": (),
        "teams": MappingProxyType(teams),
        "prices": (),
        "settings": Settings(),
        "version": "1",
        "source": "f",
    }
    return Catalog(**{**usual, **settings})


@pytest.mark.parametrize(
    ("everybody", "team", "model", "names"),
    [
        ((), "support", "slow", ["pii"]),
        ((), "support", "fast", ["secrets", "pii"]),
        ((), "masked", "fast", ["secrets", "pii"]),
        ((), "other", "fast", ["secrets"]),
        (("links", "pii"), "support", "slow", ["pii"]),
    ],
    ids=["a team's", "and a model's", "each once", "a model's", "and everybody's"],
)
def test_who_stands_before_a_call(
    everybody: tuple[str, ...], team: str, model: str, names: list[str]
) -> None:
    cordons = cordons_of(catalog(guardrails=everybody))
    assert cordons is not None
    cordon = cordons.of(team, model)
    assert cordon is not None
    assert [post.facts.name for post in cordon.input] == names
    assert ("links" in [post.facts.name for post in cordon.output]) == ("links" in everybody)
    assert cordon.unmask is (team != "masked")


@pytest.mark.parametrize(
    ("team", "vendor", "names"),
    [("support", "v", ["secrets", "pii"]), ("other", "v", ["secrets"]), ("support", "w", ["pii"])],
)
def test_before_what_a_vendor_keeps_stand_the_guards_of_all_models_there(
    team: str, vendor: str, names: list[str]
) -> None:
    made = cordons_of(catalog())
    assert made is not None and made.of_kept("other", "w") is None
    for _ in range(2):
        cordon = made.of_kept(team, vendor)
        assert cordon is not None and [post.facts.name for post in cordon.input] == names


@pytest.mark.parametrize(("team", "unmask", "lifts"), [("support", True, True), ("masked", False, False)])
def test_where_nobody_stands_values_come_back_as_the_team_says(team: str, unmask: bool, lifts: bool) -> None:
    made = cordons.unguarded(catalog(), team)
    assert (made.unmask, made.lifts, made.input, made.output) == (unmask, lifts, (), ())


@pytest.mark.parametrize("model", ["slow", "a-name-under-a-pattern"])
def test_where_nobody_stands_there_is_no_gate(model: str) -> None:
    cordons = cordons_of(catalog())
    assert cordons is not None and cordons.of("other", model) is None


def test_a_configuration_without_guards_has_no_cordons() -> None:
    assert cordons_of(catalog(models={}, teams={})) is None


@pytest.mark.parametrize(
    ("said", "given", "lifts"), [(True, True, True), (False, False, False), ("on-request", False, True)]
)
def test_who_gets_values_back_is_the_teams_to_say(said: Any, given: bool, lifts: bool) -> None:
    cordons = cordons_of(catalog(teams={"t": TeamFacts("t", "acme", guardrails=("pii",), unmask=said)}))
    assert cordons is not None
    cordon = cordons.of("t", "slow")
    assert cordon is not None and (cordon.unmask, cordon.lifts) == (given, lifts)


def test_a_guard_that_cannot_be_made_says_why() -> None:
    guards = {"pii": GuardFacts("pii", "pii", types=("mail",))}
    with pytest.raises(ValueError, match="'mail'"):
        cordons_of(catalog(guards=guards))


@pytest.mark.parametrize(
    "guard", [GuardFacts("who", "names"), GuardFacts("who", "topics", topics={"a": ("b",)})]
)
def test_who_reads_by_meaning_says_what_to_install(
    guard: GuardFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = catalog(guards={"who": guard}, guardrails=("who",))
    assert cordons_of(asking) is not None
    monkeypatch.setattr(cordons, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"'who' .*pip install 'signalbox-gateway\[semantic\]'"):
        cordons_of(asking)


def test_nothing_of_guards_is_loaded_until_one_is_named() -> None:
    code = (
        "import gateway.app, sys; print([n for n in ('re2', 'phonenumbers', 'stdnum') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


ASKS = GuardFacts(
    "cards", "pii", action="ask", stages=("tool_call",), types=("card",), approval=ToolApproval("people", 60)
)


@pytest.mark.parametrize(("mode", "asks"), [("enforce", ["cards"]), ("shadow", [])])
def test_who_asks_a_person_stands_before_tools_in_a_run_and_before_answers_elsewhere(
    mode: Any, asks: list[str]
) -> None:
    facts = replace(ASKS, mode=mode)
    cordons = cordons_of(catalog(guards=MappingProxyType({"cards": facts}), guardrails=("cards",)))
    assert cordons is not None
    assert [post.guard.name for post in cordons.asking("", "slow").here] == asks
    outside, inside = cordons.of("", "slow"), cordons.of_run("", "slow")
    assert outside is not None
    assert [post.guard.name for post in outside.calls] == ["cards"]
    assert (inside is None) == (mode == "enforce")


def test_where_no_guard_asks_none_is_looked_for() -> None:
    cordons = cordons_of(catalog(guardrails=("pii",)))
    assert cordons is not None
    assert cordons.asking("support", "fast") == ((), ())


def test_the_same_guards_are_compiled_once_for_all_teams_and_models() -> None:
    cordons = cordons_of(catalog(guardrails=("pii",), guards={"pii": GuardFacts("pii", "pii")}))
    assert cordons is not None
    one, other = cordons.of("support", "slow"), cordons.of("another", "nobody-declared-this")
    assert one is not None and other is not None and one is not other
    assert one.skim is not None and one.skim is other.skim
