"""What a key is told of agents and tools: what it may use, and nothing of how they are instructed."""

import json
from types import SimpleNamespace

import pytest

from agentloop.agents import AGENT, AgentVersion, ToolVersion, digest
from agentloop.flow import Flow
from config.toolbox import AgentFacts, AgentTool, Split, ToolFacts
from gateway.agents.desk import Desk
from gateway.agents.roster import Roster, agent_view, tool_view
from gateway.errors import NotAllowed, NotFound
from ledger.principal import Principal
from ledger.scope import compile_scope

LOOK = ToolFacts("shop/look", "Show an order.", {}, {"type": "object"}, "read", 5.0)
TOOLS = (AgentTool(LOOK, "http", None),)
AGENTS = {
    "desk": AgentFacts("desk", "fast", "A secret instruction.", TOOLS, {}, {}),
    "clerk": AgentFacts("clerk", "fast", "", TOOLS, {}, {}),
    "boss": AgentFacts("boss", "dear", "", (), {}, {}),
}
LABELS = {"desk@production": Split("desk@production", (("desk", 95), ("clerk", 5)))}
KEY = Principal(
    "key_1", "k", "caller", "", "support", "o", compile_scope(["agent:desk*", "agent:clerk", "fast"])
)


def roster(changed=lambda tool: None):
    catalog = SimpleNamespace(agents=AGENTS, agent_labels=LABELS)
    services = SimpleNamespace(deployment=SimpleNamespace(catalog=catalog))

    async def asker(request):
        return KEY

    return Roster(services, Desk(services, None, lambda: None, lambda: ""), asker, changed)


async def test_a_key_is_told_of_the_agents_that_it_may_use_and_of_their_labels():
    told = json.loads((await roster().agents(None)).body)
    assert [each["id"] for each in told["data"]] == ["desk", "clerk"]
    assert told["labels"] == [
        {"id": "desk@production", "object": "agent_label", "versions": {"desk": 95, "clerk": 5}}
    ]
    assert "secret" not in json.dumps(told)


async def test_one_agent_is_shown_by_its_name_or_by_a_label_and_no_other():
    for name in ("desk", "desk@production"):
        told = json.loads((await roster().agent(SimpleNamespace(path_params={"name": name}))).body)
        assert told["id"] == name
        assert told["tools"] == ["shop/look"]
    for name, error in (("boss", NotAllowed), ("nobody", NotFound)):
        with pytest.raises(error):
            await roster().agent(SimpleNamespace(path_params={"name": name}))


async def test_a_tool_is_told_of_once_with_who_may_call_it_and_why_it_is_held_back():
    for why in (None, "its description is not what was pinned"):
        [told] = json.loads((await roster(lambda tool, why=why: why).tools(None)).body)["data"]
        assert (told["id"], told["effect"], told["agents"]) == ("shop/look", "read", ["desk", "clerk"])
        assert told["held_back"] == why


def test_other_agents_and_parts_of_a_workflow_are_no_tools():
    inline = ToolVersion("llm/sort", AGENT, "", {}, settings={"inline": "1"})
    other = ToolVersion("agents/clerk", AGENT, "", {})
    told = agent_view("flow", AgentVersion("flow", "", "", (inline, other), flow=Flow("a", {}, {})))
    assert told["limits"]["cost"] == "0.250000000"
    assert (told["kind"], told["tools"], told["agents"], told["model"]) == ("workflow", [], ["clerk"], None)
    assert told["digest"] == digest(AgentVersion("flow", "", "", (inline, other), flow=Flow("a", {}, {})))
    assert tool_view(other, None)["agents"] == []
