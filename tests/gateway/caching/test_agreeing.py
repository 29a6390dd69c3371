"""A judge is a model of the gateway, asked for whoever had the hit; what it does not say is no label."""

import msgspec
import pytest

from config.caching import CachePolicy
from gateway.caching.agreeing import Agreeing
from tests.gateway.road import WHO, WHOLE, Answer, Road


def saying(word: str) -> Answer:
    return Answer(steps=(WHOLE.replace(b"Hello", word.encode()),))


SAID = [("Yes.", True), ("**no**", False), (" yes", True), ("Perhaps", None), ("", None), ("nothing", None)]


@pytest.mark.parametrize(("word", "verdict"), SAID)
async def test_yes_is_yes_and_what_is_neither_is_nothing(word: str, verdict: bool | None) -> None:
    road = Road({"one": [saying(word)]})
    assert await Agreeing("fast", lambda: road.services).same("How?", "So.", "Thus.", WHO) is verdict


async def test_it_gets_the_question_with_both_answers_and_is_billed_to_who_asked() -> None:
    road = Road({"one": [saying("yes")]}, cache=CachePolicy(exact=60.0))
    judge = Agreeing("fast", lambda: road.services)
    for _ in range(2):
        await judge.same("How?", 'So "x".', "Thus.", WHO)
    assert len(road.vendors.requests) == 2  # what it said once is nobody's answer
    shown = msgspec.json.decode(msgspec.json.decode(road.vendors.requests[0][2])["messages"][1]["content"])
    assert shown == {"question": "How?", "one": 'So "x".', "other": "Thus."}
    assert {(row.team, row.key_id) for row in road.rows} == {(WHO.team, WHO.key_id)}


async def test_a_judge_that_cannot_be_asked_says_nothing() -> None:
    road = Road({"one": [Answer(status=500, steps=(b"{}",))]})
    assert await Agreeing("fast", lambda: road.services).same("?", "a", "b", WHO) is None
    assert await Agreeing("nobody", lambda: road.services).same("?", "a", "b", WHO) is None


async def test_a_judge_whose_vendor_the_caller_does_not_want_is_not_asked() -> None:
    road = Road({"one": [saying("yes")]})
    judge = Agreeing("fast", lambda: road.services)
    assert await judge.same("?", "a", "b", WHO, [(b"x-signalbox-vendors", b"two")]) is None
    assert road.vendors.requests == []
