"""Who asked for a stream gets one, also from a vendor that answers in one piece."""

import pytest

from dialects.conversation import Text
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from gateway.attempts.holding import read_said
from tests.gateway.road import WHOLE, Caller, Road, streams

PRETTY = b" \n" + WHOLE.replace(b",", b",\r\n  ") + b"\n"


@pytest.mark.parametrize("body", [WHOLE, PRETTY], ids=["on a line", "on several"])
@pytest.mark.parametrize("usage", [False, True])
async def test_what_was_said_at_once_becomes_the_stream(body: bytes, usage: bool) -> None:
    road = Road({"one": [streams(body[:30], body[30:])]})
    (line,) = road.deployment.route("fast").lines.values()
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True, usage=usage))
    assert caller.head is not None and not caller.head.whole
    assert read_said(OpenAIChat(), caller.body, stream=True).choices[0].parts == (Text("Hello"),)
    assert caller.body.endswith(b"data: [DONE]\n\n")
    assert (b'"prompt_tokens":' in caller.body) is usage
    (row,) = road.rows
    assert (row.status, row.estimated, row.stream) == ("ok", False, True)
    assert row.usage == Usage(input=100, output=10)
    assert line.state.per_token_ms == 0.0  # that says nothing of how fast it writes


async def test_what_its_vendor_did_not_count_is_counted_here() -> None:
    road = Road({"one": [streams(b'{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}')]})
    await road.run(Caller(road.log), road.call(stream=True))
    (row,) = road.rows
    assert (row.status, row.estimated, row.usage.output) == ("ok", True, 2)


async def test_a_comment_may_have_come_before_it() -> None:
    road = Road({"one": [streams(b": hi\n\n", WHOLE)]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=True))
    assert read_said(OpenAIChat(), caller.body, stream=True).choices[0].parts == (Text("Hello"),)
