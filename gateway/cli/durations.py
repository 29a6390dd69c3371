"""Durations as people write them: `90s`, `30m`, `1h`, `30d`, `2w`."""

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_FORM = re.compile(r"([0-9]{1,9})([smhdw])")


def parse_duration(text: str) -> int:
    """A duration in seconds. Raises `ValueError` with a text for the user."""
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(
            f"{text!r} is not a length of time; write a whole number and s, m, h, d or w, as in 30d or 12h."
        )
    return int(found[1]) * _SECONDS[found[2]]
