"""What of a text decides what it asks, as far as words without their meaning can tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from caching.semantic.vocabulary import (
    DATES,
    FILLERS,
    MOMENTS,
    NEGATIONS,
    NUMERALS,
    OPPOSITES,
    ORDERED,
    QUESTIONS,
    TURNS,
    UNITS,
)
from caching.semantic.wording import singular, wording

# A number with its separators, a word with its apostrophe or inner joints (`GPT-4`, `node.js`), or one sign.
_TOKENS = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_](?:[\w'’]|[-.+#](?=\w))*[+#]*|[%$€£¥°<>=≤≥±*/^+-]")
_COUNTS = re.compile(r"\d")
_SENTENCE_ENDS = frozenset(".!?\n:")
_MOST_TOKENS = 400  # a text beyond this is not compared


@dataclass(frozen=True, slots=True)
class Traits:
    """A text's tokens in lower case, and those among them that must not differ."""

    tokens: tuple[str, ...]
    content: tuple[str, ...]  # what is left without filling words, each in its stem
    numbers: tuple[str, ...]
    names: frozenset[str]  # written as names are, in lower case
    signs: tuple[str, ...]
    measures: tuple[str, ...]  # units, currencies, months, days, in their order
    negations: int
    opposites: frozenset[str]  # words that have an opposite
    momentary: bool  # whether the answer depends on when it is asked
    long: bool
    text: str


def traits(text: str) -> Traits:
    """Pure and quick: 10 to 40 µs for a sentence."""
    found = list(_TOKENS.finditer(text))[: _MOST_TOKENS + 1]
    tokens = tuple(_plain(each.group()) for each in found)
    return Traits(
        tokens,
        tuple(_root(each) for each in tokens if each not in FILLERS and _is_word(each)),
        tuple(number for each in tokens if (number := _number(each)) is not None),
        frozenset(_names(text, found)),
        tuple(each for each in tokens if not each[0].isalnum() and (each != "-" or _COUNTS.search(text))),
        tuple(UNITS.get(each) or DATES[each] for each in tokens if each in UNITS or each in DATES),
        sum(each in NEGATIONS or each.endswith("n't") for each in tokens),
        frozenset(each for each in map(stem, tokens) if each in OPPOSITES),
        any(each in MOMENTS for each in tokens),
        len(found) > _MOST_TOKENS,
        text,
    )


def _plain(token: str) -> str:
    return token.lower().replace("’", "'")


def _root(token: str) -> str:
    """A word's stem; of a unit or a month its one name."""
    return UNITS.get(token) or DATES.get(token) or stem(token)


def _is_word(token: str) -> bool:
    return token[0].isalpha() and token not in NUMERALS


def _number(token: str) -> str | None:
    """A number in one form: without separators of thousands. 3.10 and 3.1 are two versions."""
    if token in NUMERALS:
        return NUMERALS[token]
    if not token[0].isdigit():
        return None
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", token):
        token = token.replace(",", "")
    return token


def _names(text: str, found: list[re.Match[str]]) -> Iterator[str]:
    """Words with a capital where none has to be, or with digits or several capitals in them."""
    for each in found:
        word = each.group()
        if not word[0].isalpha():
            continue
        begins = text[: each.start()].rstrip(" \"'([*-")[-1:] in _SENTENCE_ENDS or not each.start()
        capital = word[0].isupper() and not (begins and word[1:].islower()) and len(word) > 1
        if capital or any(letter.isdigit() for letter in word) or any(map(str.isupper, word[1:])):
            yield _plain(word)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without the commonest endings of English; two words with one stem are taken as one."""
    return singular(word.removesuffix("'s").removesuffix("'"))


def contradiction(one: Traits, other: Traits) -> str:
    """What one text says and the other does not, so that their answers must differ; "" where nothing."""
    if one.long or other.long:
        return "too long to compare"
    if one.tokens == other.tokens:
        return ""
    if one.numbers != other.numbers or one.signs != other.signs:
        return "numbers"
    if one.measures != other.measures:
        return "units or dates"
    if one.negations % 2 != other.negations % 2:
        return "negation"
    if any(OPPOSITES[word] & other.opposites - one.opposites for word in one.opposites - other.opposites):
        return "opposites"
    if _names_differ(one, other) or _names_differ(other, one):
        return "names"
    return _turned(one, other)


def difference(one: Traits, other: Traits) -> str:
    """The strict form of `contradiction`: whether more differs than manners, articles and endings."""
    if reason := contradiction(one, other):
        return reason
    if one.content != other.content:
        return "words"
    if _turning(one) != _turning(other):
        return "small words"
    if asks(one) != asks(other):
        return "question"
    return "" if wording(one.text).is_like(wording(other.text)) else "small words"


def asks(text: Traits) -> str:
    """The word that says what kind of answer is wanted; `can`, `do` and the like are one kind."""
    word = next((each for each in text.tokens if each in QUESTIONS), "")
    return QUESTIONS.get(word, "")


def _turning(text: Traits) -> list[str]:
    return sorted(each for each in text.tokens if each in TURNS)


def _names_differ(one: Traits, other: Traits) -> bool:
    """Whether one has a name of which the other knows nothing, and says something else in its place."""
    words = set(map(stem, other.tokens))
    return any(stem(name) not in words for name in one.names if name not in FILLERS)


def _turned(one: Traits, other: Traits) -> str:
    """Whether the same words stand in another order around a word that makes their order matter."""
    if one.content == other.content or sorted(one.content) != sorted(other.content):
        return ""
    if ORDERED.isdisjoint(one.tokens) and len(one.names) < 2:
        return ""
    return "order"


def swaps(one: Traits, other: Traits) -> tuple[frozenset[str], frozenset[str]]:
    """The words of content that only the one has, and those that only the other has."""
    mine, theirs = set(one.content), set(other.content)
    return frozenset(mine - theirs), frozenset(theirs - mine)
