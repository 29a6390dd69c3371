"""Groups, passthroughs, teams and prices, and the names in them."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.catalog import Loaded, ModelGroup, Passthrough, SchemaRule, Target
from config.errors import ConfigError

Load = Callable[[str], Loaded]


def paths(load: Load, document: str) -> list[str]:
    try:
        load(document)
    except ConfigError as error:
        return [problem.path for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("name", "entry", "rule"),
    [
        ("openai/*", "{passthrough: openai}", Passthrough("openai/*", "openai", strip=True)),
        ("openai/*", "{passthrough: openai, strip: false}", Passthrough("openai/*", "openai", strip=False)),
        ("lab/*", "{passthrough: openai}", Passthrough("lab/*", "openai", strip=False)),
        ("lab/*", "{passthrough: openai, strip: true}", Passthrough("lab/*", "openai", strip=True)),
        ("openai/gpt-*", "{passthrough: openai}", Passthrough("openai/gpt-*", "openai", strip=False)),
        ("*", "{passthrough: openai}", Passthrough("*", "openai", strip=False)),
    ],
)
def test_a_prefix_is_taken_off_when_it_is_the_vendors(
    load: Load, name: str, entry: str, rule: Passthrough
) -> None:
    assert load(f"models: {{'{name}': {entry}}}").catalog.passthroughs == (rule,)


def test_a_passthrough_of_one_name_is_a_group_of_one_target(load: Load) -> None:
    catalog = load("models: {gpt-4o: {passthrough: openai}}").catalog
    assert catalog.models == {"gpt-4o": ModelGroup("gpt-4o", (Target("openai", "gpt-4o"),))}
    assert catalog.passthroughs == ()


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("", None),
        (", json_schema: {}", SchemaRule("always", True)),
        (", json_schema: {check: unenforced, repair: false}", SchemaRule("unenforced", False)),
    ],
    ids=["not said", "by default", "as said"],
)
def test_what_is_done_about_schemas(load: Load, entry: str, rule: SchemaRule | None) -> None:
    group = load(f"models: {{a: {{targets: [openai/x]{entry}}}}}").catalog.models["a"]
    assert group.json_schema == rule


def test_a_target_is_split_at_its_first_slash(load: Load) -> None:
    group = load("models: {a: {targets: [openai/meta/llama:free]}}").catalog.models["a"]
    assert group.targets == (Target("openai", "meta/llama:free"),)


def test_a_vendor_that_is_wrong_in_itself_is_still_declared(load: Load) -> None:
    document = "vendors: {mine: {kind: openai-like}}\nmodels: {a: {targets: [mine/x]}}"
    assert paths(load, document) == ["vendors.mine"]


def test_a_group_that_is_wrong_in_itself_may_still_be_a_fallback(load: Load) -> None:
    document = "models: {a: {targets: [openai/x], fallback: [b]}, b: {targets: 5}}\nteams: {t: {models: [b]}}"
    assert paths(load, document) == ["models.b.targets"]


def test_a_fallback_to_a_pattern_is_refused(load: Load) -> None:
    document = "models: {a: {targets: [openai/x], fallback: ['o/*']}, 'o/*': {passthrough: openai}}"
    assert paths(load, document) == ["models.a.fallback[0]"]


@pytest.mark.parametrize(
    ("model", "served"),
    [
        ("fast", True),
        ("openai/x", True),
        ("openai/*", True),
        ("openai/gpt-*", True),
        ("fas*", True),
        ("*", True),
    ]
    + [("slow", False), ("openai/", False), ("groq/*", False)],
)
def test_a_team_may_use_what_something_serves(load: Load, model: str, served: bool) -> None:
    document = (
        "models: {fast: {targets: [openai/x]}, 'openai/*': {passthrough: openai}}\n"
        f"teams: {{t: {{models: ['{model}']}}}}"
    )
    assert paths(load, document) == ([] if served else ["teams.t.models[0]"])


def test_a_team_of_no_models_is_not_a_team_of_every_model(load: Load) -> None:
    teams = load("teams: {none: {models: []}, all: {}}").catalog.teams
    assert (teams["none"].models, teams["all"].models) == ((), None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"), max_size=3), min_size=1))
def test_exactly_what_leads_in_a_circle_is_refused(load: Load, graph: dict[str, set[str]]) -> None:
    edges = {name: sorted(other for other in others if other in graph) for name, others in graph.items()}
    document = "models:\n" + "".join(
        f"  {name}: {{targets: [openai/x], fallback: [{', '.join(others)}]}}\n"
        for name, others in edges.items()
    )

    def reaches(start: str, goal: str, seen: frozenset[str] = frozenset()) -> bool:
        return any(
            other == goal or (other not in seen and reaches(other, goal, seen | {other}))
            for other in edges[start]
        )

    circular = any(reaches(name, name) for name in edges)
    assert bool(paths(load, document)) is circular


def test_a_very_long_chain_of_fallbacks_is_no_circle(load: Load) -> None:
    names = [f"m{n}" for n in range(1500)]
    lines = [
        f"  {a}: {{targets: [openai/x], fallback: [{b}]}}" for a, b in zip(names, names[1:], strict=False)
    ]
    assert paths(load, "\n".join(["models:", *lines, "  m1499: {targets: [openai/x]}"])) == []
