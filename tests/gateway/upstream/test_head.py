"""What goes out is one request, and what came in is read as the parser read it."""

from contextlib import suppress

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.head import build_head, head_of, header_line

HOST = ("host", "vendor")


def test_a_head_is_its_request_line_and_its_lines_in_order():
    head = build_head("POST", "/v1/x?y=1", [HOST, ("Authorization", "Bearer s"), ("x-empty", "")])
    assert head == b"POST /v1/x?y=1 HTTP/1.1\r\nhost: vendor\r\nAuthorization: Bearer s\r\nx-empty: \r\n"


def test_a_value_travels_as_latin_1():
    assert header_line("x-name", "Zoë") == b"x-name: Zo\xeb\r\n"


INJECTIONS = {
    "line break in a value": ("GET", "/", [HOST, ("a", "b\r\nc: d")]),
    "bare CR in a value": ("GET", "/", [HOST, ("a", "b\rc")]),
    "bare LF at the end of a value": ("GET", "/", [HOST, ("a", "b\n")]),
    "NUL in a value": ("GET", "/", [HOST, ("a", "b\0")]),
    "character beyond Latin-1": ("GET", "/", [HOST, ("a", "→")]),
    "line separator that str.splitlines knows": ("GET", "/", [HOST, ("a", "b\u2028c")]),
    "C0 control in a value": ("GET", "/", [HOST, ("a", "\x01")]),
    "DEL in a value": ("GET", "/", [HOST, ("a", "\x7f")]),
    "space in a name": ("GET", "/", [HOST, ("a b", "c")]),
    "colon in a name": ("GET", "/", [HOST, ("a:b", "c")]),
    "line break at the end of a name": ("GET", "/", [HOST, ("a\n", "c")]),
    "empty name": ("GET", "/", [HOST, ("", "c")]),
    "space in the path": ("GET", "/ HTTP/1.1\r\nx: y", [HOST]),
    "line break in the path": ("GET", "/a\r\n", [HOST]),
    "non-ASCII path": ("GET", "/ä", [HOST]),
    "relative path": ("GET", "a", [HOST]),
    "empty path": ("GET", "", [HOST]),
    "method with a space": ("GET /", "/", [HOST]),
    "our own framing": ("POST", "/", [HOST, ("Content-Length", "5")]),
    "our own coding": ("POST", "/", [HOST, ("transfer-encoding", "chunked")]),
    "no host": ("GET", "/", []),
    "two hosts": ("GET", "/", [HOST, ("Host", "other")]),
}


@pytest.mark.parametrize("arguments", INJECTIONS.values(), ids=INJECTIONS.keys())
def test_nothing_that_could_inject_is_built(arguments):
    with pytest.raises(ValueError):
        build_head(*arguments)


def test_a_refused_value_is_not_shown():
    with pytest.raises(ValueError) as refused:
        build_head("GET", "/", [HOST, ("authorization", "Bearer secret\n")])
    assert "secret" not in str(refused.value).replace("(a secret read", "") and "authorization" in str(
        refused.value
    )


class Recorder:
    def __init__(self):
        self.seen = []
        self.url = b""

    def on_url(self, url):
        self.url += url

    def on_header(self, name, value):
        self.seen.append((name, value))


@given(
    method=st.text(max_size=8),
    path=st.text(max_size=12),
    headers=st.lists(st.tuples(st.text(max_size=6), st.text(max_size=8)), max_size=3),
)
def test_whatever_is_built_is_one_request_with_just_those_headers(method, path, headers):
    with suppress(ValueError):
        head = build_head("GET", "/" + path, [HOST, *headers])
        recorder = Recorder()
        httptools.HttpRequestParser(recorder).feed_data(head + b"\r\n")
        assert recorder.url.decode() == "/" + path
        assert [name.decode() for name, _ in recorder.seen] == ["host", *(name for name, _ in headers)]


RAW = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Empty:\r\nSet-Cookie: a=1\r\n"
    b"set-cookie: b=2 \t\r\nx-content-type: no\r\n"
)
LOOKUPS = {
    "a value": (b"content-type", b"text/event-stream"),
    "the first of several": (b"set-cookie", b"a=1"),
    "an empty value": (b"x-empty", b""),
    "a name that another ends with": (b"type", None),
    "a missing name": (b"date", None),
}


@pytest.mark.parametrize(("name", "value"), LOOKUPS.values(), ids=LOOKUPS.keys())
def test_a_header_is_found_by_its_whole_name(name, value):
    assert head_of(RAW).get(name) == value


def test_all_headers_keep_their_order():
    assert head_of(RAW).items() == [
        (b"content-type", b"text/event-stream"),
        (b"x-empty", b""),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"x-content-type", b"no"),
    ]


FRAMINGS = {
    "sized": (b"content-length: 3\r\n", False),
    "chunked": (b"Transfer-Encoding: Chunked\r\n", False),
    "gzip, then chunked": (b"transfer-encoding: gzip, chunked\r\n", False),
    "chunked in a line of its own": (b"transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n", False),
    "gzip only": (b"transfer-encoding: gzip\r\n", True),
    "nothing said": (b"date: now\r\n", True),
}


@pytest.mark.parametrize(("lines", "at_close"), FRAMINGS.values(), ids=FRAMINGS.keys())
def test_the_framing_is_told_from_the_head(lines, at_close):
    assert head_of(b"HTTP/1.1 200 OK\r\n" + lines).ends_at_close() is at_close


ODD = st.binary(max_size=12) | st.sampled_from([b"a: 1", b" b", b"c:", b":", b"d: \t 2 ", b"e:\rf", b"\n"])


@given(lines=st.lists(ODD, max_size=5))
def test_what_the_parser_accepts_is_split_as_the_parser_splits_it(lines):
    raw = b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines)
    recorder = Recorder()
    with suppress(httptools.HttpParserError):
        httptools.HttpResponseParser(recorder).feed_data(raw + b"\r\n")
        if b"\r\n\r\n" not in raw:
            assert head_of(raw).items() == [(n.lower(), v.strip(b" \t")) for n, v in recorder.seen]
