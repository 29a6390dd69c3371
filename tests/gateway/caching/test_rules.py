"""What shapes answers is in the version, alike in every process; how a vendor is reached is not."""

from dataclasses import replace
from types import MappingProxyType

from config.caching import CacheFacts, CachePolicy
from config.catalog import Catalog, Deadlines, ModelGroup, Secret, Settings, Target, TeamFacts, Vendor
from gateway.caching.rules import CacheRules
from tests.gateway.road import KIND

VENDOR = Vendor("v", KIND, "http://v.test/v1", Secret("sk-1", "env KEY"))
CATALOG = Catalog(
    vendors=MappingProxyType({"v": VENDOR}),
    models=MappingProxyType({"fast": ModelGroup("fast", (Target("v", "m"),))}),
    passthroughs=(),
    teams=MappingProxyType({"support": TeamFacts("support", "acme")}),
    prices=(),
    settings=Settings(),
    version="1",
    source="test",
    cache=CacheFacts(teams=MappingProxyType({"support": CachePolicy(exact=60.0)})),
)


def version(catalog: Catalog, team: str = "support") -> str:
    return CacheRules(catalog).version(team)


def with_vendor(**changed: object) -> Catalog:
    return replace(CATALOG, vendors=MappingProxyType({"v": replace(VENDOR, **changed)}))


def test_who_remembers_nothing_has_no_policy() -> None:
    rules = CacheRules(CATALOG)
    assert rules.policy("support") == CachePolicy(exact=60.0)
    assert rules.policy("others") is None


def test_what_shapes_answers_changes_the_version() -> None:
    others = [
        with_vendor(base_url="http://w.test/v1"),
        with_vendor(region="eu"),
        with_vendor(kind=replace(KIND, drops=frozenset(["temperature"]))),
        replace(CATALOG, models=MappingProxyType({"fast": ModelGroup("fast", (Target("v", "n"),))})),
        replace(CATALOG, teams=MappingProxyType({"support": TeamFacts("support", "acme", ("fast",))})),
        replace(CATALOG, guardrails=("pii",)),
    ]
    assert len({version(CATALOG), *map(version, others)}) == 7


def test_what_does_not_leaves_it() -> None:
    others = [
        with_vendor(api_key=Secret("sk-2", "env KEY")),
        with_vendor(deadlines=Deadlines(connect=1.0)),
        replace(CATALOG, settings=Settings(port=1), version="2"),
        replace(CATALOG, teams=MappingProxyType({"support": TeamFacts("support", "acme", tags={"a": "b"})})),
    ]
    assert {version(CATALOG), *map(version, others)} == {version(CATALOG)}


def test_a_team_that_the_file_does_not_name_has_a_version_too() -> None:
    assert version(CATALOG, "minted") != version(CATALOG)


def test_teams_that_are_declared_alike_share_what_their_organisation_may() -> None:
    both = {
        name: TeamFacts(name, "acme", users=MappingProxyType({name: ()})) for name in ("support", "sales")
    }
    alike = replace(CATALOG, teams=MappingProxyType(both))
    assert version(alike, "support") == version(alike, "sales")
    both["sales"] = replace(both["sales"], guardrails=("pii",))
    assert version(alike, "support") != version(alike, "sales")
