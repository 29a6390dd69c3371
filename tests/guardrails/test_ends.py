"""The end of a text that may begin a match is found within the window."""

import pytest

from guardrails.ends import OPENINGS
from guardrails.guard import WINDOW

ENDS = OPENINGS.build([r"\bsecret-[a-z]{4,}\b", "[0-9]{4}"])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (b"a word ", b""),
        (b"a sec", b"sec"),
        (b"asec", b""),
        (b"is secret-ab", b"secret-ab"),
        (b"in 19", b"19"),
    ],
)
def test_what_may_begin(text: bytes, held: bytes) -> None:
    assert text[ENDS.at(text) :] == held


def test_no_more_than_the_window_is_looked_at() -> None:
    text = b"x secret-" + b"a" * 5000
    assert ENDS.at(text) >= len(text) - WINDOW
