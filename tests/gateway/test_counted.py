"""What nobody told is counted from what was seen."""

from types import SimpleNamespace
from typing import Any

import pytest

from config.kinds import Operation
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from gateway.counted import NOTHING, billed, counted

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
    ],
)
def test_what_was_seen_is_counted(reader: Any, text: int, received: int | None, usage: Usage) -> None:
    response: Any = None if received is None else SimpleNamespace(received=received)
    assert counted(reader, text, response, CLEARED) == usage


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
    assert billed(reader, told, 0, response, CLEARED) == what


def test_vectors_are_no_output() -> None:
    call = SimpleNamespace(dialect=OpenAIChat(), operation=Operation.EMBEDDINGS)
    cleared: Any = SimpleNamespace(call=call, body=BODY)
    assert counted(None, 0, SimpleNamespace(received=4000), cleared) == Usage(input=INPUT)  # type: ignore[arg-type]
