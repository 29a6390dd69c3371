"""An order means exactly the answers it names, and fits where it is written down."""

import msgspec
import pytest

from caching.purging import KEY_DIGITS, What, doomed, doomed_by, order
from tests.caching.test_kept import KEPT

PRINT = bytes(range(32))
ANSWER = msgspec.structs.replace(KEPT, team="support", model="fast", tags=("faq", "de", "t" * 64))
ORDERS: list[tuple[What, str, bool]] = [
    ("all", "", True),
    ("team", "support", True),
    ("team", "sales", False),
    ("model", "fast", True),
    ("model", "support", False),
    ("tag", "de", True),
    ("tag", "fr", False),
    ("tag", " faq ", True),
    ("tag", "t" * 99, True),
    ("key", PRINT.hex()[:KEY_DIGITS], True),
    ("key", "00" * 16, False),
]


@pytest.mark.parametrize(("what", "value", "expected"), ORDERS)
def test_what_an_order_means(what: What, value: str, expected: bool) -> None:
    meant = doomed(["key_1", order(what, value)])
    assert meant is not None
    assert meant(PRINT, ANSWER) is expected


@pytest.mark.parametrize(("what", "value", "expected"), ORDERS)
def test_an_order_that_is_heard_late_means_what_was_kept_before_it(
    what: What, value: str, expected: bool
) -> None:
    meant = doomed_by({order(what, value): ANSWER.at, order("team", "other"): ANSWER.at + 1})
    assert meant(PRINT, ANSWER) is expected
    assert not meant(PRINT, msgspec.structs.replace(ANSWER, at=ANSWER.at + 0.1))


def test_changes_of_accounts_are_no_orders() -> None:
    assert doomed(["key_1", "team_2"]) is None


def test_an_order_fits_into_its_column() -> None:
    assert max(len(order(what, "x" * 500)) for what in ("all", "key", "model", "tag", "team")) <= 64
