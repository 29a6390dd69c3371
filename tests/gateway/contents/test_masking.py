"""Personal data and secrets are taken out of what is kept, whatever guards a team has."""

import json
from dataclasses import replace
from types import MappingProxyType

from config.catalog import GuardFacts, TeamFacts
from gateway.contents.masking import Masking
from tests.gateway.contents.copies import catalog_keeping

SECRET = "AKIA" + "IOSFODNN7EXAMPL3"
DOCUMENT = {
    "request": {"messages": [{"content": "write to ann@night-train.example about Orchid"}]},
    "complete": True,
}


def test_without_any_guard() -> None:
    said = Masking(catalog_keeping()).masked("support", json.dumps(DOCUMENT).encode())
    assert json.loads(said)["request"]["messages"][0]["content"] == "write to [EMAIL] about Orchid"
    assert json.loads(said)["complete"] is True


def test_a_team_s_own_words_too_though_its_guard_only_watches() -> None:
    guards = {"ours": GuardFacts("ours", "words", action="flag", mode="shadow", words=("Orchid",))}
    teams = {"support": TeamFacts("support", "acme", guardrails=("ours",))}
    catalog = replace(catalog_keeping(), guards=MappingProxyType(guards), teams=MappingProxyType(teams))
    masking = Masking(catalog)
    assert b"Orchid" not in masking.masked("support", json.dumps(DOCUMENT).encode())
    assert b"Orchid" in masking.masked("others", json.dumps(DOCUMENT).encode())
