"""Context words that name the value beside them."""

import re
from collections.abc import Iterable

_BEFORE, _AFTER = 64, 32  # bytes before and after a value that are searched for such a word


def any_of(words: Iterable[str]) -> re.Pattern[bytes]:
    """Matches any of the words as a whole word, also within `homePhone`, but not within `phone_id`."""
    forms = sorted({form for word in words for form in _cases(word)}, key=len, reverse=True)
    return re.compile(_BEGINS + b"(?i:" + b"|".join(map(_word, forms)) + b")" + _ENDS)


def near(words: re.Pattern[bytes], text: bytes, start: int, end: int) -> bool:
    """Whether one of the words is near a value."""
    if words.search(text, max(0, start - _BEFORE), start):
        return True
    another = _DIGITS_FOLLOW.search(text, end, end + _AFTER)  # the word before it may name that number
    if another is None:
        return words.search(text, end, end + _AFTER) is not None
    found = words.search(text, end, min(another.start(), end + _BESIDE))
    return found is not None and not _LEADS.fullmatch(text, found.end(), another.start())


_BESIDE = 16  # bytes
_LEADS = re.compile(rb"[\s:=#.\"'(+-]*")  # between a word and the number it names: 42 tel: 030 1234567
_DIGITS_FOLLOW = re.compile(rb"[0-9]{3}")


def _cases(word: str) -> tuple[str, ...]:
    """Spellings to match: byte patterns ignore case only in ASCII."""
    return (word,) if word.isascii() else (word, word.capitalize(), word.upper())


def _word(word: str) -> bytes:
    return rb"[ _-]?".join(map(re.escape, word.encode().split(b" ")))


# Two lowercase letters must precede the capital one, because no word begins within `iPhone`.
_BEGINS = rb"(?:(?<![A-Za-z0-9])|(?<=[a-z][a-z])(?=[A-Z]))"
_ENDS = (
    rb"(?:(?![A-Za-z0-9])|(?<=[a-z])(?=[A-Z][a-z])|(?=[0-9]{1,2}(?![A-Za-z0-9])))"
    rb"(?!_?-?(?:[Ii]ds?|IDs?|[Cc]ount)(?![A-Za-z]))"
    # Nor the name of a source file.
    rb"(?!\.(?:[jt]sx?|py|rb|go|rs|java|cc?|cpp|h|php|exs?|cs|kt|html?|css|json|ya?ml|sql|sh|md)(?![A-Za-z0-9.]))"
)
