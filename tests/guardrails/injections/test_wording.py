"""A phrase begins with a word, in any case, with any spaces."""

import pytest
import re2

from guardrails.injections.wording import FEW, TWO, words
from guardrails.rules import options


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("new task", "A  NEW \n task", True),
        ("new task", "renew task", False),
        (f"ignore {TWO}rules", "ignore all my rules", True),
        (f"ignore {TWO}rules", "ignore all of my rules", False),
        (f"ignore {FEW}rules", "ignore all of my rules", True),
    ],
)
def test_what_a_phrase_finds(form: str, text: str, found: bool) -> None:
    pattern = re2.compile(words(form).encode("latin-1"), options())
    assert (pattern.search(text.encode()) is not None) is found
