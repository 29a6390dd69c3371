"""Points in time as people write them: `7d` ago, a date, a timestamp."""

import re
from datetime import UTC, datetime

_AGO = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>[mhdw])", re.ASCII)
_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def moment(text: str, now_ms: int) -> int:
    """Parses `now`, `90m`, `24h`, `7d`, `2w` (ago), `2026-11-01` or `2026-11-01T08:30` to Unix milliseconds.

    Without a time zone it is UTC, as everything in the ledger. Raises ValueError.
    """
    text = text.strip()
    if text == "now":
        return now_ms
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now_ms - int(ago["number"]) * _UNIT_MS[ago["unit"]]
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a point in time; write how long ago (90m, 24h, 7d, 2w), "
            "a date (2026-11-01) or a moment (2026-11-01T08:30)"
        ) from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)


def iso(at_ms: int) -> str:
    """The moment as `2026-11-01T08:30:00Z`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
