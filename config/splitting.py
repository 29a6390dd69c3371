"""Compiles agent labels, which split callers between versions by weight."""

from collections.abc import Collection, Mapping

from config.errors import any_of, did_you_mean, quoted
from config.node import Node
from config.report import Report
from config.toolbox import Split


def compile_split(
    label: str, shares: Mapping[str, int], node: Node, agents: Collection[str], report: Report
) -> Split:
    """A label; versions that do not exist are reported."""
    if label in agents:
        report.wrong_key(node, f"the label {quoted(label)}, which is an agent", "a name that no agent has")
    if "@" not in label:
        report.wrong_key(node, f"the label {quoted(label)}", "NAME@LABEL")
    if not shares:
        report.gap(node, f"no version in the label {quoted(label)}", any_of(agents), "")
    for name in shares:
        if name not in agents:
            place, hint = node.get(name) or node, did_you_mean(name, list(agents))
            report.wrong_key(place, f"the unknown agent {quoted(name)}", any_of(agents), hint)
    return Split(label, tuple(shares.items()))
