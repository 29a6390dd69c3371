"""Events are told apart the same way wherever the network cuts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import sse
from dialects.dialect import Framing
from dialects.framing import JsonLines, ServerSentEvents

EVENTS = [b"event: a\ndata: {}\n\n", b": comment\r\n\r\n", b'data: {"x":\ndata: 1}\n\n', b"data: [DONE]\n\n"]
LINES = [b'{"a":1}\n', b"{}\r\n", b"\n", b'{"b":"x\\ny"}\n']


def cut(framing: Framing, wire: bytes, cuts: list[int]) -> tuple[list[bytes], bytes]:
    """What comes out of a wire that arrives in pieces of these sizes, then the remainder."""
    events, rest = [], b""
    for size in [*cuts, len(wire)]:
        piece, wire = wire[:size], wire[size:]
        found, rest = framing.split(rest + piece, len(rest))
        events += found
    return events, rest


@pytest.mark.parametrize(
    ("framing", "events"), [(ServerSentEvents(), EVENTS), (JsonLines(), LINES)], ids=["sse", "lines"]
)
@given(cuts=st.lists(st.integers(0, 30)), tail=st.sampled_from([b"", b"da", b'{"a"']))
def test_events_do_not_depend_on_the_cuts(
    framing: Framing, events: list[bytes], cuts: list[int], tail: bytes
) -> None:
    assert cut(framing, b"".join(events) + tail, cuts) == (events, tail)


@given(
    text=st.text(st.sampled_from("ab:\r\n d"), max_size=40).map(str.encode),
    places=st.lists(st.integers(0, 50), max_size=10),
)
def test_the_quick_way_tells_events_apart_as_the_rules_do(text: bytes, places: list[int]) -> None:
    whole, rest = sse.split(text)
    sizes = [place % (len(text) + 1) for place in places]
    assert cut(ServerSentEvents(), text, sizes) == (sse.events(whole), rest)


@given(st.lists(st.sampled_from([b"data: a\n\n", b"\n\n", b"\n", b"data: \0\n\n", b"x"])))
def test_events_are_told_apart_by_empty_lines(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    events, rest = ServerSentEvents().split(data, 0)
    assert b"".join(events) + rest == data
    assert all(each.index(b"\n\n") == len(each) - 2 for each in events) and b"\n\n" not in rest
