"""Compiles the webhook to which the operator's alerts go."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from config.alert_schema import AlertFacts, AlertsEntry
from config.errors import quoted
from config.report import Report
from config.source import Node
from config.vendors import secret_at

_PORTS = {"https": 443, "http": 80}


def compile_alerts(entry: AlertsEntry | None, node: Node | None, report: Report) -> AlertFacts | None:
    """None where nothing is told; mistakes go to the report."""
    if entry is None or node is None:
        return None
    for place, network in enumerate(entry.private):
        try:
            ip_network(network)
        except ValueError:
            at = node.get("private", place) or node
            report.wrong(at, quoted(network), 'a network such as "10.20.0.0/16"')
    parts = urlsplit(entry.webhook)
    if parts.scheme == "http" and not entry.private:
        allowed = "https://, or http:// to a network that `private` lists"
        report.wrong(node.get("webhook") or node, quoted(entry.webhook), allowed)
    host = f"{(parts.hostname or '').lower()}:{parts.port or _PORTS[parts.scheme]}"
    return AlertFacts(entry.webhook, host, secret_at(node.get("secret"), entry.secret, report), entry.private)
