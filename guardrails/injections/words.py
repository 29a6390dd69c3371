"""How attack-like a text's vocabulary is: a logistic model over words, pairs, stems and order."""

import json
import lzma
import re
import unicodedata
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from guardrails.injections.grammar import standing

BITS = 18
SIZE = 1 << BITS
WINDOW = 192  # words that are judged together, so that an attack does not drown in a long text
_MASK = SIZE - 1
# In scripts without spaces each character counts as a word; pairs of them cover most actual words.
_UNPARTED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNPARTED}]|[^\W_{_UNPARTED}]+|[!?:.\"]")
_MARKS = (b"!", b"?", b":", b".", b'"')
# Letters and digits in lowercase, the marks, and spaces for everything else.
_ASCII = bytes(
    ord(chr(each).lower()) if each < 128 and (chr(each).isalnum() or chr(each) in '!?:."') else 32
    for each in range(256)
)
_STEM = 4  # letters that represent a long word, for languages with inflected endings
_LONG = 5
_DAMPING = 4
_MOST_KEPT = 20_000  # words
# The most that pairs and order are assumed to add to the score of the words alone: of the training attacks
# that reach a threshold, one in two hundred needs more.
_PAIRS = 2.5
_EXPONENT: float = -0.35  # long texts have more distinct words, but not proportionally


@dataclass(frozen=True, slots=True)
class WordModel:
    """Weights by feature, as small integers; a text that reaches `threshold` is likely an attack."""

    weights: Sequence[int]
    scale: float
    bias: float
    threshold: float
    strict: float  # the threshold for texts that are data
    _alone: "_Alone" = field(init=False, repr=False, compare=False)
    _known: "_Known" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_alone", _Alone(self.weights))
        object.__setattr__(self, "_known", _Known(self.weights))

    @classmethod
    def read(cls, raw: bytes) -> "WordModel":
        """Reads a model from a file's contents. Raises ValueError if they are invalid."""
        head, _, body = raw.partition(b"\n")
        said = json.loads(head)
        weights = array("b", lzma.decompress(body))
        if len(weights) != SIZE:
            raise ValueError(f"a model of {len(weights)} weights; {SIZE} are needed")
        return cls(weights, said["scale"], said["bias"], said["threshold"], said["strict"])

    def write(self) -> bytes:
        """The contents of a file for `read`."""
        head = {
            "scale": self.scale,
            "bias": self.bias,
            "threshold": self.threshold,
            "strict": self.strict,
        }
        body = lzma.compress(array("b", self.weights).tobytes(), preset=9 | lzma.PRESET_EXTREME)
        return json.dumps(head).encode() + b"\n" + body

    def reaches(self, text: str, limit: float) -> bool:
        """Whether any part of the text scores at least `limit`.

        Most texts score so low by single words that pairs could not make up for it; their pairs are skipped.
        """
        known = self._alone.__getitem__
        for words in _parts(text):
            counts = self.scale * damped(len(words))
            alone = self.bias + counts * sum(map(known, set(words)))
            if alone + _PAIRS >= limit and self.bias + counts * self._total(words) >= limit:
                return True
        return False

    def _total(self, words: Sequence[str]) -> int:
        weights, hashed = self.weights, zlib.crc32
        pairs = [weights[hashed(each.encode()) & _MASK] for each in _pairs(words)]
        return sum(pairs) + sum(map(self._known.__getitem__, _singles(words)))

    def score(self, text: str) -> float:
        """The score of the part that is most like an attack."""
        return max(map(self.of, windows(text)), default=self.bias)

    def of(self, part: "Part") -> float:
        weights = self.weights
        total: int = sum([weights[each] for each in part.features])
        return self.bias + self.scale * part.share * total


@dataclass(frozen=True, slots=True)
class Part:
    """The features of words that are judged together, and the factor for their sum."""

    features: Sequence[int]
    share: float

    @classmethod
    def of(cls, words: Sequence[str]) -> "Part":
        return cls(_features(words), damped(len(words)))


def damped(count: int) -> float:
    """The factor for the sum of the weights of this many words."""
    return float((count + _DAMPING) ** _EXPONENT)


def windows(text: str) -> list[Part]:
    """The parts of a text, in order; they overlap by half."""
    return [Part.of(words) for words in _parts(text)]


def _parts(text: str) -> list[list[str]]:
    words = _words(text)
    if len(words) <= WINDOW:
        return [words] if words else []
    step = WINDOW // 2
    return [words[at : at + WINDOW] for at in range(0, len(words) - step, step)]


def _words(text: str) -> list[str]:
    if not text.isascii():
        return _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    said = text.encode().translate(_ASCII)  # equivalent, in a fifth of the time
    for mark in _MARKS:
        said = said.replace(mark, b" %b " % mark)
    return said.decode().split()


class _Alone(dict[str, int]):
    """A cache of each word's weight, including its stem's."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._weights = weights

    def __missing__(self, word: str) -> int:
        said = self._weights[zlib.crc32(word.encode()) & _MASK]
        if len(word) > _LONG:
            said += self._weights[zlib.crc32(f"^{word[:_STEM]}".encode()) & _MASK]
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = said
        return said


class _Known(dict[str, int]):
    """A cache of the weights of words, stems and sequences of parts; pairs seldom recur."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._weights = weights

    def __missing__(self, feature: str) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        said = self[feature] = self._weights[zlib.crc32(feature.encode()) & _MASK]
        return said


def _pairs(words: Sequence[str]) -> set[str]:
    return set(map(" ".join, zip(words, words[1:], strict=False)))


def _singles(words: Sequence[str]) -> set[str]:
    return {*words, *[f"^{word[:_STEM]}" for word in words if len(word) > _LONG], *standing(words)}


def _features(words: Sequence[str]) -> list[int]:
    hashed = zlib.crc32
    return [hashed(each.encode()) & _MASK for each in (*_singles(words), *_pairs(words))]
