"""A guard is spared only where nobody who is not trusted may see the call."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from config.caching import LOCAL, CacheFacts, CachePolicy, SemanticPolicy
from config.catalog import Catalog, GuardFacts, ModelGroup, Strategy, Target
from gateway.guardrails.cordons import Cordons
from gateway.guardrails.trusting import is_trusted, may_reach
from tests.gateway.road import Answer, Road

HOUSE, ABROAD = Target("house", "llama"), Target("abroad", "gpt")


def catalog(**groups: ModelGroup) -> Catalog:
    road = Road({"one": [Answer()]})
    made = road.call().deployment.catalog
    vendor = next(iter(made.vendors.values()))
    vendors = {
        "house": replace(vendor, name="house", region=None),
        "abroad": replace(vendor, name="abroad", region="us-east-1"),
        "frankfurt": replace(vendor, name="frankfurt", region="eu-central-1"),
    }
    return replace(made, vendors=MappingProxyType(vendors), models=MappingProxyType(groups))


def group(*targets: Target, **more: Any) -> ModelGroup:
    return ModelGroup("m", targets, **more)


OTHER = group(ABROAD)


@pytest.mark.parametrize(
    ("groups", "trusted"),
    [
        ({"m": group(HOUSE)}, True),
        ({"m": group(HOUSE, Target("frankfurt", "gpt"))}, True),
        ({"m": group(HOUSE, ABROAD)}, False),
        ({"m": group(HOUSE, fallback=("other",)), "other": OTHER}, False),
        ({"m": group(HOUSE, on_context=("other",)), "other": OTHER}, False),
        ({"m": group(HOUSE, on_content=("other",)), "other": OTHER}, False),
        (
            {
                "m": group(HOUSE, fallback=("next",)),
                "next": group(HOUSE, fallback=("other",)),
                "other": OTHER,
            },
            False,
        ),
        ({"m": group(HOUSE, fallback=("m",))}, True),
        (
            {"m": group(HOUSE, strategy=Strategy("cascade", {"judge": {"model": "other"}})), "other": OTHER},
            False,
        ),
        ({"other": group(HOUSE)}, False),
    ],
)
def test_who_may_see_a_call_decides(groups: Mapping[str, ModelGroup], trusted: bool) -> None:
    assert is_trusted(catalog(**groups), "support", "m", frozenset(["house", "eu"])) is trusted


def test_models_that_are_asked_beside_the_call_count() -> None:
    made = catalog(m=group(HOUSE), other=OTHER)
    places = frozenset(["house"])
    for embedder, trusted in ((LOCAL, True), ("m", True), ("other", False)):
        policy = CachePolicy(semantic=SemanticPolicy(embedder=embedder))
        assert (
            is_trusted(replace(made, cache=CacheFacts(everybody=policy)), "support", "m", places) is trusted
        )
    judge = {"doctor": GuardFacts("doctor", "judge", model="other")}
    assert not is_trusted(replace(made, guards=judge), "support", "m", places)


def test_a_guard_does_not_stand_before_those_whom_it_trusts() -> None:
    facts = {"pii": GuardFacts("pii", "pii", trusted=("house",)), "secrets": GuardFacts("secrets", "secrets")}
    made = replace(
        catalog(own=group(HOUSE), fast=group(HOUSE, ABROAD)), guards=facts, guardrails=("pii", "secrets")
    )
    cordons = Cordons(made)

    def standing(model: str) -> set[str]:
        cordon = cordons.of("support", model)
        assert cordon is not None
        return {post.facts.name for post in cordon.input}

    assert standing("own") == {"secrets"}
    assert standing("fast") == standing("abroad/anything") == {"pii", "secrets"}


@pytest.mark.parametrize(("vendor", "reached"), [("house", True), ("abroad", True), ("frankfurt", False)])
def test_a_call_may_reach_whoever_answers_instead(vendor: str, reached: bool) -> None:
    groups = catalog(m=group(HOUSE, fallback=("other",)), other=OTHER)
    assert may_reach(groups, "m", vendor) is reached
