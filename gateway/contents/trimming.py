"""Removes from rows what is not stored for a team that keeps only figures."""

from collections.abc import Sequence

import msgspec

from config.retention import RetentionFacts
from ledger.row import UsageRow


def trimmed(rows: Sequence[UsageRow], facts: RetentionFacts) -> Sequence[UsageRow]:
    """The rows as they may be stored: without decisions, and without what a vendor knows the call by."""
    quiet = facts.quiet if facts.teams else ()
    if not quiet:
        return rows
    return [
        msgspec.structs.replace(row, trail="", vendor_request_id="") if row.team in quiet else row
        for row in rows
    ]
