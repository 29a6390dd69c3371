"""No agent is declared until somebody declares one."""

from agentloop.road import Agents, NoAgents


def test_no_agent_stands_in_the_list_of_models() -> None:
    agents: Agents = NoAgents()
    assert agents.names() == ()
