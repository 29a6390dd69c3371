"""What nobody told is counted from what was seen."""

from types import SimpleNamespace
from typing import Any

import pytest

from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from gateway.counted import counted

BODY = b"x" * 400
CLEARED: Any = SimpleNamespace(call=SimpleNamespace(dialect=OpenAIChat()), body=BODY)
INPUT = OpenAIChat().input_estimate(BODY)


def stream(text: int, opening: Usage | None = None) -> Any:
    return SimpleNamespace(text_length=text, opening=opening)


@pytest.mark.parametrize(
    ("reader", "text", "received", "usage"),
    [
        (None, 0, None, Usage(input=INPUT)),
        (None, 0, 9, Usage(input=INPUT, output=3)),
        (None, 5, 9, Usage(input=INPUT, output=2)),
        (stream(8), 0, 100, Usage(input=INPUT, output=2)),
        (stream(8, Usage(input=77, output=1)), 0, 100, Usage(input=77, output=2)),
        (stream(0, Usage(input=77, output=1)), 0, 100, Usage(input=77, output=1)),
    ],
    ids=["nothing came", "bytes came", "a text came", "a stream", "a stream that began", "and broke at once"],
)
def test_what_was_seen_is_counted(reader: Any, text: int, received: int | None, usage: Usage) -> None:
    response: Any = None if received is None else SimpleNamespace(received=received)
    assert counted(reader, text, response, CLEARED) == usage
