"""A group's strategy is held against what the strategy's own file says."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded
from config.errors import ConfigError
from config.strategies import found_strategies

Load = Callable[[str], Loaded]


def said(load: Load, strategy: str) -> list[str]:
    try:
        load(f"models: {{a: {{targets: [openai/x, openai/y], strategy: {strategy}}}}}")
    except ConfigError as error:
        return [problem.sentence.partition(" ")[2] for problem in error.problems]
    return []


def test_every_file_of_the_folder_is_a_strategy() -> None:
    assert {"weighted", "round-robin", "cheapest", "fastest", "least-busy", "sticky", "canary"} <= set(
        found_strategies()
    )


@pytest.mark.parametrize("name", ["least-busy", "least_busy"])
def test_a_strategy_is_named_as_its_file(load: Load, name: str) -> None:
    group = load(f"models: {{a: {{targets: [openai/x], strategy: {name}}}}}").catalog.models["a"]
    assert group.strategy.name == "least-busy"


def test_its_settings_stand_beside_its_kind_and_the_others_have_their_defaults(load: Load) -> None:
    written = "{kind: canary, target: openai/y, share: 20%}"
    catalog = load(f"models: {{a: {{targets: [openai/x, openai/y], strategy: {written}}}}}").catalog
    assert dict(catalog.models["a"].strategy.options) == {"target": "openai/y", "share": 0.2}
    sticky = load("models: {a: {targets: [openai/x], strategy: {kind: sticky}}}").catalog.models["a"].strategy
    assert dict(sticky.options) == {"cap": 2.0}


@pytest.mark.parametrize(
    ("strategy", "sentence"),
    [
        pytest.param(
            "{kind: cheapst}",
            'models.a.strategy.kind: found the strategy "cheapst"; allowed: ',
            id="a kind that is none",
        ),
        pytest.param(
            "{kind: canary, share: 5%}",
            'models.a.strategy: found no "target"; allowed: target: openai/x',
            id="a setting that is missing",
        ),
        pytest.param(
            "{kind: canary, target: openai/z}",
            'models.a.strategy.target: found the unknown target of this group "openai/z"; '
            "allowed: openai/x, openai/y",
            id="a target of nobody",
        ),
        pytest.param(
            "{kind: sticky, cap: 0.5}",
            'models.a.strategy.cap: found "0.5"; allowed: a factor from 1 to 1000, such as 1.5',
            id="a value out of bounds",
        ),
        pytest.param(
            "{kind: sticky, capp: 2}",
            'models.a.strategy.capp: found the unknown key "capp"; allowed: cap, kind. Did you mean "cap"?',
            id="a key of nobody",
        ),
        pytest.param(
            "[cheapest]",
            "models.a.strategy: found a list; allowed: a strategy's name, or {kind: NAME} with its settings",
            id="no strategy at all",
        ),
    ],
)
def test_a_mistake_is_said_at_its_own_place(load: Load, strategy: str, sentence: str) -> None:
    (found,) = said(load, strategy)
    assert found.startswith(sentence)
