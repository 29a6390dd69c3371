"""A version of an agent is known by its digest, and read as it was written."""

from agentloop.agents import AgentVersion, ApprovalRule, Roster, ToolVersion, digest, read, written

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


def test_agents_are_listed_as_models():
    assert Roster({"desk": AGENT}).names() == ("agent:desk",)
