"""The form of agents and tools: the short form is the long one, and caution is the default."""

from config.agent_schema import AgentEntry, AgentToolEntry, ToolEntry


def test_a_tool_by_its_name_alone_needs_no_approval():
    short = AgentEntry.model_validate({"model": "fast", "tools": ["desk/look"]})
    assert short.tools == (AgentToolEntry(tool="desk/look"),)
    assert short.tools[0].approval is None


def test_a_tool_of_which_nothing_is_said_is_unsafe():
    assert ToolEntry.model_validate({"path": "/x"}).effect == "unsafe"
