"""A whole answer is held, and given on as its caller asked for it, with what the whole call came to."""

from typing import Any

import pytest

from dialects.conversation import Conversation, Format, Message, Text
from gateway.attempts.holding import Held, as_whole, give, retold, told_to_wait
from gateway.frames import Head
from tests.gateway.road import WHOLE, Answer, Caller, Road

BLOCK = b"content-type: application/json\r\nx-signalbox-attempts: 1\r\nx-signalbox-cost: 0.000000001\r\n"


def conversation(schema: dict[str, Any] | None = None, **more: Any) -> Conversation:
    form = None if schema is None else Format("schema", schema)
    return Conversation(
        dialect="openai", model="m", messages=(Message("user", (Text("hi"),)),), format=form, **more
    )


def test_a_stream_is_asked_for_whole() -> None:
    asked = conversation(stream=True, include_usage=True, extra={"stream_options": {}, "other": 1})
    assert as_whole(asked) == conversation(extra={"other": 1})


@pytest.mark.parametrize("stream", [False, True])
def test_it_is_given_as_it_was_asked_for(stream: bool) -> None:
    on = Road({"one": [Answer()]})
    call = on.call(stream=stream)
    call.attempts, call.spent = 3, 1_000_000_007
    held = Held()
    held.begin(Head(BLOCK, whole=True), WHOLE)
    caller = Caller(on.log)
    give(call, held, caller)
    assert caller.head is not None and caller.head.whole is not stream
    assert b"x-signalbox-attempts: 3\r\n" in caller.head.block
    assert b'"Hello"' in caller.body
    assert caller.body.endswith(b"data: [DONE]\n\n") is stream
    assert (caller.body == WHOLE) is not stream


def test_the_money_of_later_attempts_is_told_too() -> None:
    call = Road({"one": [Answer()]}).call()
    call.attempts, call.spent = 2, 1_000_000_007
    block = retold(Head(BLOCK, whole=True), call).block
    assert block == (
        b"content-type: application/json\r\nx-signalbox-attempts: 2\r\nx-signalbox-cost: 1.000000007\r\n"
    )


async def test_only_a_streams_caller_is_told_to_wait() -> None:
    on = Road({"one": [Answer()]}, keep_alive=0.001)
    caller = Caller(on.log)
    assert told_to_wait(on.call(), caller, lambda: 50.0) is None
    waiting = told_to_wait(on.call(stream=True), caller, lambda: 50.0)
    assert waiting is not None
    waiting.end()
