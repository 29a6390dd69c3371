"""Texts are looked through beside the loop, each once; without a model nothing is known of them."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.embedders import names as module
from gateway.embedders.names import NamesCourier
from gateway.embedders.naming import Named
from gateway.guardrails.consulting import NoAnswer
from tests.gateway.road import WHO, Answer, Road

FACTS = GuardFacts("names", "names")
ROAD = Road({"one": [Answer()]})


def question(*texts: str) -> bytes:
    return json.dumps({"texts": texts}).encode()


def errand() -> Errand:
    return Errand(ROAD.call(), WHO, waits=True)


def courier(monkeypatch: pytest.MonkeyPatch, find: Callable[[str], list[Named]]) -> NamesCourier:
    monkeypatch.setattr(module, "load_finder", lambda folder: find)
    return NamesCourier(lambda: ROAD.services, None)


async def test_each_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def find(text: str) -> list[Named]:
        asked.append(text)
        return [Named("PERSON", 0, len(text), 0.75)]

    here = courier(monkeypatch, find)
    said = json.loads(await here.ask(FACTS, question("Ann", "Jane"), errand()))
    assert said == {"names": [[["PERSON", 0, 3, 0.75]], [["PERSON", 0, 4, 0.75]]]}
    assert (
        json.loads(await here.ask(FACTS, question("Jane", "Doe"), errand()))["names"][0] == said["names"][1]
    )
    assert asked == ["Ann", "Jane", "Doe"]
    await here.close()


async def test_the_loop_goes_on_meanwhile_and_who_would_wait_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()

    def find(text: str) -> list[Named]:
        assert go_on.wait(60)
        return []

    here = courier(monkeypatch, find)
    waiting = [asyncio.ensure_future(here.ask(FACTS, question(f"{n}"), errand())) for n in range(64)]
    await asyncio.sleep(0)
    with pytest.raises(NoAnswer, match="busy"):
        await here.ask(FACTS, question("one more"), errand())
    go_on.set()
    assert {json.loads(await each)["names"][0] == [] for each in waiting} == {True}
    await here.close()


async def test_without_the_model_there_is_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    here = NamesCourier(lambda: ROAD.services, tmp_path)
    with pytest.raises(NoAnswer):
        await here.ask(FACTS, question("My name is Ann"), errand())
    assert "signalbox embedder install" in caplog.text
    assert "Ann" not in caplog.text
    await here.close()


async def test_the_model_is_loaded_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()

    def load(folder: Path) -> Callable[[str], list[Named]]:
        loaded.set()
        return lambda text: []

    monkeypatch.setattr(module, "load_finder", load)
    here = NamesCourier(lambda: ROAD.services, None)
    here.prepare(FACTS)
    assert await asyncio.to_thread(loaded.wait, 60)
    await here.close()


async def test_a_model_that_is_not_there_is_told_of_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = NamesCourier(lambda: ROAD.services, tmp_path)
    here.prepare(FACTS)
    with pytest.raises(NoAnswer):  # asked in the thread that loads, so afterwards
        await here.ask(FACTS, question("Ann"), errand())
    assert caplog.text.count("signalbox embedder install") == 2
    await here.close()
