"""Agents that ask agents: who is meant must be there, and nobody comes back to where it began."""

import pytest

from config.errors import ConfigError

FILE = """\
vendors: {openai: {api_key: sk-x}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
agents:
  desk:
    model: fast
    agents: [{agent: expert, description: Knows it., approval: {group: people}}]
    handoffs: [late]
  expert: {model: fast, description: An expert., agents: [late]}
  late: {model: fast}
"""


def test_whom_an_agent_may_ask_is_among_its_tools(load):
    agents = load(FILE).catalog.agents
    ask, over = agents["desk"].tools
    assert (ask.tool.name, ask.kind, ask.tool.effect) == ("agents/expert", "agent", "transactional")
    assert ask.approval.group == "people"
    assert "Knows it." in ask.tool.description
    assert (over.tool.name, over.kind) == ("handoffs/late", "handoff")
    assert [each.name for each in agents["desk"].below()] == ["expert", "late", "late"]


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ("agents: [latte]", 'the unknown agent "latte"'),
        ("agents: [desk]", "agents in a circle: desk → expert → desk"),
        ("agents: [expert]", "agents in a circle: expert → expert"),
        ("agents: [{name: late}]", "name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(load, instead, says):
    with pytest.raises(ConfigError) as caught:
        load(FILE.replace("agents: [late]", instead))
    assert says in str(caught.value)
    assert "agents.expert.agents[0]" in str(caught.value)
