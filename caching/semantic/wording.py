"""What two texts must have in common to be taken for one unseen: all but manners and articles."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from caching.semantic.vocabulary import (
    APART,
    ARTICLES,
    AUXILIARIES,
    BEFORE_ME,
    CAPITALS,
    CODE,
    CONTRACTIONS,
    DATES,
    DOUBTFUL,
    ENGLISH,
    FEW,
    FILLERS,
    LABELLED,
    NEGATIONS,
    NUMERALS,
    PERSONS,
    SEEMING,
    STRESSES,
    UNITS,
    WANTING,
)

# A letter of any script with its marks, a digit, `_`, an emoji: all that is neither space nor a sign.
_SIGNS = (
    r"\s\x00-/:-@\[-^`{-~\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf×÷"
    r"\u2010-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3020"
)
_LETTER = f"[^{_SIGNS}]"
_TOKENS = re.compile(
    rf"\.?\d+(?:[.,:/]\d+)*(?!{_LETTER})"
    rf"|{_LETTER}+(?:['’.+#-]+{_LETTER}+)*(?:\+\+|\#)?"
    r"|\S"
)
# What may stand at a text's end or not. An exclamation mark may belong to a name (`sort!`) or a number
# (`5!`), and a full stop that stands alone is a word, as in `git add .`.
_LAST = re.compile(r"(?:(?<=[^\s.?!…])(?:\.{1,3}|…|。)|\s*[?？])\s*$")
_ENDS = frozenset(".!?:。？！")
_LETTERS = re.compile(r"[a-z]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

_AUXILIARY = "is|are|was|were|am|be|has|have|had|do|does|did|can|could|may|might|a|an|the"
_QUESTION = r"(?=(?:what|who|whom|whose|which|where|when|why|how|if|whether)\b)"
_OPENING = re.compile(
    rf"""\s*(?:
        (?:hi|hello|hey|good\ (?:morning|afternoon|evening))(?:\ there)?\s*[,.!:]+\s+
      | please\b,?\s+ | kindly\s+
      | (?:can|could|would|will)\ you\ (?:please\ |kindly\ )?
        (?=(?:tell|explain|show|describe|give|list|write|summari[sz]e|translate|help)\b)
      | (?:tell|show)\ (?:me|us)\s*[,:]?\s+{_QUESTION} | explain(?:\ to\ (?:me|us))?\s*[,:]?\s+{_QUESTION}
      | i(?:['’]d|\ would)\ like\ to\ know\s+{_QUESTION} | i\ (?:want|need|wish)\ to\ know\s+{_QUESTION}
      | do\ you\ know\s+{_QUESTION}
    )(?=\S)""",
    re.X | re.I,
)
_CLOSING = re.compile(
    r"\s*[,.!?]\s*(?:please|thanks|thank you)(?: (?:a lot|so much|very much|in advance))?[\s.!?]*$", re.I
)
_MOST_OPENINGS = 4
# Questions ask about one as about several; an order for one example is not an order for examples.
_ASKING = re.compile(
    r"\s*(?:who|whom|whose|which|what|where|when|why|how|is|are|was|were|am|do|does|did|can|could|will|would|shall"
    r"|should|has|have|had|may|might|must)\b",
    re.I,
)
_ASKED = re.compile(r"\?[\s\"')!.]*$")  # a sentence that only its sign makes a question
# Texts that hold another text, of which every sign counts.
_QUOTING = re.compile(r"[\"“”„«»`]|(?<!\w)['‘’][^\s'][^']*['’](?!\w)|:(?=\s|$)|\S\s*\n\s*\S")
# Texts about words, whose forms are what is asked about.
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


Article = tuple[int, str, bool]  # before which word, which one, and whether it may be left out beside none


class Wording(NamedTuple):
    """The words in their order, and how often something is said to be, which may stand elsewhere."""

    words: tuple[str, ...]
    being: int
    cased: bool  # whether capitals count: its writer uses them
    articles: tuple[Article, ...] = ()

    def is_like(self, other: "Wording") -> bool:
        """Whether both say the same. Capitals count where both writers use them; an article may be missing
        where the other writer has it, but it is no other one and stands nowhere else.
        """
        if self.being != other.being or not _articles_agree(self.articles, other.articles):
            return False
        if self.cased and other.cased:
            return self.words == other.words
        return _folded(self.words) == _folded(other.words)


def _articles_agree(mine: Sequence[Article], theirs: Sequence[Article]) -> bool:
    """`Is the milk good?` asks about other milk than `Is milk good?`; in `what is the price of milk` the
    question says as much without it.
    """
    ours, others = set(mine), set(theirs)
    if not (ours <= others or others <= ours):
        return False
    return all(free for _, _, free in ours ^ others)


@lru_cache(maxsize=256)
def wording(text: str) -> Wording:
    """What is left. By default everything counts, so that no word is overlooked that nobody thought of."""
    text = unicodedata.normalize("NFC", text)
    if _QUOTING.search(text):
        return Wording(tuple(_without_opening(text).split()), 0, cased=True)
    if _OF_WORDS.search(text):
        rest = _without_opening(text).rstrip(" .?")
        return Wording(tuple((rest[:1].lower() + rest[1:]).split()), 0, cased=True)
    cased = text.lower() != text != text.upper()
    if not cased:
        text = text.lower()
    words = [each for token in _tokens(_without_manners(text)) for each in token.split()]
    words = _how([_myself(words, place) for place in range(len(words))])
    asking = words[:1] != [] and words[0] in WANTING
    if asking or sum(each in ENGLISH for each in words) > 1:
        words = [AUXILIARIES.get(each, each) for each in _without_stress(words)]
        if asking:
            return _question(words, cased=cased)
        words, articles = _without_articles(words)
    else:
        articles = []  # in other languages `a` and `an` are other words
    asked = _ASKING.match(text) is None and _ASKED.search(text) and _without_opening(text) == text
    return Wording((*words, "?") if asked else tuple(words), 0, cased, tuple(articles))


def _question(words: list[str], *, cased: bool) -> Wording:
    bare = [each for each in words if each not in ARTICLES][:3]
    if bare[:2] == ["which", "be"] and bare[2:] and (bare[2] == "most" or bare[2].endswith("st")):
        words[0] = "what"
    if words[1:2] == ["do"] and words[2:] and words[2] in PERSONS:
        del words[1]  # `what does it mean` is `what it means`
    found, articles = _without_articles([each for each in words if each != "be"])
    return Wording(tuple(found), words.count("be"), cased, tuple(articles))


def _without_opening(text: str) -> str:
    for _ in range(_MOST_OPENINGS):
        opening = _OPENING.match(text)
        if opening is None:
            break
        text = text[opening.end() :]
    return text


def _without_manners(text: str) -> str:
    return _CLOSING.sub("", _without_opening(text))


def _tokens(text: str) -> list[str]:
    found, begins, last, before = [], True, 0, ""
    text = _LAST.sub("", text)
    # What code is made of has no plural: the `keys` method is not a `key` method.
    counted = _ASKING.match(text) is not None and CODE.isdisjoint(_LETTERS.findall(text.lower()))
    for each in _TOKENS.finditer(text):
        token, start = each.group(), each.start()
        begins = begins or "\n" in text[last:start]
        word = _word(token.replace("’", "'"), begins, counted and before != "does")
        found.append(_whole(word) if _THOUSANDS.fullmatch(token) and "(" not in text else word)
        begins, last, before = token in _ENDS, each.end(), token.lower()
    return found


def _whole(number: str) -> str:
    """A number without the commas between its thousands."""
    return number.replace(",", "")


def _word(token: str, begins: bool, counted: bool) -> str:
    """A token in the form in which it is compared; of a contraction the words that it stands for."""
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
    named = UNITS.get(lower) or DATES.get(lower) or NUMERALS.get(lower)
    return named or (singular(lower) if counted and lower.isalpha() and lower not in APART else lower)


def _each(word: str) -> bool:
    """Whether it is every Monday or all mornings, and not this one."""
    return word in DATES and word.endswith("s")


def _capital(token: str, lower: str) -> str:
    """A word with capitals where none has to be. May, Will, US and Who are names; so are userId, MB and the A
    of vitamin A.
    """
    if len(token) < 4 or lower in FILLERS or lower in DOUBTFUL or token[1:] != lower[1:] or _each(lower):
        return token
    return UNITS.get(lower) or DATES.get(lower) or token


def _folded(words: tuple[str, ...]) -> list[str]:
    return [each if each in CAPITALS else each.lower() for each in words]


def singular(word: str) -> str:
    """A word of more than three letters without the commonest endings of the plural."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def _myself(words: Sequence[str], place: int) -> str:
    """The word at a place; `I` in lower case unless it may be a number, as after War or type."""
    word = words[place]
    return "i" if word == "I" and (not place or words[place - 1] in BEFORE_ME) else word


def _how(words: list[str]) -> list[str]:
    """`how do I`, `how can I`, `how I can` and `how to` are one. `how do you` may be asked of a model."""
    if words[:1] != ["how"]:
        return words
    if words[1:2] == ["to"]:
        return [*words[:1], *words[2:]]
    pair, rest = set(words[1:3]), words[3:]
    if not pair & {"do", "does", "can", "could"} or not rest or rest[0] in SEEMING:
        return words
    if pair & {"i", "one"}:
        return [*words[:1], *rest]
    return words


def _without_stress(words: Sequence[str]) -> list[str]:
    """Without what makes no difference where it stands."""
    found: list[str] = []
    for before, each, then in zip(["", *words], words, [*words[1:], ""], strict=False):
        some = each == "some" and found in (["what", "is"], ["what", "are"])
        stress = each in STRESSES and before not in NEGATIONS and not then[:1].isdigit()
        if not (some or stress or (each == "any" and before == "there")):
            found.append(each)
    return found


def _without_articles(words: Sequence[str]) -> tuple[list[str], list[Article]]:
    """The words, and the articles apart. The `a` of vitamin A and of hepatitis A is a word."""
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
            articles.append((len(found), "a", True))
    return found, articles
