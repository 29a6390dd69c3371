"""A kept file is its team's, for its time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from ledger.batches import Batch, Batches
from ledger.files import Files, KeptFile
from tests.ledger.world import Clock, opened

NOW = 1_800_000_000_000
FILE = KeptFile("f1", "red", "batch", "in.jsonl", 7, "f1", NOW, NOW + 60_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def files(tmp_path: Path, clock: Clock) -> AsyncIterator[Files]:
    async with opened(tmp_path / "a.db") as database:
        yield Files(database, clock)


async def test_a_file_is_there_for_its_team_alone(files: Files) -> None:
    await files.add(FILE)
    assert await files.get("f1", "red") == FILE
    assert await files.get("f1", None) == FILE
    assert await files.get("f1", "blue") is None
    assert await files.get("f2", "red") is None
    await files.forget("f1")
    assert await files.get("f1", "red") is None


async def test_an_expired_file_is_gone_before_it_is_swept(files: Files, clock: Clock) -> None:
    await files.add(FILE)
    assert await files.expired() == []
    clock.now += 60
    assert await files.get("f1", "red") is None
    assert await files.get("f1", None) == FILE, "whoever works on it still finds it"
    assert await files.list("red") == ([], False)
    assert [file.id for file in await files.expired()] == ["f1"]


async def test_what_a_batch_needs_is_not_swept(files: Files, clock: Clock) -> None:
    await files.add(FILE)
    batch = Batch(
        id="b1",
        team="red",
        key_id="k",
        endpoint="/v1/embeddings",
        input_file_id="f1",
        completion_window="24h",
        created_ms=NOW,
        expires_ms=NOW,
    )
    batches = Batches(files.database, clock)
    await batches.add(batch)
    assert await files.used("f1")
    clock.now += 60
    assert await files.expired() == []
    claimed = await batches.claim(5)
    assert claimed is not None and await batches.finish(claimed[1], "failed")
    assert not await files.used("f1")
    assert [file.id for file in await files.expired()] == ["f1"]


async def test_a_list_is_of_one_team_and_one_purpose_newest_first(files: Files) -> None:
    for number, (team, purpose) in enumerate([("red", "batch"), ("red", "batch_output"), ("blue", "batch")]):
        file = replace(FILE, id=f"f{number}", team=team, purpose=purpose, created_ms=NOW + number)
        await files.add(file)
    listed, more = await files.list("red")
    assert ([file.id for file in listed], more) == (["f1", "f0"], False)
    listed, more = await files.list("red", limit=1)
    assert ([file.id for file in listed], more) == (["f1"], True)
    listed, _ = await files.list("red", purpose="batch")
    assert [file.id for file in listed] == ["f0"]
    assert await files.known(["f1", "nobodys"]) == {"f1"}
