"""The ledger is asked what was used once all rows are in it, and not before."""

from pathlib import Path
from typing import Any, cast

import pytest

from config.limit import Limit
from gateway.history import past_use
from ledger.drain import Drain
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from storage.engine import open_database
from storage.errors import StoreDown
from tests.gateway.running import with_tables

NAME = MeterId(Owner("team", "support"), "tokens", "minute", None, "UTC")


class Rows:
    """A drain that is behind, or is not."""

    def __init__(self, done: bool) -> None:
        self.done = done

    async def catch_up(self, seconds: float) -> bool:
        assert seconds > 0
        return self.done


async def test_what_the_ledger_knows_is_read(tmp_path: Path) -> None:
    with_tables(tmp_path)
    database = open_database(f"sqlite:///{tmp_path}/state/signalbox.db")
    read = past_use(cast(Drain, Rows(True)), database, lambda: 10**12)
    assert await read(NAME, Meter(Limit("tokens", 3, "minute"), 10**12)) == []
    await database.close()


async def test_rows_that_cannot_be_written_are_not_passed_over() -> None:
    read = past_use(cast(Drain, Rows(False)), cast(Any, None), lambda: 10**12)
    with pytest.raises(StoreDown, match="spool"):
        await read(NAME, Meter(Limit("tokens", 3, "minute"), 10**12))
