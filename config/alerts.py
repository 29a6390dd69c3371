"""Compiles the webhook for the operator's alerts."""

from config.alert import AlertFacts
from config.alert_schema import AlertsEntry
from config.node import Node
from config.reach import compile_reach
from config.report import Report
from config.vendors import secret_at


def compile_alerts(entry: AlertsEntry | None, node: Node | None, report: Report) -> AlertFacts | None:
    """None if there are no alerts; mistakes go to the report."""
    if entry is None or node is None:
        return None
    host = compile_reach(entry.webhook, entry.private, node, "webhook", report)
    return AlertFacts(entry.webhook, host, secret_at(node.get("secret"), entry.secret, report), entry.private)
