"""Points in time are read as people write them, and refused by name."""

import pytest

from ledger.span import iso, moment

NOW = 1_790_000_000_000
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("90m", NOW - 90 * 60_000),
        (" 24h ", NOW - 24 * HOUR),
        ("7d", NOW - 168 * HOUR),
        ("2w", NOW - 336 * HOUR),
        ("2026-11-01", 1_793_491_200_000),
        ("2026-11-01T08:30", 1_793_491_200_000 + 8 * HOUR + HOUR // 2),
        ("2026-11-01T08:30+01:00", 1_793_491_200_000 + 7 * HOUR + HOUR // 2),
        ("2026-11-01T08:30:00Z", 1_793_491_200_000 + 8 * HOUR + HOUR // 2),
    ],
)
def test_points_in_time(text: str, expected: int) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "7", "-7d", "7y", "2026-13-01", "12345678d"])
def test_other_texts_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="write how long ago"):
        moment(text, NOW)


def test_moments_are_written_in_utc() -> None:
    assert iso(1_793_491_200_999) == "2026-11-01T00:00:00Z"
