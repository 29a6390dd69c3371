"""Events come out of a byte stream the same wherever it was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import sse

TEXT = st.text(st.sampled_from("ab:\r\n d"), max_size=40).map(str.encode)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in zip(edges, edges[1:], strict=False)]


def read(pieces: list[bytes]) -> tuple[list[bytes], bytes]:
    rest, found = b"", []
    for piece in pieces:
        whole, rest = sse.split(rest + piece, len(rest))
        found += sse.events(whole)
    return found, rest


@given(TEXT)
def test_nothing_is_lost_between_events_and_rest(data: bytes) -> None:
    found, rest = read([data])
    assert b"".join(found) + rest == data


@given(TEXT, st.lists(st.integers(0, 50), max_size=10))
def test_events_do_not_depend_on_where_the_network_cuts(data: bytes, places: list[int]) -> None:
    assert read(cut(data, places)) == read([data])


@given(TEXT)
def test_events_do_not_depend_on_coming_byte_by_byte(data: bytes) -> None:
    assert read([data[place : place + 1] for place in range(len(data))]) == read([data])


@given(st.lists(st.text("abc ", max_size=5).map(str.encode), min_size=1, max_size=4), ENDS)
def test_data_lines_are_joined_by_a_line_feed(values: list[bytes], end: bytes) -> None:
    event = end.join([b": said", b"event: x", *(b"data: " + value for value in values), b"", b""])
    found, rest = read([event, b":"])
    assert (found, rest) == ([event], b":")
    assert sse.data_of(event) == b"\n".join(values)


@given(TEXT)
def test_the_quick_way_finds_the_same_events(data: bytes) -> None:
    whole, _ = sse.split(data)
    quick = sse.lines(whole)
    if quick is not None:
        assert [line + b"\n\n" for line in quick] == sse.events(whole)


@pytest.mark.parametrize(
    ("whole", "lines"),
    [
        pytest.param(b"data: a\n\ndata: b\n\n", [b"data: a", b"data: b"], id="one line each"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"data: a\ndata: b\n\n", None, id="two lines"),
        pytest.param(b"data: a\r\n\r\n", None, id="CRLF"),
        pytest.param(b"data: a\n\ndata: b", None, id="no end"),
        pytest.param(b"data: a\n\n\n", None, id="a blank line more"),
    ],
)
def test_only_events_of_one_line_take_the_quick_way(whole: bytes, lines: list[bytes] | None) -> None:
    assert sse.lines(whole) == lines


@pytest.mark.parametrize(
    ("buffer", "whole"),
    [
        pytest.param(b"data: a\n\n", 9, id="LF"),
        pytest.param(b"data: a\r\n\r\n", 11, id="CRLF"),
        pytest.param(b"data: a\r\n\n", 10, id="CRLF, LF"),
        pytest.param(b"data: a\n\r\n", 10, id="LF, CRLF"),
        pytest.param(b"data: a\r\rd", 9, id="CR"),
        pytest.param(b"data: a\r\r", 0, id="a CR that may be half of a CRLF"),
        pytest.param(b"data: a\r\n\r", 0, id="three quarters of two CRLF"),
        pytest.param(b"data: a\r\n", 0, id="one CRLF is one line end"),
        pytest.param(b"data: a\n\n\n", 9, id="of three LF two are an end"),
        pytest.param(b"data: a\n\ndata: b\n", 9, id="a second event without its end"),
        pytest.param(b"", 0, id="nothing"),
    ],
)
def test_an_empty_line_ends_an_event(buffer: bytes, whole: int) -> None:
    assert sse.split(buffer) == (buffer[:whole], buffer[whole:])


@pytest.mark.parametrize(
    ("event", "data"),
    [
        pytest.param(b"data: a\n\n", b"a", id="a space is not data"),
        pytest.param(b"data:a\n\n", b"a", id="no space"),
        pytest.param(b"data:  a\n\n", b" a", id="the second space is"),
        pytest.param(b"data\n\n", b"", id="no colon"),
        pytest.param(b": data: a\n\n", None, id="comment"),
        pytest.param(b"event: data\nid: 1\n\n", None, id="no data"),
        pytest.param(b"database: a\n\n", None, id="another field"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", b"a", id="byte order mark"),
        pytest.param(b"\ndata: a\n\n", b"a", id="a blank line before"),
    ],
)
def test_the_data_of_an_event(event: bytes, data: bytes | None) -> None:
    assert sse.data_of(event) == data


@pytest.mark.parametrize(
    ("event", "name"), [(b"event: error\ndata: a\n\n", b"error"), (b"data: a\n\n", b""), (b"event\n\n", b"")]
)
def test_the_name_of_an_event(event: bytes, name: bytes) -> None:
    assert sse.name_of(event) == name


@given(st.binary(max_size=30).filter(lambda data: not set(data) & set(b"\r\n")))
def test_a_written_event_is_read_again(data: bytes) -> None:
    written = sse.event(data)
    assert sse.split(written) == (written, b"")
    assert sse.data_of(written) == data


@given(TEXT)
def test_with_the_end_that_it_lacks_an_event_is_whole(data: bytes) -> None:
    event = b"a" + data
    assert sse.missing_end(event) in (b"", b"\n", b"\n\n")
    whole, rest = sse.split(event + sse.missing_end(event) + b":")
    assert whole and len(rest) >= 1
