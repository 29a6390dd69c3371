"""The ledger is asked what was used once all rows are in it, and not before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from config.limit import Limit
from dialects.usage import Usage
from gateway.metering.history import past_use, under_way
from ledger.drain import Drain
from ledger.meters.leased import Leased
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from ledger.row import Begun, UsageRow
from ledger.spool import Spool
from ledger.store import RowStore
from storage.engine import open_database
from storage.errors import StoreDown
from tests.gateway.running import with_tables
from tests.ledger.facts import BEGUN, ROW

NOW = 1_790_000_000_000
NAME = MeterId(Owner("team", "support"), "tokens", "minute", None, "UTC")


def row(request: str, **changes: Any) -> UsageRow:
    return msgspec.structs.replace(ROW, attempt_id=f"req_{request}.1", **changes)


def begun(request: str, **changes: Any) -> Begun:
    return msgspec.structs.replace(BEGUN, attempt_id=f"req_{request}.1", **changes)


class Rows:
    """A drain that is behind, or is not."""

    def __init__(self, done: bool) -> None:
        self.done = done

    @asynccontextmanager
    async def still(self, seconds: float) -> AsyncIterator[bool]:
        assert seconds > 0
        yield self.done


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


async def test_what_a_meter_has_counted_itself_is_not_counted_again(tmp_path: Path) -> None:
    with_tables(tmp_path)
    database = open_database(f"sqlite:///{tmp_path}/state/signalbox.db")
    rows = [
        row(f"{at:011x}0000{0:09x}", at_ms=at, usage=Usage(input=9))
        for at in (NOW - 30_000, NOW - 20_000, NOW - 1000)
    ]
    await RowStore(database, "past").ship(rows, lambda row: None)
    read = past_use(cast(Drain, Rows(True)), database, lambda: NOW)
    meter = Meter(Limit("tokens", 30, "minute"), NOW)
    meter.settle(0, 9, NOW, NOW - 1000)
    meter.settle(0, 1, NOW, NOW - 1000)  # of a call whose row is counted in part
    meter.restore(await read(NAME, meter), NOW)
    assert meter.spent == 27
    await database.close()


@dataclass
class Case:
    kind: str
    hard: bool
    held: int
    used: int


@pytest.mark.parametrize(
    "case",
    [
        Case("spend", True, 500, 103),
        Case("spend", False, 0, 100),
        Case("tokens", False, 0, 12),
        Case("requests", False, 0, 1),
        Case("concurrent", False, 0, 0),
    ],
)
def test_a_new_meter_counts_the_calls_under_way_as_they_end(tmp_path: Path, case: Case) -> None:
    spool = Spool(tmp_path / "spool", clock=lambda: NOW / 1000)
    mine: dict[str, Any] = {"at_ms": NOW - 5000, "team": "support"}
    for name, facts in {"a": mine, "b": mine | {"team": "sales"}, "c": mine}.items():
        spool.append(begun(name, **facts, most=500))
    used: dict[str, Any] = {"usage": Usage(input=8, output=4), "cost": 100, "unsure": 3}
    spool.append(row("c", **mine, **used))  # ended before
    meter = Meter(Limit(case.kind, 1000, "day", hard=case.hard), NOW)
    under_way(spool, lambda: NOW)(MeterId(Owner("team", "support"), case.kind, "day", None, "UTC"), meter)
    assert (meter.spent, meter.held) == (0, case.held)
    for name, facts in {"b": mine | {"team": "sales"}, "a": mine}.items():
        spool.append(row(name, **facts, **used))
    assert (meter.spent, meter.held) == (case.used, 0)
    spool.release(remove=True)


async def test_requests_under_way_are_told_beside_those_in_the_ledger(tmp_path: Path) -> None:
    with_tables(tmp_path)
    database = open_database(f"sqlite:///{tmp_path}/state/signalbox.db")
    await RowStore(database, "past").ship([row(f"{NOW:011x}0000{0:09x}", at_ms=NOW)], lambda row: None)
    mine = begun("a", at_ms=NOW, team="support")
    spool = Spool(tmp_path / "spool", clock=lambda: NOW / 1000)
    for each in (
        mine,
        begun("b", at_ms=NOW, team="sales"),
        msgspec.structs.replace(mine, attempt_id="req_c.2"),
    ):
        spool.append(each)
    read = past_use(cast(Drain, Rows(True)), database, lambda: NOW, spool)
    for kind, used in (("requests", 2), ("tokens", ROW.usage.input + ROW.usage.output)):
        meter = Leased(Limit(kind, 30, "minute"), NOW)
        name = NAME._replace(kind=kind)
        assert sum(amount for _, amount in await read(name, meter)) == used
    spool.release(remove=True)
    await database.close()
