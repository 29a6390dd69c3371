"""Ranks texts by the words they share with a query, weighted by rarity."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from math import log

_WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    """A text's words, independent of case and of Unicode variants of the same letters."""
    return frozenset(_words(text))


def ranked(query: str, texts: Sequence[str], most: int) -> list[int]:
    """The indexes of at most `most` texts, best first; ties keep their order.

    Texts without any of the query's words are left out.
    """
    asked = words(query)
    shared = [asked.intersection(_words(text)) for text in texts]
    often = Counter(word for each in shared for word in each)
    weights = {word: log(1 + len(texts) / number) for word, number in often.items()}
    # Sorted, because the sum of floats depends on their order, and a set has none.
    scores = [sum(weights[word] for word in sorted(each)) for each in shared]
    order = sorted((place for place, score in enumerate(scores) if score), key=lambda place: -scores[place])
    return order[:most]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
