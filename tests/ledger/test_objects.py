"""An object belongs to the team that made it, and to no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ledger.objects import VendorObjects
from tests.ledger.world import opened


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[VendorObjects]:
    async with opened(tmp_path / "a.db") as database:
        yield VendorObjects(database, lambda: 1_790_000_000.5)


async def test_what_a_team_made_is_found_at_its_vendor(objects: VendorObjects) -> None:
    await objects.bind("openai", "red", "files", ["f1", "f2"])
    assert await objects.accounts_of("red", "f1") == {"openai": ""}
    assert await objects.accounts_of("blue", "f1") == {}
    assert await objects.own("openai", "red", ["f1", "f3", "f2"]) == {"f1", "f2"}
    assert await objects.own("azure", "red", ["f1"]) == set()
    assert await objects.own("openai", "red", []) == set()


async def test_nobody_takes_what_is_anothers(objects: VendorObjects) -> None:
    await objects.bind("openai", "red", "files", ["f1"])
    await objects.bind("openai", "blue", "files", ["f1", "f1", "f2"])
    assert await objects.own("openai", "blue", ["f1", "f2"]) == {"f2"}
    assert await objects.accounts_of("red", "f1") == {"openai": ""}


async def test_what_was_deleted_is_nobodys(objects: VendorObjects) -> None:
    await objects.bind("openai", "red", "files", ["f1"])
    await objects.forget("openai", "blue", "f1")
    assert await objects.accounts_of("red", "f1") == {"openai": ""}
    await objects.forget("openai", "red", "f1")
    assert await objects.accounts_of("red", "f1") == {}


async def test_an_id_that_no_table_holds_is_left_out(objects: VendorObjects) -> None:
    await objects.bind("openai", "red", "files", ["", "x" * 201])
    assert await objects.own("openai", "red", ["", "x" * 201]) == set()
