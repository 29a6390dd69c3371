"""A stream that is there whole is heard to its end, and no further."""

from typing import cast

from config.kinds import Operation
from dialects.answer import Finish, Finished, Started, TextDelta
from dialects.dialect import Dialect
from dialects.streamed import heard
from gateway.formats import SPOKEN

CHAT = cast(Dialect, SPOKEN[Operation.CHAT])
SAID = b'data: {"id":"c","choices":[{"delta":{"content":"a"}}]}\n\n'
END = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}'


def test_the_last_event_may_lack_its_end() -> None:
    told = [Started("c"), TextDelta("a"), Finished(Finish("stop"))]
    assert heard(SAID + END, CHAT) == heard(SAID + END + b"\n\n", CHAT) == told


def test_nothing_after_the_end_is_heard() -> None:
    end = Finished(Finish("stop", sure=False))  # of which nothing was said but that all is over
    assert heard(SAID + b"data: [DONE]\n\n" + SAID + END, CHAT) == [Started("c"), TextDelta("a"), end]
