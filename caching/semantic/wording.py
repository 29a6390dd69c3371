"""The wording of a text, which must match before anything is learned: all but polite phrases and articles."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import re2

from caching.semantic.manners import without_closing, without_greeting, without_opening
from caching.semantic.phrasing import plain, spelt_out
from caching.semantic.vocabulary import (
    APART,
    ARTICLES,
    AUXILIARIES,
    BEFORE_ME,
    BOUND,
    CAPITALS,
    CONTRACTIONS,
    DATES,
    DOUBTFUL,
    ENGLISH,
    FEW,
    FILLERS,
    LABELLED,
    LARGE,
    NEGATIONS,
    NUMERALS,
    PERSONS,
    SEEMING,
    SPELLINGS,
    STATES,
    STRESSES,
    TOUCHING,
    UNITS,
    WANTING,
    WHOSE,
)

# Letters of any script with their marks, digits, `_`, emoji: anything but spaces and symbols.
_SIGNS = (
    r"\s\x00-/:-@\[-^`{-~\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf×÷"
    r"\u2010-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3020"
)
_LETTER = f"[^{_SIGNS}]"
_TOKENS = re.compile(
    rf"(?<!\S)[-+]{{1,2}}{_LETTER}+(?:[-=.]{_LETTER}+)*"  # an option, as in `tar -x`
    rf"|\.?\d+(?:[.,:/]\d+)*(?!{_LETTER})"
    rf"|{_LETTER}+(?:['’.+#-]+{_LETTER}+)*(?:\+\+|\#)?"
    r"|\S"
)
# Optional punctuation at a text's end. Not `!`, which may belong to a name (`sort!`) or a number (`5!`), nor
# a full stop that stands alone, as in `git add .`.
_LAST = re.compile(r"(?:(?<=[^\s.?!…])(?:\.{1,3}|…|。)|(?<!\s)\s*[?？]+)\s*$")
_ENDS = frozenset(".!?:。？！")
_CODE = re.compile(r"[(=\[{]")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

_AUXILIARY = "is|are|was|were|am|be|has|have|had|do|does|did|can|could|may|might|a|an|the"
# In questions singular and plural may be equivalent; a request for one example is not one for examples.
_ASKING = re.compile(
    r"\s*(?:who|whom|whose|which|what|where|when|why|how|is|are|was|were|am|do|does|did|can|could|will|would|shall"
    r"|should|has|have|had|may|might|must)\b",
    re.I,
)
_MEANING = re.compile(r"\s*what\s+do(?:es)?\b.*\b(?:do|mean|return|hold)\W*$", re.I)  # asks about a name
_ASKED = re.compile(r"\?[\s\"')!.]*$")  # may be the only sign that a sentence is a question
# Other languages' questions that are recognised without a question mark.
_ASKING_ELSEWHERE = re.compile(
    r"""\s*¿?(?:(?:wie\ (?:\w+e\ (?:ich|man)|\w+t\ (?:man|es|ihr)|\w+en\ (?:wir|sie)|kann|können|ist|sind)
      |wo|wer|wem|wen|wann|warum|wieso|welche[rsnm]?|woher|wohin|wieviel|wie\ (?:viele?|lange)
      |où|quels?|quelles?|pourquoi|combien|qu['’]est-ce|est-ce|comment\ (?!the\b)|qué|quién(?:es)?|cómo|cuándo
      |dónde|cuál(?:es)?|cuánt[oa]s?|cos['’]è|perché|dove|quant[oiae]|o\ que|por\ que|onde|quem
      |waarom|wanneer|welke|hoeveel|что|кто|где|когда|почему|как|сколько)\b
      |.*(?:吗|什么|谁|哪里|か|까)\s*[?？]?\s*$)""",
    re.X | re.I,
)
# Texts that contain another text, every character of which counts.
_QUOTING = re.compile(r"[\"“”„«»`]|(?<!\w)['‘’][^\s'][^']*['’](?!\w)|:(?=\s|$)|\S\s*\n\s*\S")
# Texts that ask about words, so that their forms count.
_OF_WORDS = re.compile(
    rf"""\b(?:
        translat\w+ | spell(?:s|ed|ing)? | spelt | pronounc\w+ | pronunciations? | rhym\w+ | plurals?
      | singular | tenses? | conjugat\w+ | grammar | grammatical\w* | syllables? | vowels? | consonants?
      | sentences? | proofread\w* | rewrit\w+ | rephras\w+ | paraphras\w+ | punctuat\w+ | sentiments?
      | synonyms?
      | antonyms? | anagrams? | palindromes? | words? | phrases? | verbs? | nouns? | adjectives? | adverbs?
      | pronouns? | capitali[sz]\w+
      | uppercase | lowercase | regex\w* | how\ many\ (?:letters|characters) | say\b.*\bin
      | use\ (?:{_AUXILIARY})(?!\s+\w) | what\ do(?:es)?\ \S+\ mean
    )\b""",
    re.X | re.I,
)


# Each match of `_OF_WORDS` contains one of these: a prefilter that takes a tenth of the time.
_MAY_BE_OF_WORDS = re2.compile(
    r"(?i)translat|spel|pronounc|pronunc|rhym|plural|singular|tense|conjugat|gramma|syllable|vowel|consonant"
    r"|sentence|proofread|rewrit|phras|punctuat|sentiment|onym|anagram|palindrome|word|verb|noun|adjective"
    r"|capitali|percase|lowercase|regex|how many|\bsay\b|\buse\b|\bmean\b"
)


def _of_words(text: str) -> bool:
    return _MAY_BE_OF_WORDS.search(text) is not None and _OF_WORDS.search(text) is not None


_WHO = WANTING - {"how"}  # `actually` counts after these (who actually did it), but not in `how to actually`
_HOWEVER = frozenset(["why", "how", "when", "where"])
_SEVERAL = "\0"  # appended to a word that was in the plural
_SYMBOL = 3  # the longest unit symbol
_SHORT = 32  # longest token that is cached
_BEFORE = range(3)  # distances from an article to its noun

Article = tuple[int, str, bool]  # the place of the word after it, which one, and whether it is optional


class Wording(NamedTuple):
    """A text's words in normalised form and in order, with what is compared apart from them."""

    words: tuple[str, ...]
    being: int  # how many forms of `be` a question has, wherever they stand; negative in the past tense
    cased: bool  # whether capitals count: the text is in mixed case
    articles: tuple[Article, ...] = ()
    several: frozenset[int] = frozenset()  # the places of words that were in the plural

    def is_like(self, other: "Wording") -> bool:
        """Whether both say the same. Capitals count if both texts use them. `A cat` can stand for `cats`, but
        not `the president` for `the presidents`, nor `start a school` for `start school`.
        """
        if self.being != other.being or not _articles_agree(self, other):
            return False
        if not (_counts_agree(self, other) and _counts_agree(other, self)):
            return False
        if self.cased and other.cased:
            return self.words == other.words
        return _folded(self.words) == _folded(other.words)


def _articles_agree(one: Wording, other: Wording) -> bool:
    """Whether the articles differ only in an optional `the` (`what is the price of milk`) or in an `a` for a
    plural. `Is the milk good?` is not `Is milk good?`, and `a glass` is not `glass`.
    """
    ours, others = set(one.articles), set(other.articles)
    if not (ours <= others or others <= ours):
        return False
    plural = one.several ^ other.several
    return all(
        free if which == "the" else any(place + behind in plural for behind in _BEFORE)
        for place, which, free in ours ^ others
    )


def _counts_agree(one: Wording, other: Wording) -> bool:
    """Whether each word that is plural only in the other has a generic `a` in this one: `a cat` for `cats`.

    Otherwise the number matters: the terms of a loan are not its term, the largest countries not the largest
    one, and memories not memory. It also matters in the past or under a condition, where a thing may happen
    once or several times.
    """
    alone = other.several - one.several
    if not alone:
        return True
    if not BOUND.isdisjoint(one.words[1 : max(alone)]):
        return False
    an = {place for place, which, _ in one.articles if which == "a"} - {each[0] for each in other.articles}
    generic = an if one.words[0] in WANTING else an & {1}  # `can a dog swim`, but not `can I bring a dog`
    return all(not generic.isdisjoint(place - back for back in _BEFORE) for place in alone)


def _worded(words: Sequence[str], being: int, *, cased: bool, articles: Sequence[Article]) -> Wording:
    several = frozenset(place for place, each in enumerate(words) if each[-1] == _SEVERAL)
    plain = tuple([each.rstrip(_SEVERAL) for each in words]) if several else tuple(words)
    return Wording(plain, being, cased, tuple(articles), several)


@lru_cache(maxsize=256)
def wording(text: str) -> Wording:
    """The wording of a text. Words count unless a rule drops them, so that none is overlooked."""
    text = unicodedata.normalize("NFC", text)
    opened = without_opening(text)
    if _QUOTING.search(opened):
        return Wording((opened.strip(),), 0, cased=True)
    shown = text if _of_words(text) else plain(text)
    if _of_words(shown):
        rest = without_opening(shown).rstrip(" .?")
        return Wording(tuple((rest[:1].lower() + rest[1:]).split()), 0, cased=True)
    cased = text.lower() != text != text.upper()
    if not cased:
        text, shown = text.lower(), shown.lower()
    words = _not_behind([each for token in _tokens(shown) for each in token.split()])
    words = _how([_myself(words, place) for place in range(len(words))])
    asking = words[:1] != [] and words[0] in WANTING
    if asking or len(ENGLISH.intersection(words)) > 1:
        words = [AUXILIARIES.get(each, each) for each in _without_stress(words)]
        if not _CODE.search(
            text
        ):  # in other languages a comma begins a fraction; in code (`range(5,100)`) another number
            words = [_whole(each) for each in words]
        if asking:
            return _question(words, cased=cased)
        words, articles = _without_articles(words)
    else:
        articles = []  # in other languages `a` and `an` are different words
    if _ASKED.search(without_closing(text)) and not (_asks(opened) or _asks(without_greeting(text))):
        words.append("?")
    return _worded(words, 0, cased=cased, articles=articles)


def said(text: str) -> str:
    """The text in its plainest words; if every character counts, only without its polite opening."""
    return without_opening(text) if is_literal(text) else plain(text)


@lru_cache(maxsize=256)
def is_literal(text: str) -> bool:
    """Whether every character of a text counts, apart from its polite opening."""
    return _QUOTING.search(without_opening(text)) is not None or _of_words(text)


def bare(text: str) -> str:
    """The text to embed: in its plainest words, without final punctuation and initial capital, which would
    separate texts that ask the same. A literal text stays unchanged.
    """
    if is_literal(text):
        return text
    rest = _LAST.sub("", spelt_out(plain(text))).strip(" \t\n¿¡") or text
    return rest[0].lower() + rest[1:] if rest[1:2].islower() else rest


def _asks(text: str) -> bool:
    """Whether it is recognisable as a question without its question mark."""
    return (_ASKING.match(text) or _ASKING_ELSEWHERE.match(text)) is not None


def _question(words: list[str], *, cased: bool) -> Wording:
    bare = [each for each in words if each not in ARTICLES][:3]
    if bare[:2] == ["which", "be"] and bare[2:] and (bare[2] == "most" or bare[2].endswith("st")):
        words[0] = "what"
    if words[1:2] == ["do"] and words[2:] and words[2] in PERSONS:
        del words[1]  # `what does it mean` becomes `what it means`
    if words[1:2] == ["do"] and words[0] in _HOWEVER:
        del words[1]  # `why do cats purr` becomes `why cats purr`; not for `what`: `what do bears eat`
    being = [each for each in words if each in ("be", "was")]
    if len(set(being)) > 1:  # present and past: their places count
        being = []
    found, articles = _without_articles([each for each in words if each not in being])
    return _worded(found, len(being) * (-1 if "was" in being else 1), cased=cased, articles=articles)


def _tokens(text: str) -> list[str]:
    found, begins, last, before = [], True, 0, ""
    text = _LAST.sub("", text).lstrip(" ¿")
    counted = _ASKING.match(text) is not None and not _MEANING.match(text)
    for each in _TOKENS.finditer(text):
        token, start = each.group(), each.start()
        begins = begins or "\n" in text[last:start]
        several = counted and before != "does"
        word = (_met if len(token) <= _SHORT else _word)(token, begins, several)
        lower = token.lower()
        uncounted = lower in _PLURAL_UNITS and not (before in _COUNTING or before[:1].isdigit())
        found.append(lower if uncounted else word)  # `miles away` is not `a mile away`
        begins, last, before = token in _ENDS, each.end(), lower
    return found


def _whole(number: str) -> str:
    """A number without thousands separators."""
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else number


def _word(token: str, begins: bool, counted: bool) -> str:
    """A token in the form that is compared; a contraction becomes the words that it stands for."""
    token = token.replace("’", "'")
    lower = token.lower()
    if lower in CONTRACTIONS:
        return CONTRACTIONS[lower]
    if token[0].isdigit():
        return token
    if not (token == lower or (begins and token[1:] == lower[1:])):
        return _capital(token, lower)
    if lower in DOUBTFUL:
        return lower
    if _each(lower):
        return lower
    named = UNITS.get(lower) or DATES.get(lower) or NUMERALS.get(lower) or SPELLINGS.get(lower)
    if named or not counted or not lower.isalpha() or lower in APART:
        return named or lower
    one = singular(lower)
    return one if one in (lower, "way") else one + _SEVERAL  # asking for the best ways or way is equivalent


_met = lru_cache(maxsize=8192)(_word)


def _each(word: str) -> bool:
    """Whether it is a recurring date, such as `mondays`."""
    return word in DATES and word.endswith("s")


def _capital(token: str, lower: str) -> str:
    """A word with capitals inside a sentence: kept as a name (May, Will, US, userId, the A of vitamin A), or
    normalised if it is a date.
    """
    if len(token) < 4 or lower in FILLERS or lower in DOUBTFUL or token[1:] != lower[1:] or _each(lower):
        return token
    return DATES[lower] if lower in LARGE else token


def _folded(words: tuple[str, ...]) -> list[str]:
    """The words in lower case, except those it would change: options, some names, `10 Nm` and `5 MW`."""
    found = []
    for before, each in zip(("", *words), words, strict=False):
        unit = before[:1].isdigit() and len(each) <= _SYMBOL and each.lower() not in ("am", "pm")
        found.append(each if each in CAPITALS or each[0] in "-+" or unit else each.lower())
    return found


def singular(word: str) -> str:
    """A word without the commonest plural endings, if it has more than three letters."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


_PLURAL_UNITS = frozenset(
    each for each in UNITS if each == "feet" or (singular(each) != each and singular(each) in UNITS)
)
_COUNTING = NUMERALS.keys() | {"many", "in", "into", "to"}  # after these a unit's plural has no meaning


def _myself(words: Sequence[str], place: int) -> str:
    """The word at a place; `I` in lower case unless it may be a numeral, as in `World War I`."""
    word = words[place]
    return "i" if word == "I" and (not place or words[place - 1] in BEFORE_ME) else word


def _how(words: list[str]) -> list[str]:
    """The words, with `how do I`, `how can I`, `how I can` and `how to` made equal. Not `how do you`, which
    may be addressed to the model.
    """
    if words[:1] != ["how"]:
        return words
    if words[1:2] == ["to"]:
        return [*words[:1], *words[2:]]
    pair, rest = set(words[1:3]), words[3:]
    if not pair & {"do", "does", "can"} or not rest or rest[0] in SEEMING:
        return words
    if rest[0] in STATES and (not rest[1:] or rest[1] in TOUCHING):
        return words  # `how do I sleep` may ask how well; `how can I sleep` does not
    if pair & {"i", "one"}:
        return [*words[:1], *rest]
    return words


def _not_behind(words: list[str]) -> list[str]:
    """The words, with `why can I not` reordered to `why can not I`, as from `why can't I`."""
    alone = words[2:3] != [] and words[2].lower() in PERSONS
    place = 3 if alone else 4
    if words[place : place + 1] != ["not"] or words[0] not in WANTING or not (alone or words[2] in WHOSE):
        return words
    return [*words[:2], "not", *words[2:place], *words[place + 1 :]]


def _without_stress(words: Sequence[str]) -> list[str]:
    """The words without those that only stress, where they make no difference."""
    found: list[str] = []
    for before, each, then in zip(["", *words], words, [*words[1:], ""], strict=False):
        some = each == "some" and found in (["what", "is"], ["what", "are"])
        bound = before in NEGATIONS or before in _WHO or not then or then[0].isdigit()
        stress = each in STRESSES and not bound
        if not (some or stress or (each == "any" and before == "there")):
            found.append(each)
    return found


def _without_articles(words: Sequence[str]) -> tuple[list[str], list[Article]]:
    """The words, and the articles separately. The `a` of vitamin A or hepatitis A is a word."""
    found: list[str] = []
    articles: list[Article] = []
    for place, each in enumerate(words):
        then = words[place + 1] if place + 1 < len(words) else ""
        if each not in ARTICLES or not then or then in FEW or (found and found[-1] in LABELLED):
            found.append(each)
        elif each == "the":
            plain = len(found) == 1 and found[0] in WANTING and "of" in words[place:]
            articles.append((len(found), "the", plain))
        else:
            articles.append((len(found), "a", False))
    return found, articles
