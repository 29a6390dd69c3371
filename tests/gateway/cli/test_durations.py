"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("1h", 3600),
        ("30d", 2_592_000),
        ("2w", 1_209_600),
        (" 1H ", 3600),
        ("0s", 0),
    ],
)
def test_a_length_of_time_is_read(text, seconds) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "d", "-1h", "1.5h", "1 h", "1h30m", "1y", "9999999999s", "١h"])
def test_what_is_none_is_refused_with_how_to_write_one(text) -> None:
    with pytest.raises(ValueError, match="as in 30d or 12h"):
        parse_duration(text)


@given(st.text(max_size=8))
def test_any_text_is_read_or_refused(text) -> None:
    try:
        assert parse_duration(text) >= 0
    except ValueError as refusal:
        assert "length of time" in str(refusal)
