"""Only pages of allowed origins may read the answers to model calls."""

import pytest

from gateway.endpoints.cors import EXPOSED, cors_lines

PAGE = b"https://page.example"


@pytest.mark.parametrize(
    "allowed",
    [{"https://page.example"}, {"*"}, {"https://other.example", "*"}],
    ids=["this page", "every page", "every page and another"],
)
def test_an_allowed_page_is_named_and_told_what_it_may_read(allowed: set[str]) -> None:
    lines = cors_lines([(b"accept", b"*/*"), (b"origin", PAGE)], allowed).split(b"\r\n")
    assert lines == [
        b"access-control-allow-origin: https://page.example",
        b"vary: origin",
        b"access-control-expose-headers: " + ", ".join(EXPOSED).encode(),
        b"",
    ]


@pytest.mark.parametrize(
    "origin",
    [
        b"https://page.example.evil",
        b"http://page.example",
        b"https://page.example:8443",
        b"null",
        b"",
        b"\xff",
    ],
)
def test_another_page_gets_no_line(origin: bytes) -> None:
    assert cors_lines([(b"origin", origin)], {"https://page.example"}) == b""


def test_what_is_no_page_gets_no_line() -> None:
    assert cors_lines([(b"host", PAGE)], {"*"}) == b""
