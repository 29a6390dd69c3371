"""What kinds of tools are made of."""

import importlib

import pytest

from agentloop.means import Means
from agentloop.tools.http import resolved

KINDS = ["function", "mcp", "sql", "queue"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_opened_from_its_file(kind):
    means = Means(None, lambda *_: None, None, float)
    made = importlib.import_module(f"agentloop.tools.{kind}").open_tool(means)
    assert callable(made.call)


async def test_a_name_is_resolved_to_all_its_addresses():
    assert "127.0.0.1" in await resolved("localhost", 80)
