"""Headers tell who calls, and whether the body is one that is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.endpoints.reading import hear, read_headers
from gateway.errors import UnsupportedMedia


@pytest.mark.parametrize(
    ("value", "credential"),
    [
        (b"Bearer sk-sb-1", b"sk-sb-1"),
        (b"bearer sk-sb-1", b"sk-sb-1"),
        (b"BEARER   sk-sb-1  ", b"sk-sb-1"),
        (b"sk-sb-1", b"sk-sb-1"),
        (b"Bearer ", b""),
        (b"Bearer", b"Bearer"),
        (b"Basic dTpw", b"Basic dTpw"),
        (b"", b""),
    ],
)
def test_the_credential_is_what_follows_bearer(value: bytes, credential: bytes) -> None:
    assert read_headers([(b"accept", b"*/*"), (b"authorization", value)]) == credential


@pytest.mark.parametrize("name", [b"x-api-key", b"x-goog-api-key", b"api-key"])
def test_a_key_of_its_own_header_counts_before_the_bearer(name: bytes) -> None:
    bearer = (b"authorization", b"Bearer other")
    for headers in ([(name, b"sk-sb-1")], [bearer, (name, b" sk-sb-1 ")], [(name, b"sk-sb-1"), bearer]):
        assert read_headers(headers) == b"sk-sb-1"


@pytest.mark.parametrize("theirs", [b"sk-ant-api03-x", b""])
@pytest.mark.parametrize("name", [b"x-api-key", b"api-key"])
def test_a_vendors_key_beside_one_of_ours_does_not_count(name: bytes, theirs: bytes) -> None:
    two = [(name, theirs), (b"authorization", b"Bearer sk-sb-1")]
    assert read_headers(two) == read_headers(two[::-1]) == b"sk-sb-1"
    other = [(b"x-api-key", theirs), (b"x-goog-api-key", b"sk-sb-1")]
    assert read_headers(other) == read_headers(other[::-1]) == b"sk-sb-1"
    assert read_headers([(name, b"admin"), (b"authorization", b"Bearer other")]) == b"admin"


def test_who_signs_for_amazon_has_the_key_as_access_key_id() -> None:
    scope = b"AWS4-HMAC-SHA256 Credential=sk-sb-1/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host"
    assert read_headers([(b"authorization", scope + b", Signature=00")]) == b"sk-sb-1"
    assert read_headers([(b"authorization", b"AWS4-HMAC-SHA256 nonsense")]) == b""


def test_a_key_in_the_address_counts_where_no_header_has_one() -> None:
    url = b"/v1beta/models/m:generateContent?alt=sse&key=sk%2Dsb-1&monkey=2"
    assert read_headers([], url) == b"sk-sb-1"
    assert read_headers([(b"authorization", b"Bearer sk-sb-2")], url) == b"sk-sb-2"
    assert read_headers([], b"/v1/chat/completions?monkey=2") == b""


def test_without_the_header_nobody_calls() -> None:
    assert read_headers([]) == b""


@pytest.mark.parametrize(
    "value",
    [
        b"application/json",
        b"application/json; charset=utf-8",
        b"Application/JSON ;charset=UTF-8",
        b"application/vnd.api+json",
    ],
)
def test_json_is_read_however_it_is_named(value: bytes) -> None:
    assert read_headers([(b"content-type", value)]) == b""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"text/plain", "'text/plain'"),
        (b"application/x-www-form-urlencoded", "'application/x-www-form-urlencoded'"),
        (b"multipart/form-data; boundary=x", "'multipart/form-data'"),
        (b"", "'nothing'"),
        (b"caf\xe9", "'café'"),
    ],
)
def test_another_body_is_refused_with_what_to_do(value: bytes, found: str) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        read_headers([(b"content-type", value)])
    assert refused.value.message == (
        f"The content type is {found}, expected 'application/json'. "
        "With curl, add: -H 'content-type: application/json'"
    )


@pytest.mark.parametrize("value", [b"identity", b"Identity"])
def test_a_body_as_it_is_may_say_so(value: bytes) -> None:
    assert read_headers([(b"content-encoding", value)]) == b""


def test_a_packed_body_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="'gzip' is not supported: send the body as it is"):
        read_headers([(b"content-encoding", b"gzip")])


NAMES = st.sampled_from([b"authorization", b"content-type", b"content-encoding", b"x"])


@given(st.lists(st.tuples(NAMES, st.binary(max_size=12)), max_size=5))
def test_no_header_breaks_the_reader(headers: list[tuple[bytes, bytes]]) -> None:
    try:
        assert isinstance(read_headers(headers), bytes)
    except UnsupportedMedia as refused:
        assert refused.status == 415


def test_a_header_in_two_lines_is_one_list() -> None:
    beta, version = b"anthropic-beta", b"anthropic-version"
    defaults = {version: b"2023-06-01", beta: b""}
    told = hear(
        [(beta, b"one"), (version, b"2024-01-01"), (beta, b"two"), (version, b"2024-01-01")], b"/", defaults
    )
    assert told.forwarded == b"anthropic-version: 2024-01-01\r\nanthropic-beta: one, two\r\n"
    for said in [[], [(version, b"ann@acme.com")], [(beta, b"a, ann@acme.com")], [(beta, b"")]]:
        assert hear(said, b"/", defaults).forwarded == b"anthropic-version: 2023-06-01\r\n"
