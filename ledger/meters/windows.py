"""Start and end of calendar windows in a time zone; sliding windows only have a width."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.limit import Per

SLIDING_MS: Mapping[str, int] = MappingProxyType({"minute": 60_000, "hour": 3_600_000})
NEVER = 1 << 62  # Unix milliseconds that are never reached


def bounds(per: Per, zone: str, at_ms: int) -> tuple[int, int]:
    """Start and end of the calendar day, week (from Monday) or month around a moment, in Unix ms.

    A day on which clocks are set forward or back has 23 or 25 hours. Any other `per` gives (0, NEVER).
    """
    if per not in ("day", "week", "month"):
        return 0, NEVER
    where = UTC if zone == "UTC" else ZoneInfo(zone)
    now = datetime.fromtimestamp(at_ms / 1000, where)
    # If clocks are set back across midnight, there are two midnights: the day begins with the first.
    day = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if per == "day":
        first, after = day, day + timedelta(days=1)
    elif per == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return _unix_ms(first), _unix_ms(after)


def _unix_ms(moment: datetime) -> int:
    # Datetime arithmetic is wall-clock arithmetic; only its result is converted to a moment.
    return int(moment.timestamp() * 1000)
