"""Labels that stand for several versions of an agent."""

import pytest

from config.errors import ConfigError

DOCUMENT = """\
vendors: {openai: {api_key: sk-test}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
agents: {desk: {model: fast}, desk@canary: {model: fast}}
agent_labels: {desk@production: {desk: 95, desk@canary: 5}}
"""


def test_a_label_has_versions_with_weights(load):
    [split] = load(DOCUMENT).catalog.agent_labels.values()
    assert (split.label, split.shares) == ("desk@production", (("desk", 95), ("desk@canary", 5)))


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("desk@canary: 5", "desk@canry: 5", 'the unknown agent "desk@canry"'),
        ("desk@production", "desk@canary", "which is an agent"),
        ("desk@production", "production", 'the label "production"'),
        ("{desk: 95, desk@canary: 5}", "{}", "no version"),
        ("95", "0", "found 0"),
    ],
)
def test_a_mistake_is_said(load, right, wrong, found):
    before, label, after = DOCUMENT.partition("agent_labels")
    with pytest.raises(ConfigError) as error:
        load(before + label + after.replace(right, wrong, 1))
    assert found in "\n".join(problem.sentence for problem in error.value.problems)
