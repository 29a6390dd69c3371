"""Which group serves a model name."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from config.catalog import ModelGroup, Passthrough, PatternIndex, Secret, Target
from config.defaults import default_catalog

EMPTY = default_catalog({}, {}).catalog
RULES = (
    Passthrough("*", "all", strip=False),
    Passthrough("openai/*", "openai", strip=True),
    Passthrough("openai/gpt-*", "azure", strip=False),
    Passthrough("o1", "openai", strip=False),
    Passthrough("openai/*", "late", strip=True),
)


def test_a_declared_group_wins_over_every_pattern() -> None:
    group = ModelGroup("openai/x", (Target("mine", "y"),))
    catalog = replace(EMPTY, models={"openai/x": group}, passthroughs=RULES)
    assert catalog.resolve("openai/x") is group


def test_the_most_specific_pattern_wins_whatever_the_order() -> None:
    for rules in (RULES, RULES[:1] + RULES[3:0:-1]):
        catalog = replace(EMPTY, passthroughs=rules)
        served = {
            name: catalog.resolve(name) for name in ("openai/gpt-5", "openai/o3", "o1", "o1-mini", "openai/")
        }
        assert {name: group and group.targets[0].name for name, group in served.items()} == {
            "openai/gpt-5": "azure/openai/gpt-5",
            "openai/o3": "openai/o3",
            "o1": "openai/o1",
            "o1-mini": "all/o1-mini",
            "openai/": "all/openai/",
        }


def test_nobody_serves_an_unknown_or_empty_name() -> None:
    assert EMPTY.resolve("gpt-4o") is None
    assert replace(EMPTY, passthroughs=RULES).resolve("") is None


@given(
    patterns=st.lists(st.text("ab/", max_size=4), max_size=6),
    exact=st.lists(st.text("ab/", min_size=1, max_size=4), max_size=3),
    name=st.text("ab/", max_size=6),
)
def test_the_index_finds_what_a_search_finds(patterns: list[str], exact: list[str], name: str) -> None:
    rules = [Passthrough(f"{prefix}*", f"v{n}", False) for n, prefix in enumerate(patterns)]
    rules += [Passthrough(word, f"e{n}", False) for n, word in enumerate(exact)]
    fitting = [rule for rule in rules if rule.pattern == name]
    wild = [rule for rule in rules if rule.pattern.endswith("*")]
    fitting += sorted(
        (rule for rule in wild if name.startswith(rule.pattern[:-1]) and len(name) > len(rule.pattern) - 1),
        key=lambda rule: -len(rule.pattern),
    )
    found = PatternIndex.of(rules).find(name)
    assert (found and found[0]) == (fitting[0] if fitting else None)


def test_a_secret_does_not_print_itself() -> None:
    assert "hush" not in repr(Secret("hush", "literal")) + str(Secret("hush", "literal"))
