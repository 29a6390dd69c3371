"""Whose a response is is known at once in its process, soon in others, and after a while to nobody."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.responses.owners import KIND, Owners
from ledger.objects import Made, VendorObjects
from storage.errors import StoreDown
from tests.ledger.world import Clock, opened

RESPONSE = Made("openai", "resp_1", "red", KIND, "env KEY_B")


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[VendorObjects]:
    async with opened(tmp_path / "a.db") as database:
        yield VendorObjects(database, Clock(1_000.0))


async def test_what_was_just_made_is_known_before_it_is_written_down(objects: VendorObjects) -> None:
    owners = Owners(objects, patience=())
    owners.note([RESPONSE])
    assert await owners.accounts_of("red", "resp_1") == {"openai": "env KEY_B"}
    assert await owners.accounts_of("blue", "resp_1") == {}
    assert await objects.holders(["resp_1"]) == {}
    await owners.write()
    assert await objects.holders(["resp_1"]) == {"resp_1": [RESPONSE]}
    assert await owners.holders(["resp_1"]) == {"resp_1": [RESPONSE]}


async def test_what_another_process_is_about_to_write_down_is_waited_for(objects: VendorObjects) -> None:
    here, there = Owners(objects, patience=(0.0, 0.05, 5.0)), Owners(objects)
    looking = asyncio.ensure_future(here.holders(["resp_1"]))
    await asyncio.sleep(0.02)
    there.note([RESPONSE])
    await there.close()
    assert await looking == {"resp_1": [RESPONSE]}


async def test_what_the_database_does_not_take_waits_on(objects: VendorObjects) -> None:
    class Down(VendorObjects):
        async def keep(self, made: Any) -> None:
            raise StoreDown("away")

    owners = Owners(Down(objects.database, objects.clock), patience=())
    owners.note([RESPONSE])
    with pytest.raises(StoreDown):
        await owners.write()
    assert await owners.accounts_of("red", "resp_1") == {"openai": "env KEY_B"}


async def test_after_its_time_it_is_nobodys(objects: VendorObjects) -> None:
    await objects.keep([RESPONSE])
    await objects.bind("openai", "red", "files", ["f1"])
    assert await objects.drop_old(KIND, 1_000_000) == 0
    assert await objects.drop_old(KIND, 1_000_001) == 1
    assert list(await objects.holders(["resp_1", "f1"])) == ["f1"]
