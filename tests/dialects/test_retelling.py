"""An answer is said again member by member, and where that cannot be, as far as it is read."""

import json
from typing import cast

import pytest
from msgspec.structs import replace

from config.kinds import Operation
from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Image, Inline, Native, Text
from dialects.dialect import Dialect
from dialects.retelling import Told, read, said_again
from dialects.usage import Usage
from gateway.formats import SPOKEN
from tests.dialects import openai_chat_order, openai_responses_order
from tests.dialects.both_forms import REPLY, again

CHAT = cast(Dialect, SPOKEN[Operation.CHAT])
SAID = b'data: {"x":1,"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'


def test_what_is_of_no_documented_shape_is_said_as_far_as_it_is_read() -> None:
    stream = b'data: {"choices":[{"delta":{"content":"Hi","tool_calls":[{"function":{"name":"f"}}]}}]}\n\n'
    end = b'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\n'
    [choice] = json.loads(again(Operation.CHAT, stream + end, stream=False))["choices"]
    assert choice["message"]["content"] == "Hi"
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": ""}


def test_what_would_say_something_else_is_said_as_it_is_read() -> None:
    # Gemini numbers every call 0: https://ai.google.dev/gemini-api/docs/openai
    pieces = (
        b'{"index":0,"id":"%b","function":{"name":"%b","arguments":"{}"}}' % (id, id) for id in (b"a", b"b")
    )
    events = [b'data: {"choices":[{"delta":{"tool_calls":[%b]}}]}\n\n' % piece for piece in pieces]
    end = b'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\n'
    [choice] = json.loads(again(Operation.CHAT, b"".join(events) + end, stream=False))["choices"]
    assert [call["function"]["name"] for call in choice["message"]["tool_calls"]] == ["a", "b"]


def test_another_format_gets_what_is_read() -> None:
    told, other = Told(SAID, True, CHAT), cast(Dialect, SPOKEN[Operation.MESSAGES])
    found = json.loads(said_again(told, read(told), other, REPLY, stream=False))
    assert found["content"] == [{"type": "text", "text": "Hi"}] and "x" not in found


TIERED = (Operation.CHAT, Operation.RESPONSES, Operation.CONVERSE)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("caller", TIERED, ids=[caller.value for caller in TIERED])
@pytest.mark.parametrize("tier", ["flex", "flex us"])
def test_the_tier_of_service_is_told_in_every_form(caller: Operation, stream: bool, tier: str) -> None:
    to = cast(Dialect, SPOKEN[caller])
    choice = Choice((Text("Hi"),), Finish("stop"))
    answer = Answer("other", (choice,), usage=Usage(3, 4), service_tier=tier)
    said = said_again(
        Told(b"", False, cast(Dialect, SPOKEN[Operation.MESSAGES])), answer, to, REPLY, stream=stream
    )
    assert read(Told(said, stream, to)).service_tier == "flex"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("caller", [Operation.CHAT, Operation.RESPONSES])
def test_the_usual_tier_is_called_as_openai_calls_it(caller: Operation, stream: bool) -> None:
    """Of Anthropic's answers each says `standard`, which clients of OpenAI's format refuse."""
    speaker, to = cast(Dialect, SPOKEN[Operation.MESSAGES]), cast(Dialect, SPOKEN[caller])
    choice = Choice((Text("Hi"),), Finish("stop"))
    answer = Answer("anthropic", (choice,), usage=Usage(3, 4), service_tier="standard")
    said = said_again(Told(b"", False, speaker), answer, to, REPLY, stream=stream)
    order = openai_chat_order if caller is Operation.CHAT else openai_responses_order
    if stream:
        order.check_order(said)
    assert read(Told(said, stream, to)).service_tier == "default"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_what_another_format_knows_alone_is_not_said_to_coheres_callers(stream: bool) -> None:
    to = cast(Dialect, SPOKEN[Operation.COHERE_CHAT])
    foreign = (Native("anthropic_messages", {"type": "server_tool_use"}), Image(Inline("image/png", "QQ==")))
    answer = Answer("anthropic_messages", (Choice((*foreign, Text("Hi")), Finish("stop")),))
    said = said_again(Told(b"", False, CHAT), answer, to, REPLY, stream=stream)
    assert read(Told(said, stream, to)).choices[0].parts == (Text("Hi"),)


def test_a_stream_that_was_not_told_its_usage_is_told_it_now() -> None:
    told = Told(SAID, True, CHAT)
    answer = replace(read(told), usage=Usage(3, 4))
    whole = json.loads(said_again(told, answer, CHAT, REPLY, stream=False))
    assert (whole["x"], whole["usage"]["total_tokens"]) == (1, 7)
    with_usage = said_again(told, answer, CHAT, REPLY, stream=True)
    assert b'"total_tokens":7' in with_usage and with_usage.endswith(b"data: [DONE]\n\n")
    bare = said_again(told, answer, CHAT, replace(REPLY, include_usage=False), stream=True)
    assert b"usage" not in bare and bare.endswith(b"data: [DONE]\n\n")
