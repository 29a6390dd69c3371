"""Compiles `retention`."""

import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType

from config.errors import quoted
from config.node import Node
from config.report import Report
from config.retention import ContentKey, KeepPolicy, RetentionFacts
from config.retention_schema import RetentionEntry, TeamRetentionEntry
from config.vendors import secret_at

KEY_BYTES = 32
_MAKE_ONE = "`openssl rand -base64 32` makes one."


def compile_retention(
    entry: RetentionEntry, teams: Mapping[str, TeamRetentionEntry], root: Node, report: Report
) -> RetentionFacts:
    """The policies and the keys; an invalid key, or a missing one if contents are stored, is reported."""
    keys = []
    for name, text in entry.keys.items():
        node = root.get("retention", "keys", name) or root
        if not _is_key(text):
            report.wrong_key(
                node, f"the key {quoted(name)}", f"base64 of {KEY_BYTES} random bytes", _MAKE_ONE
            )
            continue
        keys.append(ContentKey(name, secret_at(node, text, report)))
    policies = {
        name: KeepPolicy(team.store, team.ttl, team.runs)
        for name, team in teams.items()
        if team != TeamRetentionEntry()
    }
    for name, policy in policies.items():
        if policy.contents and not entry.keys:
            node = root.get("teams", name, "retention") or root
            report.gap(
                node, f"store: {policy.store} without a key", "retention.keys: {first: ${NAME}}", _MAKE_ONE
            )
    return RetentionFacts(
        tuple(keys),
        MappingProxyType(policies),
        entry.ledger_months,
        entry.runs,
        entry.responses,
        entry.unknown_objects,
    )


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (ValueError, binascii.Error):
        return False
