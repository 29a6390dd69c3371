"""What happened is written down first and counted second; a full disk refuses calls and keeps their rows."""

import logging
from typing import cast

import pytest

from gateway.books import Books
from gateway.clock import Clock
from gateway.errors import Unavailable
from gateway.telemetry.metrics import Metrics
from ledger.spool import Spool, SpoolFull
from tests.gateway.road import Journal
from tests.ledger.facts import BEGUN, ROW


@pytest.fixture
def journal() -> Journal:
    return Journal([])


@pytest.fixture
def books(journal: Journal) -> Books:
    return Books(cast(Spool, journal), Metrics(), Clock())


def test_what_is_settled_is_written_and_counted_under_the_lines_name(books: Books, journal: Journal) -> None:
    books.settle(ROW, ("openai", "gpt-*"))
    assert journal.log == [ROW]
    assert b'signalbox_attempts_total{model="gpt-*",outcome="ok",vendor="openai"} 1.0' in (
        books.metrics.exposition()
    )


def test_a_call_that_cannot_be_written_down_is_refused(books: Books, journal: Journal) -> None:
    books.begin(BEGUN)
    journal.full = True
    with pytest.raises(Unavailable) as refused:
        books.begin(BEGUN)
    assert refused.value.status == 503 and "no room" not in refused.value.message
    assert journal.log == [BEGUN]


def test_a_refusal_is_not_kept_in_memory_for_a_full_disk(books: Books, journal: Journal) -> None:
    books.refuse(ROW)
    assert journal.log == [ROW]
    journal.full = True
    books.append(ROW)
    for _ in range(3):
        books.refuse(ROW)
    assert journal.held == [ROW]
    journal.full = False
    books.refuse(ROW)
    assert journal.log == [ROW, ROW]


def test_a_row_that_nothing_takes_is_lost_loudly(caplog: pytest.LogCaptureFixture) -> None:
    class Full:
        def append(self, record: object) -> None:
            raise SpoolFull("ten thousand wait")

    books = Books(cast(Spool, Full()), Metrics(), Clock())
    with caplog.at_level(logging.CRITICAL, "signalbox.ledger"):
        books.settle(ROW, ("openai", "m"))
    assert ROW.attempt_id in caplog.text and "ten thousand wait" in caplog.text
