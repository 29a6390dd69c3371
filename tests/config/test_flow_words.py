"""What is asked in the templates of a workflow is found wherever it stands."""

from config.flow import FlowCallFacts, FlowFacts, FlowNodeFacts
from config.flow_words import Words
from config.node import Node
from config.report import Report


def test_expressions_in_lists_and_members_are_found():
    call = FlowCallFacts("a", "t", {"x": ["${nodes.zzz.output}"], "y": {"z": "so ${input.id} and ${1 +}"}})
    flow = FlowFacts("a", {"a": FlowNodeFacts("call", (call,), next="a")}, {})
    nodes = {"a": Node({}, 3, 1, path="workflows.w.nodes.a")}
    root = Node({"nodes": Node(nodes, 2, 1)}, 1, 1)
    said: list[str] = []

    class Heard(Report):
        def wrong_key(self, node, found, allowed, hint=""):
            said.append(found)

    Words(flow, {}, root, Heard("f", root, [])).check()
    unknown = [f'"nodes.zzz{more}", which is not answered before' for more in ("", ".output")]
    assert said == [*unknown, '"1 +"']
