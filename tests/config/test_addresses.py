"""Addresses, headers and names before they reach the wire."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.addresses import (
    agent_name,
    browser_origin,
    credential,
    database_url,
    header_name,
    header_value,
    http_url,
    listen_host,
    model_name,
    plain_name,
    proxy_url,
    redis_url,
    text_line,
)
from config.errors import Unfit

Parse = Callable[[str], str]
GOOD: list[tuple[Parse, str, str]] = [
    (http_url, "https://api.example.com/v1/", "https://api.example.com/v1"),
    (http_url, "http://[::1]:8000", "http://[::1]:8000"),
    (http_url, "http://vllm_server:8000/v1", "http://vllm_server:8000/v1"),
    (proxy_url, "http://proxy:3128/", "http://proxy:3128"),
    (browser_origin, "https://App.example:8443", "https://app.example:8443"),
    (browser_origin, "*", "*"),
    (listen_host, "::", "::"),
    (listen_host, "0.0.0.0", "0.0.0.0"),
    (database_url, "sqlite:///x.db", "sqlite:///x.db"),
    (database_url, "postgresql://u:p@h/d", "postgresql://u:p@h/d"),
    (database_url, "postgresql://u:p/#w@h:1/d", "postgresql://u:p/#w@h:1/d"),
    (header_name, "X-Custom", "x-custom"),
    (header_value, " Bearer abc ", "Bearer abc"),
    (credential, "sk-abc\n", "sk-abc"),
    (model_name, "ft:gpt-4o:acme::1", "ft:gpt-4o:acme::1"),
    (model_name, "openai/*", "openai/*"),
    (plain_name, "azure-eu.2", "azure-eu.2"),
]
BAD: list[tuple[Parse, str]] = [
    *[
        (http_url, bad)
        for bad in ["", "x", "https://", "https://a b", "https://a/?q", "https://a/#f", "file:///x"]
    ],
    *[
        (http_url, bad)
        for bad in ["https://u@a", "https://a:x", "https://[::1", "https://é", "https://a..b", "//a"]
    ],
    *[(http_url, bad) for bad in ["https://a/\r\nx: y", "https://a\\b", "https://[1.2.3.4]", "https://a{b}"]],
    *[
        (proxy_url, bad)
        for bad in ["http://proxy", "https://proxy:1", "http://proxy:1/x", "http://u:p@proxy:1"]
    ],
    *[(browser_origin, bad) for bad in ["a.example", "https://a/x", "ftp://a", "https://a?x"]],
    *[(listen_host, bad) for bad in ["", "a b", "http://a", "1:2", "a/b"]],
    *[(database_url, bad) for bad in ["x.db", "mysql://h/d", "sqlite:x", "postgresql://u:p@h:x/d"]],
    *[(header_name, bad) for bad in ["", "a b", "Host", "content-length", "é", "a:b", "transfer-encoding"]],
    *[(header_value, bad) for bad in ["", "a\r\nb: c", "é", "\x00"]],
    *[(credential, bad) for bad in ["", "a b", "a\nb", "é"]],
    *[(model_name, bad) for bad in ["", "a b", "a*b", "**", "é", "x" * 201]],
    *[(plain_name, bad) for bad in ["", "a/b", "-a", "é", "a b", "x" * 101]],
]


@pytest.mark.parametrize(("parse", "written", "meant"), GOOD)
def test_a_good_text_is_taken_in_its_plain_form(parse: Parse, written: str, meant: str) -> None:
    assert parse(written) == meant
    assert parse(meant) == meant


@pytest.mark.parametrize(("parse", "written"), BAD)
def test_a_bad_text_is_refused_with_what_is_allowed(parse: Parse, written: str) -> None:
    with pytest.raises(Unfit) as caught:
        parse(written)
    assert caught.value.allowed


def test_text_takes_numbers_as_they_read() -> None:
    assert text_line(42) == "42"
    with pytest.raises(Unfit):
        text_line(True)


@pytest.mark.parametrize("parse", [header_value, credential, http_url, proxy_url, browser_origin, model_name])
@given(text=st.text(max_size=30))
def test_nothing_that_passes_can_break_a_line(parse: Parse, text: str) -> None:
    try:
        passed = parse(text)
    except Unfit:
        return
    assert passed.isascii() and passed.isprintable()


@pytest.mark.parametrize("url", ["redis://h:6379/0", "rediss://:secret@h", "unix:///run/redis.sock"])
def test_a_redis(url: str) -> None:
    assert redis_url(url) == url


@pytest.mark.parametrize(
    "url", ["h:6379", "http://h", "redis:h", "", None, "redis://h:x/0", "redis://h/zero", "redis://:a#b@h"]
)
def test_no_redis(url: object) -> None:
    with pytest.raises(Unfit):
        redis_url(url)


@pytest.mark.parametrize("name", ["desk", "desk@canary", "refund-desk@v2"])
def test_an_agent_may_have_a_label(name):
    assert agent_name(name) == name


@pytest.mark.parametrize("name", ["", "@x", "desk@", "a@b@c", "a b", "a__b@c", "a/b"])
def test_what_is_no_agents_name_is_refused(name):
    with pytest.raises(Unfit):
        agent_name(name)
