"""The road learns the same of a stream whether its bytes pass or are written anew."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Native
from dialects.errors import Malformed, VendorError
from dialects.framing import JsonLines
from dialects.usage import Usage
from dialects.watching import MAX_EVENT_BYTES, Watched

USAGE = Usage(3, 4)
SAID: list[Delta] = [
    Started("id", "m", usage=Usage(3)),
    ThinkingDelta("hm"),
    ThinkingDelta(signature="s"),
    TextDelta("héllo", 1),
    ToolStarted("c", "f", 2),
    ToolDelta('{"a":1}', 2),
    Finished(Finish("tool_calls")),
    Counted(USAGE),
]
_DECODE = msgspec.json.Decoder(list[Delta]).decode


class Reader:
    """Reads lines that hold deltas; an empty list is the format's own last event."""

    def __init__(self, owed: Sequence[Delta] = ()) -> None:
        self.done = False
        self.owed = owed

    def read(self, event: bytes) -> Sequence[Delta]:
        try:
            deltas = _DECODE(event)
        except msgspec.DecodeError:
            return [Failed(VendorError("not a line", code="malformed_event"))]
        self.done = not deltas
        return deltas

    def end(self) -> Sequence[Delta]:
        return self.owed


class Writer:
    """Writes the names of deltas."""

    def write(self, deltas: Sequence[Delta]) -> bytes:
        return b"".join(type(delta).__name__.encode() + b" " for delta in deltas)

    def end(self) -> bytes:
        return b"end"


def wire(*lines: list[Delta]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def fed(watched: Watched, data: bytes, cuts: Sequence[int]) -> bytes:
    out = b""
    for size in [*cuts, len(data)]:
        out += watched.feed(data[:size])
        data = data[size:]
    return out


cutting = given(cuts=st.lists(st.integers(0, 60)))


@cutting
def test_bytes_pass_as_they_are_and_all_is_learned(cuts: list[int]) -> None:
    data = wire(*[[delta] for delta in SAID], [])
    watched = Watched(JsonLines(), Reader())
    assert fed(watched, data, cuts) + watched.end() == data
    assert (watched.usage, watched.error, watched.text_length) == (USAGE, None, 2 + 5 + 7)
    assert watched.started and watched.finished and watched.done and watched.complete


@cutting
def test_what_a_writer_writes_takes_the_place_of_the_bytes(cuts: list[int]) -> None:
    data = wire(*[[delta] for delta in SAID], [])
    watched = Watched(JsonLines(), Reader(), Writer())
    told = [delta for delta in SAID if not isinstance(delta, Finished)]  # how it ended comes last
    names = b"".join(type(delta).__name__.encode() + b" " for delta in told)
    assert fed(watched, data + b"ignored\n", cuts) + watched.end() == names + b"Finished end"


class Named(Writer):
    """Writes the ids of answers."""

    def write(self, deltas: Sequence[Delta]) -> bytes:
        return b"".join(delta.id.encode() + b"." for delta in deltas if isinstance(delta, Started))


def test_a_writer_that_shall_make_an_id_is_told_none() -> None:
    data = wire([Started("id"), TextDelta("a")])
    assert Watched(JsonLines(), Reader(), Named()).feed(data) == b"id."
    assert Watched(JsonLines(), Reader(), Named(), unnamed=True).feed(data) == b"."


def test_what_is_counted_before_the_answer_is_no_usage_of_it() -> None:
    watched = Watched(JsonLines(), Reader())
    watched.feed(wire([Started(usage=Usage(3, 1))], [TextDelta("a")]))
    assert (watched.opening, watched.usage) == (Usage(3, 1), None)
    watched.feed(wire([Counted(USAGE)]))
    assert watched.usage == USAGE


def test_without_a_last_event_the_end_is_written_at_the_vendors_own() -> None:
    watched = Watched(JsonLines(), Reader([Counted(USAGE)]), Writer())
    assert watched.feed(wire([TextDelta("a")], [Finished(Finish("stop"))])) == b"TextDelta "
    assert not watched.done and watched.finished
    assert watched.feed(wire([TextDelta("b")])) == b"TextDelta "
    assert watched.end() == b"Counted Finished end"
    assert watched.usage == USAGE


def test_a_stream_that_ends_without_saying_how_is_not_finished() -> None:
    watched = Watched(JsonLines(), Reader(), Writer())
    assert watched.feed(wire([TextDelta("a")])) == b"TextDelta "
    assert watched.end() == b""
    assert not watched.finished


def test_a_last_event_after_which_no_end_was_told_is_a_cut() -> None:
    watched = Watched(JsonLines(), Reader(), Writer())
    assert not watched.feed(wire(SAID[:4], [])).endswith(b"end")
    assert watched.error is not None and watched.error.code == "vendor_cut"
    passing = Watched(JsonLines(), Reader())
    assert passing.feed(wire(SAID[:4], [])) == wire(SAID[:4], []) and passing.error is None


def test_every_choice_has_to_finish() -> None:
    watched = Watched(JsonLines(), Reader())
    watched.feed(wire([TextDelta("a"), TextDelta("b", choice=1), Finished(Finish("stop"), 1)]))
    assert not watched.finished
    watched.feed(wire([Finished(Finish("stop"))]))
    assert watched.finished


@pytest.mark.parametrize("writer", [None, Writer()], ids=["passing", "written"])
def test_nothing_passes_from_an_error_on(writer: Writer | None) -> None:
    watched = Watched(JsonLines(), Reader(), writer)
    before = watched.feed(wire([TextDelta("a")]) + b"broken\n" + wire([TextDelta("b")]))
    assert before == (wire([TextDelta("a")]) if writer is None else b"TextDelta ")
    assert watched.error == VendorError("not a line", code="malformed_event")
    assert watched.feed(wire([TextDelta("c")])) == watched.end() == b""


def test_an_event_cut_off_at_the_end_is_a_cut() -> None:
    watched = Watched(JsonLines(), Reader())
    watched.feed(b'[{"type":"te')
    assert watched.rest == b'[{"type":"te'
    watched.end()
    assert watched.error is not None and watched.error.code == "vendor_cut"


def test_a_last_event_without_its_end_still_counts() -> None:
    watched = Watched(JsonLines(), Reader(), Writer())
    watched.feed(wire([TextDelta("a")]) + wire([Finished(Finish("stop"))])[:-1])
    assert watched.end() == b"Finished end"


def test_what_begins_an_answer_without_text_has_started_it() -> None:
    for delta in (ToolStarted("c", "f"), PartDelta(Native("test", {})), Finished(Finish("stop"))):
        watched = Watched(JsonLines(), Reader())
        watched.feed(wire([Started(), ThinkingDelta(signature="s"), Counted(USAGE)]))
        assert not watched.started
        watched.feed(wire([delta]))
        assert watched.started


def test_an_endless_event_is_refused() -> None:
    watched = Watched(JsonLines(), Reader())
    watched.feed(b"x" * (MAX_EVENT_BYTES + 1))
    assert watched.error is not None and watched.error.code == "malformed_event"


def test_a_framing_that_breaks_ends_the_stream() -> None:
    class Broken:
        def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
            raise Malformed("bad checksum")

    watched = Watched(Broken(), Reader())
    assert watched.feed(b"x") == b""
    assert watched.error == VendorError("bad checksum", code="malformed_event")
