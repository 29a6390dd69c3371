"""How long to wait before retrying a call that no client is waiting for on a socket."""

from gateway.errors import NO_RETRY, GatewayError, OverLimit, Unavailable

_PASSING = (408, 409, 429, 500, 502, 503, 504)
_LONGEST = 60.0  # seconds


def pause(error: GatewayError, tries: int, most: int = 5) -> float | None:
    """Seconds to wait before the next try after `tries` failures; None: do not retry.

    A vendor's retry delay is honoured up to a minute, and so is a header that forbids retries. Our own
    temporary conditions, an exceeded limit or an unavailable store, are retried without limit.
    """
    told = dict(error.headers)
    hopeless = NO_RETRY in error.headers or error.status not in _PASSING
    if hopeless or tries >= most and not isinstance(error, Unavailable | OverLimit):
        return None
    after = told.get(b"retry-after", b"")
    asked = float(after) if after.isdigit() else 0.0
    return min(max(asked, 2.0 ** min(tries - 1, 6)), _LONGEST)
