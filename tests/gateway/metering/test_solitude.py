"""Of several gateways on one state directory one counts limits, and when it is gone the next."""

import asyncio
from pathlib import Path

import pytest

from gateway.metering.solitude import OTHER, Solitude
from storage.errors import StoreDown


class Ledger:
    """Counts how often it was asked to write down what another left."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked = 0
        self._error = error

    async def adopt(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize("error", [None, StoreDown("away")], ids=["known", "the ledger is away"])
async def test_one_counts_until_it_is_gone_and_the_next_knows_what_it_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    ledgers = [Ledger(), Ledger(error)]
    first, second = (Solitude(tmp_path, each.adopt) for each in ledgers)
    assert [await first.why_not(), await second.why_not(), await first.why_not()] == ["", OTHER, ""]
    assert await second.why_not() == OTHER
    assert caplog.text.count("Another gateway") == 1
    first.close()
    assert await asyncio.gather(*(second.why_not() for _ in range(5))) == [""] * 5
    assert await first.why_not() == OTHER
    assert [each.asked for each in ledgers] == [0, 1]
    second.close()


async def test_a_place_that_takes_no_lock_leaves_it_to_whoever_asks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Solitude(tmp_path / "gone", Ledger().adopt)
    assert [await nowhere.why_not(), await nowhere.why_not()] == ["", ""]
    assert caplog.text.count("is not known") == 1
