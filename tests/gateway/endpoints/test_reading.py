"""Headers tell who calls, and whether the body is one that is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.endpoints.reading import read_headers
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
