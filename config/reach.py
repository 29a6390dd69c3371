"""Addresses that the gateway itself may call: https, or http to listed private networks."""

from collections.abc import Sequence
from ipaddress import ip_network
from urllib.parse import urlsplit

from config.errors import quoted
from config.node import Node
from config.report import Report

_PORTS = {"https": 443, "http": 80}


def compile_reach(url: str, private: Sequence[str], node: Node, named: str, report: Report) -> str:
    """`name:port` of a URL, which the file has under the key `named`; mistakes go to the report."""
    for place, network in enumerate(private):
        try:
            ip_network(network)
        except ValueError:
            at = node.get("private", place) or node
            report.wrong(at, quoted(network), 'a network such as "10.20.0.0/16"')
    parts = urlsplit(url)
    if parts.scheme == "http" and not private:
        allowed = "https://, or http:// to a network that `private` lists"
        report.wrong(node.get(named) or node, quoted(url), allowed)
    return f"{(parts.hostname or '').lower()}:{parts.port or _PORTS[parts.scheme]}"
