"""Forecasts when a limit will be reached, at the average rate of its window so far."""

MOST_PATIENT = 20  # no forecast before 1/20 of the window has passed


def reached_at(used: int, amount: int, window: tuple[int, int], now: int) -> int | None:
    """Unix milliseconds; None if the limit will not be reached in this window, or it is too early to say.

    `window` is its start and end in Unix milliseconds. A limit already reached gives `now`.
    """
    begins, ends = window
    if used >= amount:
        return now
    passed = now - begins
    if used <= 0 or passed * MOST_PATIENT < ends - begins:
        return None
    at = begins + passed * amount // used
    return at if at < ends else None
