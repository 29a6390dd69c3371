"""Which texts are about a question: those that share its words, of which rare ones weigh more."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from math import log

_WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    """A text's words, alike in either case and in each way to write the same letters."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def ranked(query: str, texts: Sequence[str], most: int) -> list[int]:
    """The places of at most so many texts, best first; equal ones stay in their order.

    A text without any of the words is not among them.
    """
    asked = sorted(words(query))
    held = [words(text) for text in texts]
    often = Counter(word for each in held for word in asked if word in each)
    weights = {word: log(1 + len(texts) / often[word]) for word in asked if often[word]}
    scores = [sum(weight for word, weight in weights.items() if word in each) for each in held]
    order = sorted((place for place, score in enumerate(scores) if score), key=lambda place: -scores[place])
    return order[:most]
