"""A row that waits for guards elsewhere is written once, with what they did."""

import pytest

from gateway.attempts.late_rows import judged_late, settle_late
from tests.gateway.road import Answer, Road
from tests.ledger.facts import ROW


@pytest.mark.parametrize(
    ("guard", "status", "code"), [("", "ok", ""), ("flag", "ok", ""), ("block", "blocked", "content_filter")]
)
def test_the_row_says_what_guards_did(guard: str, status: str, code: str) -> None:
    call = Road({"one": [Answer()]}).call()
    call.guard = guard
    call.trail.append(("guard answer", "block", "far", {"PERSON": 1}))
    found = judged_late(ROW, call)
    assert (found.status, found.guard, found.error_code) == (status, guard, code)
    assert '"guard answer"' in found.trail


def test_each_is_written_once() -> None:
    call, written = Road({"one": [Answer()]}).call(), []
    settle_late(call)
    call.unsettled = [lambda: written.append(1)]
    settle_late(call)
    settle_late(call)
    assert written == [1]
