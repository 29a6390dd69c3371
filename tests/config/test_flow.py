"""Where a node may go on to."""

from config.flow import BranchFacts, FlowNodeFacts


def test_every_way_out_of_a_node_is_among_its_targets():
    node = FlowNodeFacts(
        "switch", cases={"x": "a"}, branches=(BranchFacts("true", "b"),), default="c", on_error="d"
    )
    assert node.targets == ("a", "b", "c", "d")
