"""How rare words are among the texts seen: texts that share a rare one are more similar."""

from collections.abc import Iterable
from math import log

_MOST_WORDS = 50_000
_RAREST = 9.0  # a log: words in fewer than one of eight thousand texts count as equally rare


class Rarity:
    """Counts in how many texts of this process each word occurs."""

    def __init__(self) -> None:
        self._texts = 0
        self._words: dict[str, int] = {}

    def note(self, words: Iterable[str]) -> None:
        """Count one more text, with these words."""
        self._texts += 1
        for word in set(words):
            if word in self._words or len(self._words) < _MOST_WORDS:
                self._words[word] = self._words.get(word, 0) + 1

    def of(self, word: str) -> float:
        """A word's rarity, from 0 (in every text) to 1: its scaled inverse document frequency."""
        seen = self._words.get(word, 0)
        return min(1.0, log((self._texts + 2) / (seen + 1)) / _RAREST)
