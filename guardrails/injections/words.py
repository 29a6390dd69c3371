"""How much a text's words are those of attacks: a logistic model over hashed words, pairs and stems."""

import json
import re
import unicodedata
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

BITS = 16
SIZE = 1 << BITS
WINDOW = 192  # words that are judged together: what is added to a long text is not drowned in it
_MASK = SIZE - 1
_WORD = re.compile(r"[^\W_]+|[!?:.\"]")
_STEM = 4  # letters that stand for a long word, in languages that bend its end
_LONG = 5
_DAMPING = 4
_EXPONENT: float = -0.35  # long texts have more of every word; not by as much as they are longer


@dataclass(frozen=True, slots=True)
class WordModel:
    """Weights by feature, as small integers; `threshold` is the score that texts of attacks reach."""

    weights: Sequence[int]
    scale: float
    bias: float
    threshold: float
    strict: float  # the same for texts that are data

    @classmethod
    def read(cls, raw: bytes) -> "WordModel":
        """From a file. ValueError when it is none."""
        head, _, body = raw.partition(b"\n")
        said = json.loads(head)
        weights = array("b", zlib.decompress(body))
        if len(weights) != SIZE:
            raise ValueError(f"a model of {len(weights)} weights; {SIZE} are needed")
        return cls(weights, said["scale"], said["bias"], said["threshold"], said["strict"])

    def write(self) -> bytes:
        """As a file holds it."""
        head = {
            "scale": self.scale,
            "bias": self.bias,
            "threshold": self.threshold,
            "strict": self.strict,
        }
        body = zlib.compress(array("b", self.weights).tobytes(), 9)
        return json.dumps(head).encode() + b"\n" + body

    def score(self, text: str) -> float:
        """Of the part that looks most like an attack."""
        return max(map(self.of, windows(text)), default=self.bias)

    def of(self, features: Sequence[int]) -> float:
        weights = self.weights
        total: int = sum([weights[each] for each in features])
        return self.bias + self.scale * damped(len(features)) * total


def damped(count: int) -> float:
    """What the sum over so many features counts for."""
    return float((count + _DAMPING) ** _EXPONENT)


def windows(text: str) -> list[list[int]]:
    """The features of each part of a text, in order; parts overlap by half."""
    said = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    words = _WORD.findall(said)
    if len(words) <= WINDOW:
        return [_features(words)] if words else []
    step = WINDOW // 2
    return [_features(words[at : at + WINDOW]) for at in range(0, len(words) - step, step)]


def _features(words: Sequence[str]) -> list[int]:
    said = {*words, *map(" ".join, zip(words, words[1:], strict=False))}
    said.update([f"^{word[:_STEM]}" for word in words if len(word) > _LONG])
    hashed = zlib.crc32
    return [hashed(each.encode()) & _MASK for each in said]
