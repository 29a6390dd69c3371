"""Checks a workflow's graph: all nodes reachable, every path ends, cycles only as `loop`."""

from collections.abc import Mapping

from config.errors import any_of, did_you_mean, quoted
from config.flow import FlowFacts, FlowNodeFacts
from config.node import Node
from config.report import Report


def check_graph(flow: FlowFacts, node: Node, report: Report) -> None:
    """Reports each mistake at its position."""
    names = list(flow.nodes)
    if flow.start not in flow.nodes:
        hint = did_you_mean(flow.start, names)
        at = node.get("start") or node
        report.wrong(at, f"the unknown node {quoted(flow.start)}", any_of(names), hint)
        return
    known = True
    for name, each in flow.nodes.items():
        for target in each.targets:
            if target not in flow.nodes:
                known = False
                at = node.get("nodes", name) or node
                hint = did_you_mean(target, names)
                found = f"the unknown node {quoted(target)} behind {quoted(name)}"
                report.wrong_key(at, found, any_of(names), hint)
        known = _ways_out(name, each, node, report) and known
    if not known:
        return  # further mistakes may follow from these
    reached = reachable(flow, flow.start)
    for name in flow.nodes:
        if name not in reached:
            at = node.get("nodes", name) or node
            report.wrong_key(
                at, f"the node {quoted(name)}, to which no way leads", "a node that another one names"
            )
    _circles(flow, node, report)


def _ways_out(name: str, each: FlowNodeFacts, node: Node, report: Report) -> bool:
    if each.kind not in ("switch", "when") or each.default:
        return True
    at = node.get("nodes", name) or node
    report.wrong_key(at, f"the {each.kind} {quoted(name)} without default", "default: NODE")
    return False


def reachable(flow: FlowFacts, start: str) -> frozenset[str]:
    """The nodes reachable from `start`, itself included."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found and name in flow.nodes:
            found.add(name)
            waiting += flow.nodes[name].targets
    return frozenset(found)


def _circles(flow: FlowFacts, node: Node, report: Report) -> None:
    for name, each in flow.nodes.items():
        back = [target for target in each.targets if name in reachable(flow, target)]
        if back:
            at = node.get("nodes", name) or node
            found = f"a circle: {quoted(name)} comes back to itself by {quoted(back[0])}"
            report.wrong_key(at, found, "loop: { until: CONDITION, max: N } in one node")
            return  # each other node of the cycle would report the same


def before(flow: FlowFacts) -> Mapping[str, frozenset[str]]:
    """For each node, the nodes from which it can be reached."""
    onward = {name: reachable(flow, name) for name in flow.nodes}
    return {
        name: frozenset(each for each in flow.nodes if name in onward[each] and each != name)
        for name in flow.nodes
    }
