"""Holds a gateway's ledger against its vendor's bill, attempt by attempt, to the nano-dollar."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.journeys.program import Row

_SAME = (
    ("input", "input_tokens"),
    ("cached_input", "cached_read_tokens"),
    ("written", "cache_write_tokens"),
    ("written_1h", "cache_write_1h_tokens"),
    ("output", "output_tokens"),
    ("reasoning", "reasoning_tokens"),
    ("nano_dollars", "cost_nano"),
)
# Who left, or died, may not have read the usage that was already on its way; a vendor who sends what is
# no JSON is hung up on, whatever it says afterwards.
_UNREAD = ("cancelled", "lost")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Whether the books agree. `exact` and `billed` are sums over the rows that are not estimated."""

    complaints: list[str]
    table: str
    exact: int
    billed: int


def reconcile(bill: Sequence[Row], rows: Sequence[Row]) -> Reconciled:
    """Compare them; rows of attempts whose usage no vendor told us are listed apart."""
    lines: dict[str, Row] = {}
    complaints = []
    for line in bill:
        before = lines.setdefault(line["client_request_id"], line)
        # A kept connection that ends without a byte was most likely stale, and is tried once more.
        if before is not line and (before["status"] or before["nano_dollars"]):
            complaints.append(f"billed twice: {before}\n  and {line}")
        lines[line["client_request_id"]] = line
    ledger = {row["attempt_id"]: row for row in rows}
    complaints += [f"no row for {line}" for attempt, line in lines.items() if attempt not in ledger]
    for attempt, row in ledger.items():
        said = _complaint(lines.get(attempt), row)
        if said:
            complaints.append(f"{said}:\n  ledger {row}\n  bill   {lines.get(attempt)}")
    exact = [row for row in rows if not row["estimated"]]
    billed = sum(lines[row["attempt_id"]]["nano_dollars"] for row in exact if row["attempt_id"] in lines)
    return Reconciled(complaints, _table(lines, rows), sum(row["cost_nano"] for row in exact), billed)


def _complaint(line: Row | None, row: Row) -> str | None:
    if line is None:
        # Whoever left, or was killed, right after the note may not have reached the vendor any more.
        free = row["cost_nano"] == 0 or (row["status"] in _UNREAD and not row["http_status"])
        return None if free else "a cost without a bill"
    if not row["estimated"]:
        different = [theirs for theirs, ours in _SAME if line[theirs] != row[ours]]
        return f"{', '.join(different)} differ" if different else None
    # A busy machine lets a deadline pass while the answer is on its way: without its head nothing was read.
    unread = row["status"] in _UNREAD or (row["status"] == "timeout" and not row["http_status"])
    if line["usage_delivered"] and not unread and line["fault"] != "malformed":
        return "estimated, though the vendor told its usage"
    return "the vendor is owed and the row is free" if line["nano_dollars"] and not row["cost_nano"] else None


def _table(lines: dict[str, Row], rows: Sequence[Row]) -> str:
    """Statuses and estimates with their counts and dollars."""
    counts: Counter[tuple[str, str]] = Counter()
    ledger: defaultdict[tuple[str, str], int] = defaultdict(int)
    billed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        group = (row["status"], "estimated" if row["estimated"] else "exact")
        counts[group] += 1
        ledger[group] += row["cost_nano"]
        billed[group] += lines.get(row["attempt_id"], {"nano_dollars": 0})["nano_dollars"]
    head = f"{'status':<10} {'tokens':<10} {'rows':>7} {'ledger':>16} {'bill':>16} {'difference':>16}"
    body = [
        f"{status:<10} {tokens:<10} {counts[status, tokens]:>7} {_dollars(ledger[status, tokens])} "
        f"{_dollars(billed[status, tokens])} {_dollars(ledger[status, tokens] - billed[status, tokens])}"
        for status, tokens in sorted(counts)
    ]
    return "\n".join([head, *body])


def _dollars(nano: int) -> str:
    whole, rest = divmod(abs(nano), 1_000_000_000)
    return f"{'-' if nano < 0 else ''}${whole}.{rest:09d}".rjust(16)
