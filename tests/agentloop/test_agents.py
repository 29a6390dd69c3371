"""A version of an agent is known by its digest, and read as it was written."""

from msgspec.structs import replace

from agentloop.agents import AgentVersion, ApprovalRule, Roster, ToolVersion, digest, read, written
from agentloop.policy import History, Rule

TOOL = ToolVersion("orders/get", "http", "Looks.", {"type": "object", "b": 1, "a": 2}, "read")
AGENT = AgentVersion("desk", "fast", "Help.", (TOOL,), parameters={"temperature": 0})


def test_a_version_is_read_as_it_was_written():
    assert read(written(AGENT)) == AGENT


def test_equal_versions_have_one_digest_and_any_change_another():
    same = ToolVersion("orders/get", "http", "Looks.", {"a": 2, "type": "object", "b": 1}, "read")
    assert digest(AGENT) == digest(
        AgentVersion("desk", "fast", "Help.", (same,), parameters={"temperature": 0})
    )
    asked = ToolVersion("orders/get", "http", "Looks.", TOOL.parameters, "read", approval=ApprovalRule("p"))
    others = [
        AgentVersion("desk", "smart", "Help.", (TOOL,), parameters={"temperature": 0}),
        AgentVersion("desk", "fast", "Help!", (TOOL,), parameters={"temperature": 0}),
        AgentVersion("desk", "fast", "Help.", (asked,), parameters={"temperature": 0}),
        AgentVersion("desk", "fast", "Help.", (TOOL,), parameters={"temperature": 1}),
    ]
    assert len({digest(each) for each in [AGENT, *others]}) == 5


def test_a_tool_is_found_by_the_name_models_see_and_by_its_own():
    assert AGENT.tool("orders__get") == AGENT.tool("orders/get") == TOOL
    assert AGENT.tool("orders") is None


def test_of_two_tools_that_models_know_by_one_name_it_is_the_first():
    one, other = (replace(TOOL, name=name) for name in ("a/b__c", "a__b/c"))
    agent = replace(AGENT, tools=(one, other))
    assert agent.tool("a__b__c") is one
    assert agent.tool("a__b/c") is other


def test_what_a_version_was_asked_is_no_part_of_it():
    asked = replace(AGENT, rules=(Rule("once", "forbid", history=History(("orders/get",))),))
    assert asked.looks_back and asked.tool("orders__get") == TOOL
    assert written(asked) == written(read(written(asked)))
    assert digest(replace(asked, rules=())) == digest(AGENT)
    bare = replace(asked, rules=(), tools=())
    assert not bare.looks_back and bare.tool("orders__get") is None
    assert replace(TOOL, name="orders/put").spoken == "orders__put"


def test_agents_are_listed_as_models():
    assert Roster({"desk": AGENT}).names() == ("agent:desk",)
