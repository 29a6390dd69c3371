"""Letter ciphers: rotated and reversed alphabets, and Morse code."""

import re
from collections.abc import Iterator
from string import ascii_lowercase as _LETTERS
from types import MappingProxyType

# Words that attacks cannot do without: one of them, enciphered, reveals the alphabet.
_WORDS = "ignore ignored disregard forget instruction instructions prompt override previous reveal".split()


def _alphabets() -> Iterator[str]:
    for by in range(1, len(_LETTERS)):
        yield _LETTERS[by:] + _LETTERS[:by]
    yield _LETTERS[::-1]


def _told() -> Iterator[tuple[bytes, bytes]]:
    for alphabet in _alphabets():
        table = bytes.maketrans(
            (alphabet + alphabet.upper()).encode(), (_LETTERS + _LETTERS.upper()).encode()
        )
        written = str.maketrans(_LETTERS, alphabet)
        yield from ((word.translate(written).encode(), table) for word in _WORDS)


_TABLES = MappingProxyType(dict(_told()))
ROTATED = re.compile(rb"\b(?:%b)\b" % b"|".join(_TABLES), re.IGNORECASE)

_SIGNS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- "
    "--.. .---- ..--- ...-- ....- ..... -.... --... ---.. ----. ----- .-.-.- --..-- ..--.."
)
_MORSE = MappingProxyType(dict(zip(_SIGNS.split(), _LETTERS + "1234567890.,?", strict=True)))
MORSE = re.compile(rb"(?:[.-]{1,6}[ /|]{1,3}){11,}[.-]{1,6}")
_GAP = re.compile(r" ?[/|] ?| {2,}")
_LEAST = 6  # distinct letters: decorative rows of dots and dashes have fewer


def turned(line: bytes) -> bytes:
    """A line deciphered; empty if no word reveals its alphabet."""
    found = ROTATED.search(line)
    return line.translate(_TABLES[found[0].lower()]) if found else b""


def from_morse(code: bytes) -> bytes | None:
    """Decodes Morse code; None if it is not a text."""
    words = [[_MORSE.get(each, "") for each in word.split()] for word in _GAP.split(code.decode())]
    said = " ".join(map("".join, words))
    return said.encode() if len(set(said)) > _LEAST else None
