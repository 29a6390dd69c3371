"""Rows of answers that guards elsewhere look at: written when these have said what they find."""

import msgspec

from gateway.call import Call
from ledger.row import UsageRow

_ENCODE = msgspec.json.Encoder().encode
_STOPPED = "content_filter"


def judged_late(row: UsageRow, call: Call) -> UsageRow:
    """The row with what its guards did since it was made."""
    said = {"guard": call.guard, "trail": _ENCODE(call.trail).decode()}
    if call.guard == "block":
        said |= {"status": "blocked", "error_code": row.error_code or _STOPPED}
    return msgspec.structs.replace(row, **said)


def settle_late(call: Call) -> None:
    """Write those that wait, once; before the answer's last byte, and however the call ended."""
    waiting, call.unsettled = call.unsettled, None
    for settle in waiting or ():
        settle()
