"""The traits of a text that decide what it asks, found by its words alone, without their meaning."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import msgspec

from caching.semantic.vocabulary import (
    DATES,
    EMPTY,
    FILLERS,
    MOMENTS,
    NEGATIONS,
    NUMERALS,
    OPPOSITES,
    ORDERED,
    QUESTIONS,
    SPELLINGS,
    UNITS,
)
from caching.semantic.wording import said, singular, wording

# A number with its separators, a word with inner apostrophes or joints (`GPT-4`, `node.js`), or one symbol.
_TOKENS = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_](?:[\w'’]|[-.+#](?=\w))*[+#]*|[%$€£¥°<>=≤≥±*/^+-]")
_COUNTS = re.compile(r"\d")
# Phrases after which the answer depends on the time, though their single words do not say so.
_MOMENTARY = re.compile(
    r"\b(?:(?:this|last|next|past|coming|previous) +(?:\d+ +)?(?:hour|morning|afternoon|evening|night"
    r"|day|week|weekend|month|quarter|season|year)s?|what (?:time|day|date|month|year) is it"
    r"|what(?:['’]s| is) new|so far|at (?:present|the minute)"
    r"|(?:days?|weeks?|months?|hours?|long|time) until|as of|up to date|how late"
    r"|qué hora|quelle heure|wie spät)\b",
    re.I,
)
_SENTENCE_ENDS = frozenset(".!?\n:")
_MOST_TOKENS = 400  # longer texts are not compared
_MOST_WAYS = 4  # content words by which two wordings of one question can differ
_SHORT = 32  # longest token that is cached


class Traits(msgspec.Struct, frozen=True, gc=False):
    """A text's tokens in lower case, and those among them that must not differ. Not tracked by the garbage
    collector: thousands are kept, and all calls would wait for its scans.
    """

    tokens: tuple[str, ...]
    content: tuple[str, ...]  # the stems of all but function and filler words
    numbers: tuple[str, ...]
    names: tuple[str, ...]  # words spelt like names, in lower case, each once
    signs: tuple[str, ...]
    measures: tuple[str, ...]  # units, currencies, months, days, in their order
    negations: int
    opposites: tuple[str, ...]  # stems that have an opposite
    momentary: bool  # whether the answer depends on the time of asking
    long: bool  # whether it has too many tokens to compare
    text: str


class _Word(NamedTuple):
    """The properties of a token that do not depend on its place. Most are only content or a filler."""

    plain: str
    root: str  # its stem; "" if it is not a content word
    tells: bool  # whether any of the following is set
    number: str | None
    sign: bool
    measure: str
    negates: bool
    opposite: str  # its stem, if that has an opposite
    momentary: bool
    name: str  # where it is spelt like a name: "always", "amid" a sentence, or "" (nowhere)


def traits(text: str) -> Traits:
    """The traits of the text in its plainest words: without polite phrases and variants of asking. Some 15 µs
    for a sentence of cached words, besides the plain form.
    """
    shown = said(text)
    found = list(islice(_TOKENS.finditer(shown), _MOST_TOKENS + 1))
    words = [_met(token) if len(token := each.group()) <= _SHORT else _word(token) for each in found]
    telling = [(word, each) for word, each in zip(words, found, strict=True) if word.tells]
    counts = any(word.sign for word, _ in telling) and _COUNTS.search(shown)
    return Traits(
        tuple([word.plain for word in words]),
        tuple([word.root for word in words if word.root]),
        tuple([word.number for word, _ in telling if word.number is not None]),
        _once([word.plain for word, each in telling if word.name and _is_name(word, shown, each.start())]),
        tuple([word.plain for word, _ in telling if word.sign and (word.plain != "-" or counts)]),
        tuple([word.measure for word, _ in telling if word.measure]),
        sum([word.negates for word, _ in telling]),
        _once([word.opposite for word, _ in telling if word.opposite]),
        any([word.momentary for word, _ in telling]) or _MOMENTARY.search(text) is not None,
        len(found) > _MOST_TOKENS,
        text,
    )


def _once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words)) if words else ()


def _word(token: str) -> _Word:
    plain = token.lower().replace("’", "'")
    measure = UNITS.get(plain) or DATES.get(plain) or ""
    stemmed = stem(SPELLINGS.get(plain, plain))
    content = plain[0].isalpha() and plain not in EMPTY
    rest = (
        _number(plain),
        not (measure or plain[0].isalnum()),  # % is a unit: 15% equals 15 percent
        measure,
        plain in NEGATIONS or plain.endswith("n't"),
        stemmed if stemmed in OPPOSITES else "",
        plain in MOMENTS,
        _named(token),
    )
    tells = rest[0] is not None or any(rest[1:])
    return _Word(plain, (measure or stemmed) if content else "", tells, *rest)


_met = lru_cache(maxsize=8192)(_word)


def _number(token: str) -> str | None:
    """A number in canonical form, without thousands separators. 3.10 and 3.1 stay different, as versions."""
    if token in NUMERALS:
        return NUMERALS[token]
    if not token[0].isdigit():
        return None
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", token):
        token = token.replace(",", "")
    return token


def _named(word: str) -> str:
    """Where a word is spelt like a name: always if it has digits or inner capitals, else amid a sentence if
    capitalised.
    """
    if not word[0].isalpha():
        return ""
    if any(map(str.isdigit, word)) or any(map(str.isupper, word[1:])):
        return "always"
    if not word[0].isupper() or len(word) == 1:
        return ""
    return "amid" if word[1:].islower() else "always"


def _is_name(word: _Word, text: str, start: int) -> bool:
    if word.name == "always":
        return True
    return bool(start) and text[:start].rstrip(" \"'([*-¿¡")[-1:] not in _SENTENCE_ENDS


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without the commonest English endings; words with one stem count as equal."""
    return singular(word.removesuffix("'s").removesuffix("'"))


def contradiction(one: Traits, other: Traits) -> str:
    """The kind of difference that must lead to different answers; "" if there is none."""
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
    mine, theirs = set(one.opposites), set(other.opposites)
    if any(OPPOSITES[word] & theirs - mine for word in mine - theirs):
        return "opposites"
    if _names_differ(one, other) or _names_differ(other, one):
        return "names"
    return _turned(one, other)


def difference(one: Traits, other: Traits) -> str:
    """The strict form of `contradiction`: any difference beyond polite phrases, articles and endings."""
    if reason := contradiction(one, other):
        return reason
    if len(set(one.content) ^ set(other.content)) > _MOST_WAYS:
        return "words"  # skips the slower comparison below
    if wording(one.text).is_like(wording(other.text)):
        return ""
    if one.content != other.content:
        return "words"
    return "small words" if asks(one) == asks(other) else "question"


def asks(text: Traits) -> str:
    """The kind of a text's question word; "" for `what`, `how`, `can`, `do` and the like."""
    word = next((each for each in text.tokens if each in QUESTIONS), "")
    return QUESTIONS.get(word, "")


def _names_differ(one: Traits, other: Traits) -> bool:
    """Whether one has a name that is not among the other's words."""
    words = set(map(stem, other.tokens))
    return any(stem(name) not in words for name in one.names if name not in FILLERS)


def _turned(one: Traits, other: Traits) -> str:
    """The reason "order" if the same content words are reordered around words that make order matter."""
    if one.content == other.content or sorted(one.content) != sorted(other.content):
        return ""
    if ORDERED.isdisjoint(one.tokens) and len(one.names) < 2:
        return ""
    return "" if wording(one.text).is_like(wording(other.text)) else "order"


def swaps(one: Traits, other: Traits) -> tuple[frozenset[str], frozenset[str]]:
    """The content words that only the one has, and those that only the other has."""
    mine, theirs = set(one.content), set(other.content)
    return frozenset(mine - theirs), frozenset(theirs - mine)
