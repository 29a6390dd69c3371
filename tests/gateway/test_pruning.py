"""The ledger's months are looked through beside the server; nothing goes that nobody said should."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from config.retention import RetentionFacts
from gateway.pruning import keep_months, look
from ledger.months import month_at
from ledger.store import RowStore
from tests.gateway.contents.copies import catalog_keeping
from tests.gateway.road import Answer, Road
from tests.ledger.facts import NOON_MS, ROW, ledger_of
from tests.ledger.test_months import counted, rows_of


async def test_without_a_word_all_rows_stay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with ledger_of(tmp_path / "a.db") as database:
        await RowStore(database, "p").ship(rows_of(month_at(NOON_MS, -30)), lambda row: None)
        await look(database, None, NOON_MS)
        assert sum((await counted(database)).values()) == 3
        with caplog.at_level("INFO"):
            await look(database, 12, NOON_MS)
        assert "3 rows of the ledger are gone, older than 12 months" in caplog.text
        assert await counted(database) == {}


async def test_it_goes_on_beside_the_server(tmp_path: Path) -> None:
    async with ledger_of(tmp_path / "a.db", [ROW]) as database:
        catalog = replace(catalog_keeping(), retention=RetentionFacts(ledger_months=1))
        clock = Road({"one": [Answer()]}).services.books.clock
        old = rows_of(month_at(clock.unix_ms(), -9))
        await RowStore(database, "p").ship(old, lambda row: None)
        running = asyncio.ensure_future(keep_months(database, lambda: catalog, clock))
        async with asyncio.timeout(10):
            while old[0].model_served in await counted(database):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
