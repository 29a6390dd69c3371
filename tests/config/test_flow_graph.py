"""The graph of a workflow: what leads where."""

from config.flow import FlowFacts, FlowNodeFacts
from config.flow_graph import before, reachable

FLOW = FlowFacts(
    "a",
    {
        "a": FlowNodeFacts("when", default="b", on_error="c"),
        "b": FlowNodeFacts("call", next="c"),
        "c": FlowNodeFacts("output"),
        "d": FlowNodeFacts("call", next="c"),
    },
    {},
)


def test_what_can_be_reached_is_found_and_so_is_what_comes_before():
    assert reachable(FLOW, "a") == {"a", "b", "c"}
    assert before(FLOW)["c"] == {"a", "b", "d"}
    assert before(FLOW)["a"] == frozenset()
