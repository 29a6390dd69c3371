"""Corrects attack words with swapped, missing or surplus letters, so that phrases match all the same."""

import re
from collections.abc import Sequence
from types import MappingProxyType

# Words that select a line; further below, those that are only corrected in it.
_TELLING = (
    "ignore disregard forget bypass instruction instructions directives guidelines restrictions reveal "
    "unrestricted uncensored"
).split()
_COMMON = (
    "override previous earlier commands prompt system confidential password developer your above rules print"
)
_WORDS = (*_TELLING, *_COMMON.split())


def _form(word: str) -> str:
    inner, least = "".join(sorted(set(word[1:-1]))), len(word) - 2
    return f"{word[0]}[{inner}]{{{least - 1},{least + 1}}}{word[-1]}"


def _any(words: Sequence[str]) -> re.Pattern[bytes]:
    return re.compile(f"\\b(?:{'|'.join(map(_form, words))})\\b".encode(), re.IGNORECASE)


MISSPELT, _CORRECTED = _any(_TELLING), _any(_WORDS)
_RIGHT = MappingProxyType({word.encode(): word.encode() for word in _WORDS})


def respelt(line: bytes) -> bytes:
    """A line with such words corrected; empty if none needs it."""
    said = _CORRECTED.sub(_word, line)
    return said if said != line else b""


def _word(found: re.Match[bytes]) -> bytes:
    word = found[0].lower()
    if word in _RIGHT:
        return found[0]
    return next((right for right in _RIGHT if _near(word, right)), found[0])


def _near(word: bytes, right: bytes) -> bool:
    """Whether two words have the same letters, or all but one, between equal first and last letters."""
    if word[:1] != right[:1] or word[-1:] != right[-1:] or abs(len(word) - len(right)) > 1:
        return False
    short, long = sorted((word, right), key=len)
    if len(short) == len(long):
        return sorted(short) == sorted(long)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
