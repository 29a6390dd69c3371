"""A cascade whose answers nobody looks at is warned of."""

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
    "as a fallback": ("{ targets: [sim/small], fallback: [strong, sure] }", []),
    "as a side": ("{ strategy: { kind: difficulty, cheap: cheap, strong: sure } }", []),
    "as a judge": (
        "{ strategy: { kind: cascade, cheap: cheap, strong: strong, verify: judge, judge: sure } }",
        ["models.outer.strategy"],
    ),
}


@pytest.mark.parametrize(("outer", "places"), OUTER.values(), ids=OUTER.keys())
def test_a_cascade_that_judges_is_warned_of(load, outer, places):
    loaded = load(GROUPS.format(outer=outer))
    found = [each for each in loaded.warnings if "cascade" in each.found]
    assert [each.path for each in found] == places
    for each in found:
        assert "sure" in each.found and "follow one another" in each.hint
