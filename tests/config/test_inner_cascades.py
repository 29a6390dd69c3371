"""A cascade that is asked in another group's place is warned of, at the setting that leads to it."""

import pytest

GROUPS = """\
vendors: {{ sim: {{}} }}
models:
  cheap: {{ targets: [sim/small] }}
  strong: {{ targets: [sim/large] }}
  sure: {{ strategy: {{ kind: cascade, cheap: cheap, strong: strong }}, fallback: [cheap] }}
  outer: {outer}
"""
OUTER = {
    "as a fallback": ("{ targets: [sim/small], fallback: [strong, sure] }", ["models.outer.fallback[1]"]),
    "as a side": (
        "{ strategy: { kind: difficulty, cheap: cheap, strong: sure } }",
        ["models.outer.strategy"],
    ),
    "not at all": ("{ targets: [sim/small], fallback: [strong] }", []),
}


@pytest.mark.parametrize(("outer", "places"), OUTER.values(), ids=OUTER.keys())
def test_a_cascade_inside_another_group_is_warned_of(load, outer, places):
    loaded = load(GROUPS.format(outer=outer))
    found = [each for each in loaded.warnings if "cascade" in each.found]
    assert [each.path for each in found] == places
    for each in found:
        assert "'sure'" in each.found or '"sure"' in each.found
        assert "follow one another" in each.hint
