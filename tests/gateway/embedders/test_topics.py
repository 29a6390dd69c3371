"""Passages are compared with examples of topics by vectors, each of which is asked for once."""

import asyncio
import json
import threading

import numpy as np
import pytest

from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.embedders import topics as module
from gateway.embedders.topics import TopicCourier
from gateway.guardrails.consulting import NoAnswer
from tests.gateway.road import WHO, Answer, Road

TOPICS = {"claims": ("money", "refund"), "votes": ("election",)}
FACTS = GuardFacts("desk", "topics", model="fast", topics=TOPICS)


def vectors(*values: tuple[float, float]) -> Answer:
    data = [{"object": "embedding", "index": at, "embedding": each} for at, each in enumerate(values)]
    usage = {"prompt_tokens": 5, "total_tokens": 5}
    return Answer(
        steps=(json.dumps({"object": "list", "data": data, "model": "e", "usage": usage}).encode(),)
    )


def question(*passages: list[str]) -> bytes:
    return json.dumps({"passages": passages}).encode()


async def test_the_nearest_example_counts_and_what_is_known_is_not_asked_again() -> None:
    road = Road({"one": [vectors((1, 0), (0, 1), (-1, 0), (3, 4)), vectors((0, 2))]})
    courier, errand = TopicCourier(lambda: road.services, None), Errand(road.call(), WHO, waits=False)
    said = json.loads(await courier.ask(FACTS, question(["some text"], []), errand))
    assert said == {"scores": [[[pytest.approx(0.8), pytest.approx(-0.6)]], []]}
    again = json.loads(await courier.ask(FACTS, question(["some text", "another"]), errand))
    assert again["scores"][0][1] == [pytest.approx(1), pytest.approx(0)]
    bodies = [json.loads(body)["input"] for _, _, body in road.vendors.requests]
    assert bodies == [["money", "refund", "election", "some text"], ["another"]]
    assert {
        dict(row.tags)["guard"] if isinstance(row.tags, tuple) else "guard" in str(row.tags)
        for row in road.rows
    }
    await courier.close()


@pytest.mark.parametrize("answer", [vectors((1, 0)), vectors((1, 0), (1, 0), (1, 0), (0, 0))])
async def test_vectors_that_are_missing_are_no_answer(answer: Answer) -> None:
    road = Road({"one": [answer]})
    courier = TopicCourier(lambda: road.services, None)
    with pytest.raises(NoAnswer):
        await courier.ask(FACTS, question(["some text"]), Errand(road.call(), WHO, waits=False))


async def test_without_the_local_model_there_is_none(tmp_path) -> None:
    road = Road({"one": [Answer()]})
    courier = TopicCourier(lambda: road.services, tmp_path)
    with pytest.raises(NoAnswer):
        facts = GuardFacts("desk", "topics", topics=TOPICS)
        await courier.ask(facts, question(["some text"]), Errand(road.call(), WHO, waits=False))
    await courier.close()


async def test_examples_are_read_by_the_model_of_this_machine_before_somebody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    done = threading.Event()

    def run(text: str) -> np.ndarray:
        read.append(text)
        if text == "election":
            done.set()
        return np.ones(2) / 2**0.5

    monkeypatch.setattr(module, "load_model", lambda folder: run)
    road = Road({"one": [Answer()]})
    courier = TopicCourier(lambda: road.services, None)
    facts = GuardFacts("desk", "topics", topics=TOPICS)
    courier.prepare(facts)
    assert await asyncio.to_thread(done.wait, 60)
    assert read == ["money", "refund", "election"]
    said = await courier.ask(facts, question(["some text"]), Errand(road.call(), WHO, waits=False))
    assert json.loads(said) == {"scores": [[[pytest.approx(1), pytest.approx(1)]]]}
    assert read.count("money") == 1
    assert read[-1] == "some text"
    await courier.close()


async def test_no_model_of_a_vendor_is_asked_before_somebody_calls() -> None:
    road = Road({"one": []})
    courier = TopicCourier(lambda: road.services, None)
    courier.prepare(FACTS)
    await asyncio.sleep(0.05)
    assert not road.vendors.requests
    await courier.close()
