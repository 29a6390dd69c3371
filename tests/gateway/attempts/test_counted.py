"""What nobody told is counted from what was seen."""

from types import SimpleNamespace
from typing import Any

import pytest

from config.kinds import Operation, VendorKind
from dialects.dialect import WholeAnswer
from dialects.openai.chat import OpenAIChat
from dialects.usage import Told, Usage
from gateway.attempts.counted import NOTHING, billed, counted
from gateway.errors import NobodyAnswered, UpstreamError
from tests.gateway.road import FAILED, HELLO, KIND, ROLE, USAGE, WHOLE, Answer, Caller, Road, streams

BODY = b"x" * 400
CLEARED: Any = SimpleNamespace(
    call=SimpleNamespace(dialect=OpenAIChat(), operation=Operation.CHAT), body=BODY
)
INPUT = OpenAIChat().input_estimate(BODY)


def stream(text: int, opening: Usage | None = None, usage: Usage | None = None, **state: bool) -> Any:
    flags = {"finished": False, "done": False} | state
    return SimpleNamespace(text_length=text, opening=opening, usage=usage, **flags)


@pytest.mark.parametrize(
    ("reader", "text", "received", "usage"),
    [
        (None, 0, None, Usage(input=INPUT)),
        (None, 0, 9, Usage(input=INPUT, output=3)),
        (None, 5, 9, Usage(input=INPUT, output=2)),
        (stream(8), 0, 100, Usage(input=INPUT, output=2)),
        (stream(8, Usage(input=77, output=1)), 0, 100, Usage(input=77, output=2)),
        (stream(0, Usage(input=77, output=1)), 0, 100, Usage(input=77, output=1)),
        (stream(8, Usage(input=7), Usage(input=77, output=1, cached_read=3)), 0, 100, Usage(77, 2, 3)),
        (stream(8, usage=Told.of(Usage(77, 1), 5_000)), 0, 100, Told(77, 2)),
    ],
    ids=[
        *(
            "nothing came",
            "bytes came",
            "a text came",
            "a stream",
            "a stream that began",
            "and broke at once",
        ),
        "a stream that tells running usage",
        "and what it took so far",
    ],
)
def test_what_was_seen_is_counted(reader: Any, text: int, received: int | None, usage: Usage) -> None:
    response: Any = None if received is None else SimpleNamespace(received=received)
    found = counted(reader, text, response, CLEARED)
    assert (found, found.nano) == (usage, None)


TOLD = Usage(100, 10)
SO_FAR = Usage(input=77, output=9)


@pytest.mark.parametrize(
    ("reader", "told", "status", "what"),
    [
        (None, SO_FAR, 200, (SO_FAR, False)),
        (None, None, 200, (Usage(INPUT, 5), True)),
        (None, None, 500, (NOTHING, False)),
        (stream(8, usage=SO_FAR, finished=True), None, 200, (SO_FAR, False)),
        (stream(8, usage=SO_FAR, done=True), None, 200, (SO_FAR, False)),
        (stream(8, usage=SO_FAR), None, 200, (SO_FAR, True)),
        (stream(80, usage=SO_FAR), None, 200, (Usage(77, 20), True)),
        (stream(8, finished=True), None, 200, (Usage(INPUT, 2), True)),
    ],
    ids=[
        *("told of the whole", "nothing told", "a refusal", "a stream that ended", "its last event came"),
        *("it broke", "more came than it had told", "it ended and told nothing"),
    ],
)
def test_what_a_stream_told_is_the_last_word_where_it_ended(
    reader: Any, told: Usage | None, status: int, what: tuple[Usage, bool]
) -> None:
    response: Any = SimpleNamespace(received=20, status=status)
    assert billed(reader, WholeAnswer(told, None, 0), response, CLEARED) == what


def test_vectors_are_no_output() -> None:
    call = SimpleNamespace(dialect=OpenAIChat(), operation=Operation.EMBEDDINGS)
    cleared: Any = SimpleNamespace(call=call, body=BODY)
    assert counted(None, 0, SimpleNamespace(received=4000), cleared) == Usage(input=INPUT)  # type: ignore[arg-type]


TOLD_SO_FAR = HELLO.replace(b'"choices"', b'"usage":%b,"choices"' % USAGE)


async def test_what_a_stream_that_broke_had_told_so_far_is_the_least_that_is_billed() -> None:
    road = Road({"one": [streams(ROLE, TOLD_SO_FAR, FAILED)]})
    with pytest.raises(UpstreamError):
        await road.run(Caller(road.log), road.call(stream=True))
    assert [(row.status, row.usage, row.estimated) for row in road.rows] == [("cut", TOLD, True)]


NOT_GIVEN = [
    pytest.param(b'{"error":{"message":"no"},"usage":%b}' % USAGE, KIND, id="an error"),
    pytest.param(
        b'{"status":"failed","output":[],"usage":{"input_tokens":100,"output_tokens":10}}',
        VendorKind("r", "R", paths={Operation.RESPONSES: "/v1/responses"}, key_required=False),
        id="a failed response, translated",
    ),
    pytest.param(
        b'{"id":"x","finish_reason":"ERROR","message":{"role":"assistant","content":[]},'
        b'"usage":{"billed_units":{"input_tokens":100,"output_tokens":10}}}',
        VendorKind("c", "C", paths={Operation.COHERE_CHAT: "/v2/chat"}, key_required=False),
        id="Cohere's error, translated",
    ),
]


@pytest.mark.parametrize(("body", "kind"), NOT_GIVEN)
async def test_what_a_vendor_counted_for_an_answer_that_it_does_not_give_is_billed(
    body: bytes, kind: VendorKind
) -> None:
    road = Road({"one": [Answer([body])]}, kind=kind)
    with pytest.raises(NobodyAnswered):
        await road.run(Caller(road.log), road.call())
    assert [(row.status, row.usage, row.estimated) for row in road.rows] == [("error", TOLD, False)]


async def test_zeros_are_no_count() -> None:
    said = WHOLE.replace(USAGE, b'{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}')
    road = Road({"one": [Answer([said])]})
    await road.run(Caller(road.log), road.call())
    (row,) = road.rows
    assert row.estimated and row.usage.input > 0 and row.usage.output > 0
