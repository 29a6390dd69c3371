"""Removes from ledger rows what is not stored for a team that stores only figures."""

from collections.abc import Sequence

import msgspec

from config.retention import RetentionFacts
from ledger.row import UsageRow


def trimmed(rows: Sequence[UsageRow], facts: RetentionFacts) -> Sequence[UsageRow]:
    """The rows as they may be stored: without decisions and the vendor's request id for such teams."""
    quiet = facts.quiet if facts.teams else ()
    if not quiet:
        return rows
    return [
        msgspec.structs.replace(row, trail="", vendor_request_id="") if row.team in quiet else row
        for row in rows
    ]
