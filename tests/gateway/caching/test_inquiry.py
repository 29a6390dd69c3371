"""What of a call is looked for, and whom its caller lets read its text."""

import contextlib

import msgspec
import pytest

from config.kinds import Operation
from dialects.openai.completions import OpenAICompletions
from gateway.errors import GatewayError, NotCached
from gateway.pipeline import answer
from tests.gateway.caching.test_likeness import FIRST, STRESSED, Here
from tests.gateway.road import Caller


async def test_a_text_to_go_on_with_is_compared_with_no_other() -> None:
    here, dialect = Here(), OpenAICompletions()
    for number, text in enumerate(("The answer is the whale.", "The answer is the whale"), start=1):
        body = msgspec.json.encode({"model": "fast", "prompt": text})
        call = msgspec.structs.replace(
            here.call(text, f"req_{number}"),
            operation=Operation.COMPLETIONS,
            dialect=dialect,
            body=body,
            asked=dialect.peek(body),
        )
        with contextlib.suppress(GatewayError):  # the vendor's answer is one to a chat
            await answer(call, here.road.services, Caller(here.road.log))
    assert not here.words.asked


async def test_who_gets_texts_is_bound_as_their_caller_bound_its_call() -> None:
    here = Here()
    wishes = {"signalbox_vendors": "two", "signalbox_continue": "true"}
    await here.ask(FIRST, "req_1", (b"x-signalbox-vendors", b"one"), metadata=wishes)
    assert here.words.bound == [(b"x-signalbox-vendors", b"two"), (b"x-signalbox-vendors", b"one")]
    await here.ask("far", "req_2", (b"x-signalbox-session", b"7"))
    assert here.words.bound == []


async def test_who_asks_no_vendor_for_an_answer_asks_none_for_a_vector() -> None:
    here, only = Here(), (b"cache-control", b"only-if-cached")
    with pytest.raises(NotCached):
        await here.ask(FIRST, "req_1", only)
    assert here.words.asked == []  # there is no text that might be like it
    await here.ask(FIRST, "req_2")
    here.words.fails = True
    with pytest.raises(NotCached):
        await here.ask(STRESSED, "req_3", only)
    assert here.words.bound == [(b"cache-control", b"only-if-cached")]
