"""The ledger's months are looked through beside the server; nothing goes that nobody said should."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from config.retention import KeepPolicy, RetentionFacts
from gateway.server.pruning import keep_months, look, look_at_runs
from ledger.months import month_at
from ledger.store import RowStore
from storage.schema import organisations, runs, teams
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
        assert "3 rows of the ledger were deleted, older than 12 months" in caplog.text
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


async def test_runs_go_by_what_their_team_says(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with ledger_of(tmp_path / "a.db") as database:
        names = ["quick", "usual"]
        ended = {"key_id": "k", "agent": "a", "digest": "d", "head": 0, "epoch": 1, "status": "completed"}
        async with database.transaction() as transaction:
            await transaction.execute(insert(organisations), {"id": "o", "name": "acme", "created_ms": 0})
            for each in names:
                team = {"id": each, "name": each, "organisation_id": "o", "created_ms": 0}
                await transaction.execute(insert(teams), team)
                run = {"id": each, "team": each, "created_ms": 0, "updated_ms": 0, **ended}
                await transaction.execute(insert(runs), run)
        hour = RetentionFacts(teams={"quick": KeepPolicy(runs=3600.0)}, runs=7200.0)
        for now_ms, left in [(3_600_000, names), (3_600_001, ["usual"]), (7_200_001, [])]:
            await look_at_runs(database, RetentionFacts(), now_ms)
            with caplog.at_level("INFO"):
                await look_at_runs(database, hour, now_ms)
            assert [row[0] for row in await database.fetch(select(runs.c.id).order_by(runs.c.id))] == left
        assert "1 runs of the team usual have expired" in caplog.text
