"""A pattern's beginnings are what its matches begin with, and nothing else."""

from functools import cache

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from guardrails.openings import opening, openings, shortest

PATTERNS = [
    "abc",
    "ab+c",
    "a(?:bc|d)e",
    "a{2,3}b?c",
    "(?:ab){2}c",
    "[ab]{1,2}c",
    "a(?:b(?:c|d)*)?a",
    "(?i)AB?c",
    r"a\.b",
]
LETTERS = "abcde.A"


@cache
def words(pattern: str, longest: int = 6) -> set[str]:
    """What a pattern matches whole, of the letters that it names and of one that it does not."""
    compiled = re2.compile(pattern)
    named = [letter for letter in LETTERS if letter.lower() in pattern.lower()]
    letters = named + [letter for letter in LETTERS if letter not in named][:1]
    level, found = [""], set()
    for _ in range(longest):
        level = [word + letter for word in level for letter in letters]
        found |= {word for word in level if compiled.fullmatch(word)}
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
def test_its_beginnings_are_those_of_its_words(pattern: str) -> None:
    matched = words(pattern, 5)
    begun = {word[:size] for word in matched for size in range(len(word) + 1)}
    compiled = re2.compile(opening(pattern))
    assert all(compiled.fullmatch(word) for word in begun)
    longer = words(opening(pattern), 3)
    reachable = {word[:size] for word in words(pattern, 6) for size in range(len(word) + 1)}
    assert longer <= {word for word in longer if word in reachable}


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        *((each, None) for each in PATTERNS),  # that of its words
        (r"\bSK[0-9a-f]{32,}\b", 34),
        (r"(?i)(?:pwd|token)=?[\x{e2}\xa0]?x+", 4),
        (r"a*|b", 0),
        (r"\Qa.b\E", 0),
        ("a(b", 0),
    ],
)
def test_no_match_is_shorter_than_the_shortest(pattern: str, least: int | None) -> None:
    assert shortest(pattern) == (min(map(len, words(pattern))) if least is None else least)


@pytest.mark.parametrize("bad", ["a(b", "a)b", "[a", "a|b)"])
def test_what_cannot_be_read_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        opening(bad)


@given(st.text("ab c", max_size=12))
def test_the_longest_end_is_found(text: str) -> None:
    found = re2.compile(openings(["abc", "bb"])).search(text)
    expected = next(
        at for at in range(len(text) + 1) if "abc".startswith(text[at:]) or "bb".startswith(text[at:])
    )
    assert found.start() == expected
