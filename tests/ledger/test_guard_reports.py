"""Each call counts once for a guard and what it did, whatever its attempts are; texts are nowhere."""

from pathlib import Path

import msgspec

from ledger.guard_reports import Guarded, folded, guard_report
from ledger.row import UsageRow, first_id_at
from tests.ledger.facts import NOON_MS, ROW, ledger_of

WOULD = '["guard","would block","words",{"WORD":2,"TICKET":1}]'
DID = '["guard","mask","pii",{"EMAIL":1}]'
ANSWER = '["guard answer","would block","words",{"WORD":1}]'
ROUTE = '["route","chosen","weighted",{"left":2}]'


def row(minute: int, attempt: int, *steps: str) -> UsageRow:
    at_ms = NOON_MS + minute * 60_000
    trail = f"[{','.join(steps)}]" if steps else ""
    return msgspec.structs.replace(
        ROW, attempt_id=f"{first_id_at(at_ms)}.{attempt}", at_ms=at_ms, trail=trail
    )


ROWS = [
    row(1, 1, ROUTE),
    row(2, 1, WOULD, ROUTE),
    row(2, 2, WOULD, ROUTE),
    row(3, 0, '["guard","block","secrets",{"KEY":1}]', '["refused","content_filter","no",{"status":400}]'),
    row(4, 1, DID, ANSWER),
    row(5, 1, '["guard","failed","far",{}]'),
    row(500, 1, WOULD),
]


async def test_calls_are_counted_by_guard_and_by_what_it_did(tmp_path: Path) -> None:
    async with ledger_of(tmp_path / "ledger.db", ROWS) as database:
        found = await guard_report(database, NOON_MS, NOON_MS + 100 * 60_000, 1)
    assert found.calls == 5
    assert [(line.guard, line.action, line.shadow, line.calls) for line in found.lines] == [
        ("words", "block", True, 2),
        ("far", "failed", False, 1),
        ("secrets", "block", False, 1),
        ("pii", "mask", False, 1),
    ]
    words = found.lines[0]
    assert words.types == {"WORD": 3, "TICKET": 1}
    at_ms = NOON_MS + 4 * 60_000  # the latest, for one was asked for
    assert words.requests == (Guarded(first_id_at(at_ms), at_ms, "support", "fast", {"WORD": 1}),)


def test_what_is_no_trail_is_nobodys() -> None:
    assert folded([("req_1.1", 1, "a", "b", '[["guard"')], 5) == ()
