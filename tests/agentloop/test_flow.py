"""A workflow is a part of its agent's version, and read again as it was written."""

from agentloop.agents import read, written
from tests.agentloop.test_flowing import AGENT


def test_a_workflow_is_pinned_with_its_agent():
    assert read(written(AGENT)) == AGENT
    assert AGENT.undoes == ("pay",)
