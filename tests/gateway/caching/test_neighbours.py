"""Texts that others were asked come from the store with their answers, and from nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from caching.disk import Disk
from caching.kept import Asked, Kept, topic_of
from caching.sealing import Sealing
from caching.semantic.packing import packed
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Array, Entry, Shelves
from caching.semantic.traits import traits
from caching.store import MOST_NOTES
from gateway.caching.neighbours import Neighbours
from tests.caching.test_kept import KEPT

SCOPE, TEXT = b"s" * 32, "How do I reset my password?"
TOPIC = topic_of("acme", "fast")
NOW = 1000.0


def disk(folder: Path) -> Disk:
    found = Disk(folder / "answers.sqlite", 100_000_000, Sealing(), lambda: NOW)
    found.deadline = 10.0
    return found


def number(place: int) -> bytes:
    return place.to_bytes(32, "big")


def vector(seed: int, width: int = 384) -> Array:
    found = np.random.default_rng(seed).standard_normal(width).astype(np.float32)
    return found / np.linalg.norm(found)


def kept(text: str, direction: Array) -> Kept:
    told = packed(SCOPE, Entry(b"", text, traits(text)), direction)
    return msgspec.structs.replace(KEPT, fresh_until=NOW + 60, gone_at=NOW + 60, asked=told)


async def tell(store: Disk, place: int, answer: Kept, topic: bytes = TOPIC) -> None:
    await store.put(number(place), "call", answer, NOW)
    await store.note(topic, number(place), 20_000)


class Here:
    """One process."""

    def __init__(self, store: Disk) -> None:
        self.shelves = Shelves(20_000)
        self.rarity = Rarity()
        self.neighbours = Neighbours(store, self.shelves, self.rarity, ThreadPoolExecutor(1))

    async def meet(self) -> None:
        await self.neighbours.meet("acme", "fast")


async def test_a_text_comes_with_its_vector_its_words_and_its_answer(tmp_path: Path) -> None:
    store, direction = disk(tmp_path), vector(1)
    here = Here(store)
    await here.meet()
    await tell(store, 1, kept(TEXT, direction))
    await here.meet()
    ((entry, cosine),) = here.shelves.near(SCOPE, direction, 0.5)
    assert (entry.fingerprint, entry.text, entry.traits) == (number(1), TEXT, traits(TEXT))
    assert cosine == pytest.approx(1.0, abs=0.0005)
    assert here.rarity.of("password") < here.rarity.of("invoice")
    assert here.shelves.near(b"another scope", direction, 0.0) == []
    await store.close()


async def test_each_is_taken_once_and_what_is_here_is_not_read(tmp_path: Path) -> None:
    store, other = disk(tmp_path), disk(tmp_path)
    here, mine = Here(other), Entry(number(1), "mine", traits("mine"))
    here.shelves.put(SCOPE, mine, vector(1))
    await tell(store, 1, kept("theirs", vector(2)))
    await tell(store, 1, kept("theirs", vector(2)))
    await tell(store, 2, kept(TEXT, vector(3)))
    await here.meet()
    await here.meet()
    assert len(here.shelves) == 2
    found = here.shelves.find(number(1))
    assert found is not None and found[1] is mine
    await store.close()
    await other.close()


async def test_more_than_one_reply_holds_are_all_taken(tmp_path: Path) -> None:
    store, count = disk(tmp_path), MOST_NOTES + 70
    for place in range(count):
        await tell(store, place, kept(f"text {place}", vector(place, 8)))
    here = Here(store)
    await here.meet()
    assert len(here.shelves) == count
    await store.close()


async def test_what_is_gone_or_no_text_or_another_models_is_passed_over(tmp_path: Path) -> None:
    store = disk(tmp_path)
    await store.note(TOPIC, number(0))
    plain = msgspec.structs.replace(kept(TEXT, vector(1)), asked=None)
    short = msgspec.structs.replace(plain, asked=Asked(SCOPE, TEXT, b"odd"))
    nothing = msgspec.structs.replace(plain, asked=Asked(SCOPE, TEXT, bytes(16)))
    for place, answer in enumerate((plain, short, nothing), 1):
        await tell(store, place, answer)
    await tell(store, 4, kept(TEXT, vector(1)), topic_of("acme", "smart"))
    await tell(store, 5, kept(TEXT, vector(1)), topic_of("other", "fast"))
    await tell(store, 6, kept(TEXT, vector(1)))
    here = Here(store)
    await here.meet()
    assert [here.shelves.holds(number(place)) for place in range(7)] == [False] * 6 + [True]
    await store.close()


async def test_while_the_store_is_away_nothing_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = disk(tmp_path)
    await tell(store, 1, kept(TEXT, vector(1)))
    here = Here(store)

    async def away(fingerprints: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(store, "get_all", away)
        await here.meet()
    assert len(here.shelves) == 0
    await here.meet()
    assert len(here.shelves) == 1
    await store.close()


async def test_what_is_forgotten_while_it_is_read_is_not_taken_and_the_rest_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = disk(tmp_path)
    for place in range(3):
        await tell(store, place, kept(TEXT, vector(place)))
    here, get_all = Here(store), store.get_all

    async def purged(fingerprints: list[bytes]) -> Any:
        found = await get_all(fingerprints)
        await store.drop(number(1))
        here.neighbours.again()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(store, "get_all", purged)
        await here.meet()
    assert len(here.shelves) == 0
    await here.meet()
    assert [here.shelves.holds(number(place)) for place in range(3)] == [True, False, True]
    await store.close()


@pytest.mark.parametrize(("size", "most"), [(10, 50), (100_000, 4), (600_000, 1)])
async def test_no_reply_is_larger_than_a_store_can_give_in_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, most: int
) -> None:
    store, asked = disk(tmp_path), list[int]()
    for place in range(120 if most > 4 else 12):
        await tell(store, place, msgspec.structs.replace(kept(TEXT, vector(place)), body=bytes(size)))
    here, get_all = Here(store), store.get_all

    async def counted(fingerprints: list[bytes]) -> Any:
        asked.append(len(fingerprints))
        return await get_all(fingerprints)

    monkeypatch.setattr(store, "get_all", counted)
    await here.meet()
    assert len(here.shelves) == sum(asked)
    assert max(asked) == most
    await store.close()
