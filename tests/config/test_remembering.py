"""A memory is there where it is written, and says whose it is."""

import pytest

from config.errors import ConfigError

FILE = """\
vendors: {openai: {api_key: sk-x}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
tool_servers: {SERVER: {base_url: "https://x.example", tools: {look: {path: /look, effect: read}}}}
policies:
  calm: {rules: [{id: few, require_approval: {tools: [memory/remember], group: people}}]}
agents:
  desk: {model: fast}
  desk@canary: {model: fast, memory: MEMORY}
"""


def written(memory, server="shop"):
    return FILE.replace("SERVER", server).replace("MEMORY", memory)


def test_an_agent_without_it_has_no_such_tool_and_one_with_it_has_both(load):
    agents = load(written("{scope: user}")).catalog.agents
    assert agents["desk"].tools == ()
    keep, find = agents["desk@canary"].tools
    assert (keep.tool.name, keep.kind, keep.tool.effect) == ("memory/remember", "memory", "transactional")
    assert (find.tool.name, find.kind, find.tool.effect) == ("memory/recall", "memory", "read")
    assert keep.tool.settings == find.tool.settings
    assert keep.tool.settings == {"scope": "user", "ttl": "7776000.0", "most": "200", "agent": "desk"}


def test_its_settings_are_in_its_tools(load):
    [keep, _] = load(written("{scope: team, ttl: 12h, most: 7}")).catalog.agents["desk@canary"].tools
    assert keep.tool.settings == {"scope": "team", "ttl": "43200.0", "most": "7", "agent": "desk"}


@pytest.mark.parametrize(
    ("memory", "server", "says"),
    [
        ("{}", "shop", "scope"),
        ("{scope: world}", "shop", '"world"'),
        ("{scope: user, ttl: 0s}", "shop", "longer than nothing"),
        ("{scope: user, most: 1001}", "shop", "at most 1000 memories"),
        ("{scope: user}", "memory", "a tool server of the name memory"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(load, memory, server, says):
    with pytest.raises(ConfigError) as caught:
        load(written(memory, server))
    assert says in str(caught.value)
    assert "agents.desk@canary.memory" in str(caught.value)
