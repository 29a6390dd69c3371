"""Writes the rows of attempts: at once, or after remote guards that inspect the answer have decided."""

from functools import partial

import msgspec

from dialects.usage import Searches
from gateway.books import Books
from gateway.call import Call
from ledger.row import UsageRow

_ENCODE = msgspec.json.Encoder().encode
_STOPPED = "content_filter"


def searched(row: UsageRow, searches: Searches) -> UsageRow:
    """The row with the vendor's web searches, which are billed separately."""
    return msgspec.structs.replace(row, units=sum(searches), unit="search")


def settle(row: UsageRow, call: Call, books: Books, key: tuple[str, str]) -> None:
    """Record an attempt's outcome; `key` is its target's label in metrics."""
    if call.rows is not None:
        call.rows.append(row)
    if row.status != "ok":
        call.broken = row
    else:
        call.served = row
        if call.unsettled is not None:
            call.unsettled.append(partial(_settle_judged, row, call, books, key))
            return
    books.settle(row, key)


def _settle_judged(row: UsageRow, call: Call, books: Books, key: tuple[str, str]) -> None:
    books.settle(judged_late(row, call), key)


def judged_late(row: UsageRow, call: Call) -> UsageRow:
    """The row with what guards did after it was made."""
    said = {"guard": call.guard, "trail": _ENCODE(call.trail).decode()}
    if call.guard == "block":
        said |= {"status": "blocked", "error_code": row.error_code or _STOPPED}
    return msgspec.structs.replace(row, **said)


def settle_late(call: Call) -> None:
    """Write the waiting rows, once: before the answer's last byte, and however the call ended."""
    waiting, call.unsettled = call.unsettled, None
    for settle in waiting or ():
        settle()
