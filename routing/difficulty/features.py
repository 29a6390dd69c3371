"""The features of a conversation: hashed words and word pairs, and about twenty simple figures."""

import re
from math import log1p
from typing import NamedTuple
from zlib import crc32

BITS = 18
_MASK = (1 << BITS) - 1

# Characters read at the beginning and end of longer texts: the question is there, and time stays bounded.
HEAD, TAIL = 1536, 512

_WORDS = re.compile(rb"[a-z]+|[0-9]+|[\x80-\xff]+|[+*/=^<>\\{}$%]").findall
# Bytes outside words become spaces.
_SPACED = bytes(byte if _WORDS(bytes([byte])) else 0x20 for byte in range(256))
_FOREIGN = 1.25  # bytes per character
_SYMBOLS = b"+*/=^<>\\"
_CODE = (b"def ", b"class ", b"import ", b"return", b"function", b"select ", b"```", b"()", b"{", b";\n")
_CHOICES = (b"a", b"b", b"c", b"d", b"1", b"2", b"- ")  # how lines with choices begin, the first line aside


def _any(words: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words.split())


_PARTS = _any(
    "half third quarter twice times double triple percent each every per remaining left more less than"
)
_TURNS = _any("not except least most best always never incorrect false unless neither")
_DEEP = _any(
    "prove derive explain why compare analyze analyse evaluate design implement optimize refactor how"
)
_PLAIN = _any("translate summarize rewrite list spell capital define who when where name")
_LOGIC = _any("if then therefore implies because suppose given let assume both only all some")
_SCIENCE = _any(
    "energy force rate ratio probability function equation mass velocity law court theory cell dna"
)


class Shape(NamedTuple):
    """The features of a conversation other than its text."""

    turns: int = 1
    tools: int = 0
    schema: bool = False
    system: bool = False


PLAIN = Shape()


class Features(NamedTuple):
    """`words` are distinct slots of a table of 2**BITS; `figures` are roughly between 0 and 1."""

    words: list[int]
    figures: list[float]


def features(text: str, shape: Shape = PLAIN) -> Features:
    """The features of a conversation's last question; the same on every machine and in every process."""
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + " " + text[-TAIL:]
    lowered = text.lower().encode("utf-8", "replace")
    # In scripts other than Latin hardly any word consists of ASCII letters only.
    words = _WORDS(lowered) if len(lowered) > len(text) * _FOREIGN else _words(lowered)
    single = list(map(crc32, words))
    slots = {each & _MASK for each in single}
    slots.update([each & _MASK for each in map(crc32, words[1:], single)])  # pairs of words
    return Features(list(slots), _figures(text, lowered, words, shape))


def _words(lowered: bytes) -> list[bytes]:
    """What `_WORDS` finds, in half the time: most chunks between spaces are single words of letters."""
    words: list[bytes] = []
    for chunk in lowered.translate(_SPACED).split():
        if chunk.isalpha():
            words.append(chunk)
        else:
            words += _WORDS(chunk)
    return words


def _figures(text: str, lowered: bytes, words: list[bytes], shape: Shape) -> list[float]:
    size, count, count_of = max(len(lowered), 1), max(len(words), 1), lowered.count
    numbers = list(map(len, filter(bytes.isdigit, words)))
    questions, exclaims = count_of(b"?"), b"!" in lowered
    sentences = count_of(b". ") + (count_of(b"? ") if questions else 0) + (count_of(b"! ") if exclaims else 0)
    lines = lowered.split(b"\n")
    choices = [line for line in lines[1:] if line.startswith(_CHOICES)]
    symbols = len(lowered) - len(lowered.translate(None, _SYMBOLS))
    different = set(words)
    return [
        log1p(size) / 8,
        log1p(len(words)) / 7,
        size / count / 8,
        log1p(len(numbers)) / 3,
        min(max(numbers, default=0), 8) / 8,
        min(sum(numbers) / size * 8, 1.0),
        log1p(symbols) / 4,
        log1p(sum(map(count_of, _CODE))) / 3,
        log1p(len(choices)) / 2,
        *[len(few & different) / 3 for few in (_PARTS, _TURNS, _DEEP, _PLAIN, _LOGIC, _SCIENCE)],
        log1p(sentences) / 3,
        len(words) / (sentences + 1) / 40,
        log1p(questions) / 2,
        log1p(len(lines) - 1) / 4,
        (len(lowered) - len(text)) / size,
        len(different) / count,
        log1p(shape.turns) / 3,
        log1p(shape.tools) / 3,
        1.0 if shape.schema else 0.0,
        1.0 if shape.system else 0.0,
    ]
