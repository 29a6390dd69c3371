"""Which failures may pass, and how long that is waited for."""

import pytest

from gateway.errors import BadRequest, GatewayError, OverLimit, Unavailable, UpstreamError
from gateway.pausing import pause


def failed(status: int, *headers: tuple[bytes, bytes]) -> GatewayError:
    return UpstreamError("no", status=status, code="vendor_failed", headers=headers)


@pytest.mark.parametrize(
    ("error", "tries", "seconds"),
    [
        (failed(503), 1, 1.0),
        (failed(503), 4, 8.0),
        (failed(503), 5, None),
        (failed(429, (b"retry-after", b"7")), 1, 7.0),
        (failed(429, (b"retry-after", b"soon")), 2, 2.0),
        (failed(429, (b"retry-after", b"900")), 1, 60.0),
        (failed(429, (b"x-should-retry", b"false")), 1, None),
        (failed(401), 1, None),
        (BadRequest("no"), 1, None),
        (Unavailable("away"), 40, 60.0),
        (OverLimit("full", "requests", ((b"retry-after", b"9"),)), 4, 9.0),
        (OverLimit("full", "requests", ((b"retry-after", b"9"),)), 40, 60.0),
        (OverLimit("full", "requests", ((b"x-should-retry", b"false"),)), 1, None),
    ],
)
def test_what_may_pass_is_waited_for(error: GatewayError, tries: int, seconds: float | None) -> None:
    assert pause(error, tries) == seconds


@pytest.mark.parametrize(("most", "seconds"), [(3, None), (4, 4.0)])
def test_how_often_is_the_callers_word(most: int, seconds: float | None) -> None:
    assert pause(failed(503), 3, most) == seconds
