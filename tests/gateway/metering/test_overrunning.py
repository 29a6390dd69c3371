"""A refusal says whose limit it was, of what, how much is left and until when; headers say it always."""

import pytest

from config.limit import Limit, Per
from config.limiting import KINDS
from gateway.errors import OverBudget, OverLimit
from gateway.metering.overrunning import Told, refusal
from ledger.meters.allowance import Lack, Part
from ledger.meters.meter import Meter

T0 = 1_790_000_000_000 - 1_790_000_000_000 % 86_400_000


def part(kind: str, amount: int, per: Per, used: int = 0, held: int = 0, **more: object) -> Part:
    meter = Meter(Limit(kind, amount, per, **more), T0)  # type: ignore[arg-type]
    meter.take(held, T0)
    meter.settle(0, used, T0, T0)
    return Part(meter, KINDS[kind], "team support")


def test_headers_tell_the_narrowest_of_each_family() -> None:
    requests = [part("requests", 600, "minute", 2), part("requests", 5, "day", 2)]
    lines = Told([*requests, part("tokens", 100, "minute", 0)]).lines(T0)
    assert lines == (
        b"x-ratelimit-limit-requests: 5\r\nx-ratelimit-remaining-requests: 3\r\n"
        b"x-ratelimit-reset-requests: 24h0m0s\r\nx-ratelimit-limit-tokens: 100\r\n"
        b"x-ratelimit-remaining-tokens: 100\r\nx-ratelimit-reset-tokens: 0s\r\n"
    )


def test_messages_are_told_in_anthropics_words_too() -> None:
    told = Told([part("requests", 5, "day", 2), part("tokens", 100, "minute", 40)])
    lines = told.for_messages(T0)
    assert lines.startswith(told.lines(T0))
    assert lines.removeprefix(told.lines(T0)) == (
        b"anthropic-ratelimit-requests-limit: 5\r\nanthropic-ratelimit-requests-remaining: 3\r\n"
        b"anthropic-ratelimit-requests-reset: 2026-09-22T00:00:00Z\r\n"
        b"anthropic-ratelimit-tokens-limit: 100\r\nanthropic-ratelimit-tokens-remaining: 60\r\n"
        b"anthropic-ratelimit-tokens-reset: 2026-09-21T00:01:01Z\r\n"
    )
    assert b"requests-reset" not in Told([part("requests", 5, "total", 2)]).for_messages(T0)


TABLE = [
    (
        part("requests", 3, "minute", 3),
        1,
        "3 requests a minute: 1 requested, 0 left. Enough is free in 1m1s",
        b"60",
    ),
    (part("requests", 3, "day", 3), 1, "Enough is free in 24h0m0s", None),
    (part("requests", 3, "total", 3), 1, "It does not reset by itself", None),
    (part("concurrent", 3, "once", 0, 3), 1, "3 open requests at the same time", b"1"),
    (part("tokens", 100, "minute", 0, 95), 20, "20 requested, 5 left. Enough is free in 1s", b"1"),
    (part("tokens", 100, "minute"), 120, "exceeds the whole limit", None),
    (part("tokens", 9, "minute", 9, models=("fast",)), 1, "9 tokens a minute for fast:", b"60"),
]


@pytest.mark.parametrize(("found", "asked", "said", "wait"), TABLE)
def test_what_is_said_of_a_limit(found: Part, asked: int, said: str, wait: bytes | None) -> None:
    error = refusal(Lack(found, asked), b"x-ratelimit-limit-requests: 3\r\n", T0)
    assert isinstance(error, OverLimit)
    assert said in error.message
    assert "team support" in error.message
    headers = dict(error.headers)
    assert headers[b"x-ratelimit-limit-requests"] == b"3"
    assert headers.get(b"retry-after") == wait
    assert (headers.get(b"x-should-retry") == b"false") == (wait is None)


def test_what_is_said_of_a_budget() -> None:
    found = part("spend", 2 * 10**9, "month", 15 * 10**8, 10**8)
    error = refusal(Lack(found, 5 * 10**8), b"", T0)
    assert isinstance(error, OverBudget)
    assert error.message.startswith(
        "The budget of team support is $2.00 a month: $1.50 spent, $0.10 reserved for calls in flight; "
        "this call may cost $0.50. It resets at 20"
    )
    assert dict(error.headers) == {b"x-should-retry": b"false"}


def test_what_never_begins_again_does_not_say_when() -> None:
    assert "resets at" not in refusal(Lack(part("spend", 1, "total", 1), 1), b"", T0).message
