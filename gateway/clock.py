"""The only place that reads the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000


def _unix_seconds() -> float:
    return time.time_ns() / 1e9


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall and monotonic time, replaceable in tests."""

    unix_ms: Callable[[], int] = _unix_ms
    unix_seconds: Callable[[], float] = _unix_seconds
    monotonic: Callable[[], float] = time.monotonic


SYSTEM_CLOCK = Clock()
