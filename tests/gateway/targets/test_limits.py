"""Vendors' headers about limits are read in every form that they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.targets.limits import LONGEST_SECONDS, PLENTY, Quota, hinted, quota, retry_after, scarce

NOW = 1_790_000_000.0


def header(**values: str) -> object:
    named = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in values.items()}
    return named.get


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("Wed, 16 Sep 2026 11:33:30 GMT", -1),
        ("999999", LONGEST_SECONDS),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("٣", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    given_ = value if value != "٣" else "\xd9\xa3"
    found = retry_after(header(retry_after=given_), 1_789_558_400.0)  # type: ignore[arg-type]
    if seconds == -1:
        assert found is not None and 0 <= found <= LONGEST_SECONDS
    else:
        assert found == seconds


def test_milliseconds_are_more_exact_than_seconds() -> None:
    assert retry_after(header(retry_after_ms="250", retry_after="1"), NOW) == 0.25  # type: ignore[arg-type]
    assert retry_after(header(), NOW) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", LONGEST_SECONDS),
        ("1.2s", 1.2),
        ("60", 60.0),
        (str(int(NOW) + 30), 30.0),
        (str(int(NOW + 45) * 1000), 45.0),
        ("2026-09-21T14:13:50Z", 30.0),
        ("not a time", 1.0),
    ],
)
def test_when_a_limit_is_whole_again(reset: str, seconds: float) -> None:
    told = quota(
        header(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests=reset),  # type: ignore[arg-type]
        NOW,
    )
    assert told == Quota(0, pytest.approx(seconds), pytest.approx(seconds))


def test_what_is_left_is_no_reason_to_wait() -> None:
    told = quota(
        header(  # type: ignore[arg-type]
            anthropic_ratelimit_requests_remaining="49",
            anthropic_ratelimit_requests_reset="2026-09-21T14:14:20Z",
            anthropic_ratelimit_input_tokens_remaining="1000",
        ),
        NOW,
    )
    assert told == Quota(49, pytest.approx(60.0), 0.0)


def test_tokens_that_are_used_up_are_waited_for_too() -> None:
    told = quota(
        header(  # type: ignore[arg-type]
            x_ratelimit_remaining_requests="10",
            x_ratelimit_reset_requests="1s",
            x_ratelimit_remaining_tokens="0",
            x_ratelimit_reset_tokens="12s",
        ),
        NOW,
    )
    assert told == Quota(10, 1.0, 12.0)


@given(st.text(max_size=50), st.text(max_size=50))
def test_whatever_a_vendor_writes_a_wait_is_bounded(left: str, reset: str) -> None:
    values = {
        b"x-ratelimit-remaining-requests": left.encode(),
        b"x-ratelimit-reset-requests": reset.encode(),
        b"retry-after": reset.encode(),
    }
    assert 0.0 <= quota(values.get, NOW).wait <= LONGEST_SECONDS
    assert 0.0 <= (retry_after(values.get, NOW) or 0.0) <= LONGEST_SECONDS


def test_where_there_is_plenty_nothing_is_counted() -> None:
    assert quota(header(x_ratelimit_remaining_requests="9999"), NOW) == Quota()  # type: ignore[arg-type]


@given(
    st.sampled_from(["x-ratelimit-remaining-%s", "anthropic-ratelimit-%s-remaining"]),
    st.sampled_from(["requests", "tokens"]),
    st.one_of(st.integers(-5, 3 * PLENTY).map(str), st.text("0123456789.- ", max_size=8)),
)
def test_no_limit_that_is_near_is_overlooked(form: str, what: str, left: str) -> None:
    name = form % what
    value = left.strip()
    if quota({name.encode(): value.encode()}.get, NOW) != Quota():
        assert scarce(f"HTTP/1.1 200 OK\r\n{name}: {value}\r\ndate: now\r\n".encode())


@pytest.mark.parametrize(("left", "near"), [("1001", False), ("1000", True), ("9", True), ("1999735", False)])
def test_plenty_is_seen_without_reading_it(left: str, near: bool) -> None:
    assert scarce(f"HTTP/1.1 200 OK\r\nx-ratelimit-remaining-requests: {left}\r\n".encode()) is near


@given(
    st.text(st.sampled_from("\r\n: 019ag"), max_size=12), st.text(st.sampled_from("\r\n: 019ag"), max_size=12)
)
def test_the_word_anywhere_in_a_head_ends(before: str, after: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nx: {before}remaining{after}".encode()
    assert scarce(head) in (True, False)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached: Used 22999, Requested 12528. Please try again in 11.054s. Visit us.", 11.054),
        ("Please try again in 1m23.5s.", 83.5),
        ("try again in 20ms", 0.02),
        ("exceeded token rate limit. Please retry after 9 seconds.", 9.0),
        ("Please retry in 39.6s.", 39.6),
        ("try again in 2 minutes, 3 seconds", 123.0),
        ("retry after 86400 seconds", LONGEST_SECONDS),
        ("try again in a while", None),
        ("try again in 7 more tries", None),
    ],
)
def test_words_may_tell_how_long_to_wait(message: str, seconds: float | None) -> None:
    assert hinted(message) == (seconds if seconds is None else pytest.approx(seconds))


def test_the_end_of_a_window_is_a_wait_where_it_is_all_there_is_and_a_limit_was_met() -> None:
    window = header(ratelimit_remaining="0", ratelimit_reset="8")
    assert retry_after(window, NOW) == 8.0  # type: ignore[arg-type]
    assert retry_after(header(x_ratelimit_reset=str(NOW + 40)), NOW) == 40.0  # type: ignore[arg-type]
    assert retry_after(header(retry_after="3", ratelimit_reset="8"), NOW) == 3.0  # type: ignore[arg-type]
    assert retry_after(window, NOW, limited=False) is None  # type: ignore[arg-type]
