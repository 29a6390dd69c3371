"""A call as a person reads it, whatever was cut or broke off; the formats have their journeys."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Finish, Finished, PartDelta, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from dialects.conversation import Refusal
from gateway.contents.assembling import document, folded
from tests.gateway.contents.copies import WHOLE, copied
from tests.gateway.road import COUNTED, DONE, HELLO, ROLE, STOP

STREAM = b"".join((ROLE, HELLO, HELLO, STOP, COUNTED, DONE))


def read(copy):
    return msgspec.json.decode(document(copy))


def test_a_whole_answer() -> None:
    said = read(copied(WHOLE))
    assert said["complete"] and said["request"]["messages"][0]["role"] == "user"
    assert said["answer"] == [{"index": 0, "parts": [{"type": "text", "text": "Hello"}], "finish": "stop"}]


@given(cuts=st.lists(st.integers(0, len(STREAM))))
def test_a_stream_is_the_same_wherever_it_was_cut(cuts) -> None:
    places = sorted({0, *cuts, len(STREAM)})
    pieces = [STREAM[a:b] for a, b in zip(places, places[1:], strict=False)]
    said = read(copied(*pieces, stream=True))
    assert said["answer"] == [
        {"index": 0, "parts": [{"type": "text", "text": "HelloHello"}], "finish": "stop"}
    ]


def test_what_broke_off_says_so() -> None:
    said = read(copied(ROLE, HELLO, HELLO[:9], stream=True, end=False))
    assert (said["complete"], said["answer"][0]["parts"]) == (False, [{"type": "text", "text": "Hello"}])
    assert read(copied(end=False))["answer"] is None


def test_what_cannot_be_read_is_kept_as_it_is() -> None:
    said = read(copied(b"\xffoops", body=b"\xfe"))
    assert said["answer"] == {"unreadable": "\ufffdoops"}
    assert said["request"] == "\ufffd"


def test_every_part_of_an_answer() -> None:
    [choice] = folded(
        [
            ThinkingDelta("hm", part=0),
            TextDelta("a", part=1),
            TextDelta("b", part=1),
            ToolStarted("1", "f", part=2),
            ToolDelta("{", part=2),
            ToolDelta("}", part=2),
            PartDelta(Refusal("no"), part=3),
            Finished(Finish("tool_calls")),
        ]
    )
    assert choice["finish"] == "tool_calls"
    assert choice["parts"] == [
        {"type": "thinking", "text": "hm"},
        {"type": "text", "text": "ab"},
        {"type": "tool_call", "id": "1", "name": "f", "arguments": "{}"},
        {"type": "refusal"},
    ]
