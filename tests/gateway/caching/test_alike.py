"""What texts have in common costs nobody who did not ask for it, nor whom it cannot bring an answer.

What is purged does not come back by it, and a store that is away takes none of it. The rest is in
test_likeness.py.
"""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from caching.kept import topic_of
from caching.purging import order
from caching.semantic.acceptance import CLOSED
from caching.semantic.features import SIZE
from caching.semantic.verifier import Verifier
from gateway.pipeline import answer
from tests.gateway.caching.test_likeness import FIRST, OTHER, PLACE, POLICY, STRESSED, Here
from tests.gateway.caching.test_neighbours import disk, kept, tell, vector
from tests.gateway.road import WHO, Caller
from tests.patience import ARRIVAL_SECONDS, until

# A process without a semantic cache does not load what compares texts.
LOADS = (
    "import sys; import gateway.app; print('numpy' in sys.modules, 'gateway.caching.likeness' in sys.modules)"
)


def test_the_road_loads_nothing_that_compares_texts() -> None:
    found = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


async def test_no_caller_waits_for_a_vector_where_no_answer_could_be_given() -> None:
    here = Here()
    here.words.open.clear()
    async with asyncio.timeout(ARRIVAL_SECONDS):
        assert [await here.ask(FIRST), await here.ask("How do I buy a router?", "req_2")] == ["miss", "miss"]
    assert (here.asked, here.likeness.texts) == (2, 0)
    here.words.open.set()
    await here.settled()
    assert here.likeness.texts == 2


async def test_a_caller_waits_for_the_vector_of_what_may_have_an_answer() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.settled()
    here.words.open.clear()
    asked = asyncio.ensure_future(here.ask(STRESSED, "req_2"))
    await until(lambda: len(here.words.asked) == 2)
    assert not asked.done()
    here.words.open.set()
    assert await asked == "semantic"
    await here.settled()


async def test_a_text_that_was_answered_a_moment_ago_is_waited_for() -> None:
    here = Here()
    here.words.open.clear()
    assert await here.ask(FIRST) == "miss"
    asked = asyncio.ensure_future(here.ask(OTHER, "req_2"))
    await asyncio.sleep(0.01)
    here.words.open.set()
    assert await asked == "semantic"
    await here.settled()


async def test_who_asks_faster_than_texts_are_looked_for_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.caching.looks._MOST", 1)
    here = Here()
    here.words.open.clear()
    await here.ask(FIRST)
    asked = asyncio.ensure_future(here.ask("How do I buy a router?", "req_2"))
    await until(lambda: len(here.words.asked) == 2)
    assert not asked.done() and here.asked == 1
    here.words.open.set()
    assert await asked == "miss"
    await here.settled()


async def test_where_the_threshold_is_closed_nobody_waits() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.settled()
    here.likeness._thresholds[PLACE].threshold = CLOSED
    here.words.open.clear()
    async with asyncio.timeout(ARRIVAL_SECONDS):
        assert await here.ask(OTHER, "req_2") == "miss"
    here.words.open.set()
    await here.settled()


async def test_what_a_verifier_judges_may_have_other_words() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.settled()
    sure = Verifier((0.0,) * SIZE, (0.0,) * SIZE, (1.0,) * SIZE, 9.0)
    here.likeness._thresholds[PLACE].verifier = sure
    assert await here.ask("How do I buy a router?", "req_2") == "semantic"
    await here.settled()


@pytest.mark.parametrize("verify", ["facts", "off"])
async def test_looser_rules_take_texts_for_alike_that_have_other_words(verify: Any) -> None:
    here = Here(semantic=replace(POLICY, verify=verify))
    await here.ask(FIRST)
    assert await here.ask("How do I restart my router?", "req_2") == "semantic"
    await here.settled()


async def test_what_is_near_is_in_the_trail_of_a_call_that_did_not_wait_for_it() -> None:
    here = Here()
    await here.ask("How do I sell a router?")
    await here.settled()
    call = here.call("How do I buy a router?", "req_2")
    await answer(call, here.road.services, Caller(here.road.log))
    await here.settled()
    assert ("cache", "near", "opposites", {"cosine": 1.0}) in call.trail


async def test_what_is_only_said_more_politely_needs_no_other_vector() -> None:
    here = Here()
    await here.ask(FIRST)
    await here.settled()
    assert await here.ask("Please, how do I reset my router", "req_2") == "semantic"
    assert len(here.words.asked) == 1
    await here.settled()


@pytest.mark.parametrize("why", ["no vector", "no-cache"])
async def test_a_text_that_was_not_looked_for_is_found_once_it_is_asked_again(
    tmp_path: Path, why: str
) -> None:
    store, here = disk(tmp_path), Here()
    cache = here.road.services.cache
    cache.share(store)
    here.words.fails = why == "no vector"
    said = ((b"cache-control", b"no-cache"),) if why == "no-cache" else ()
    assert [await here.ask(FIRST, "req_1", *said), await here.ask(OTHER, "req_2")] == ["miss", "miss"]
    await here.settled()
    before, found = here.likeness.texts, here.words.asked
    if here.words.fails:
        assert await here.ask(FIRST, "req_3") == "hit"
        await here.settled()
        here.words.fails = False
    assert here.likeness.texts == before
    here.words.open.clear()
    assert [await here.ask(FIRST, f"req_{number}") for number in (4, 5)] == ["hit", "hit"]
    here.words.open.set()
    await here.settled()
    assert here.likeness.texts == before + 1
    asked = len(found)
    assert await here.ask(FIRST, "req_6") == "hit"
    assert await here.ask("Hello, how do I reset my router?", "req_7") == "semantic"
    assert len(found) == asked
    await cache.close()
    answers = await store.get_all(list(here.likeness._shelves._where))
    assert FIRST in [each.asked.text for each in answers or () if each and each.asked]
    await store.close()


async def test_while_the_store_is_away_no_text_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, here = disk(tmp_path), Here()
    cache = here.road.services.cache
    cache.share(store)

    async def away(fingerprint: bytes) -> None:
        return None

    await here.ask(FIRST)
    cache.memory.purge(lambda fingerprint, kept: True)
    with monkeypatch.context() as patch:
        patch.setattr(store, "get", away)
        assert await here.ask(OTHER, "req_2") == "miss"
    assert here.likeness.texts == 2
    await cache.close()
    await store.close()


async def test_what_is_purged_while_its_text_is_looked_for_does_not_come_back(tmp_path: Path) -> None:
    store, here = disk(tmp_path), Here()
    cache = here.road.services.cache
    cache.share(store)
    here.words.open.clear()
    await here.ask(FIRST)
    cache.obey([order("all")])
    here.words.open.set()
    await here.settled()
    assert here.likeness.texts == 0
    await cache.close()
    assert await store.purge(lambda fingerprint, kept: True) == 0
    await store.close()


async def test_what_is_read_while_the_store_still_forgets_is_forgotten_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, here, gate = disk(tmp_path), Here(), asyncio.Event()
    cache = here.road.services.cache
    cache.share(store)
    await here.ask("What is far?")  # it listens from now on
    await tell(store, 1, kept(FIRST, vector(1)), topic_of(WHO.organisation, "fast"))
    purge = store.purge

    async def slow(doomed: Any) -> int | None:
        await gate.wait()
        return await purge(doomed)

    monkeypatch.setattr(store, "purge", slow)
    cache.obey([order("all")])
    assert here.likeness._neighbours is not None
    await here.likeness._neighbours.meet(WHO.organisation, "fast")
    assert here.likeness.texts > 0
    gate.set()
    await until(lambda: here.likeness.texts == 0)
    await cache.close()
    await store.close()
