"""When a limit will be reached at the rate of its window so far."""

MOST_PATIENT = 20  # of so many parts of a window one must be over: before that, nothing can be said


def reached_at(used: int, amount: int, window: tuple[int, int], now: int) -> int | None:
    """Unix milliseconds; None where it is not reached in this window, or nothing can be said yet.

    `window` begins and ends at Unix milliseconds. What is reached already is reached now.
    """
    begins, ends = window
    if used >= amount:
        return now
    passed = now - begins
    if used <= 0 or passed * MOST_PATIENT < ends - begins:
        return None
    at = begins + passed * amount // used
    return at if at < ends else None
