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
    CONTRACTIONS,
    DATES,
    DOUBTFUL,
    FEW,
    FILLERS,
    NUMERALS,
    SEEMING,
    STRESSES,
    UNITS,
    US,
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
# They end and part sentences, and change no question where a space, the end or another one follows.
_STOPS = frozenset(".,;:?!…–—")
_ENDS = frozenset(".!?:。？！")
_ALONE = frozenset("。、？！")  # wherever they stand
_RUN = "".join(sorted(_STOPS))
_CLOSED = " \n\t\"')*.,;:?!…"
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


class Wording(NamedTuple):
    """The words in their order, and how often something is said to be, which may stand elsewhere."""

    words: tuple[str, ...]
    being: int
    cased: bool  # whether capitals count: its writer uses them
    articles: tuple[int, int] = (0, 0)  # how often `a` and how often `the`

    def is_like(self, other: "Wording") -> bool:
        """Whether both say the same. Capitals count where both writers use them, and articles where one
        writer has `a` and the other `the`.
        """
        more, less = self.articles[0] - other.articles[0], self.articles[1] - other.articles[1]
        if self.being != other.being or more * less < 0:
            return False
        if self.cased and other.cased:
            return self.words == other.words
        return _folded(self.words) == _folded(other.words)


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
    words = [_myself(words, place) for place in range(len(words))]
    words = _how(words)
    asking = bool(words) and words[0] in WANTING
    articles = words.count("a") + words.count("an"), words.count("the")
    found = _auxiliaries(_without_articles(words))
    if found[:2] == ["which", "be"] and (found[2:3] == ["most"] or found[2:3] and found[2].endswith("st")):
        found[0] = "what"
    if not asking:
        asked = _ASKING.match(text) is None and _ASKED.search(text) and _without_opening(text) == text
        return Wording((*found, "?") if asked else tuple(found), 0, cased, articles)
    if found[1:2] == ["do"]:
        del found[1]  # `what does it mean` is `what it means`
    return Wording(tuple(each for each in found if each != "be"), found.count("be"), cased, articles)


def _without_opening(text: str) -> str:
    for _ in range(_MOST_OPENINGS):
        opening = _OPENING.match(text)
        if opening is None:
            break
        text = text[opening.end() :]
    return text


def _without_manners(text: str) -> str:
    return _CLOSING.sub("", _without_opening(text))


def _auxiliaries(words: list[str]) -> list[str]:
    """Forms of one auxiliary are one; but `could` is polite for `can` only between us, and else the past."""
    return [
        AUXILIARIES.get(each, each)
        if each != "could" or not US.isdisjoint(words[max(0, place - 1) : place + 2])
        else each
        for place, each in enumerate(words)
    ]


def _tokens(text: str) -> list[str]:
    found, begins, last = [], True, 0
    asking = _ASKING.match(text) is not None
    for each in _TOKENS.finditer(text):
        token, start, end = each.group(), each.start(), each.end()
        begins = begins or "\n" in text[last:start]
        last = end
        stops = token in _STOPS and not text[end : end + 1].strip(_CLOSED) and _ends_a_word(text, start)
        if token in _ALONE or (stops and not (token == "!" and text[start - 1 : start].isdigit())):
            begins = begins or token in _ENDS
            continue
        found.append(_word(token.replace("’", "'"), begins, asking))
        begins = False
    return found


def _ends_a_word(text: str, start: int) -> bool:
    """Whether a stop belongs to what is before it: one that stands alone is a word, as in `cd ..`."""
    before = text[:start].rstrip(_RUN)
    return (bool(before) and not before[-1].isspace()) or not text[start:].strip(_CLOSED)


def _word(token: str, begins: bool, asking: bool) -> str:
    """A token in the form in which it is compared; of a contraction the words that it stands for."""
    lower = token.lower()
    if lower in CONTRACTIONS:
        return CONTRACTIONS[lower]
    if token[0].isdigit():
        return token.replace(",", "") if _THOUSANDS.fullmatch(token) else token
    if not (token == lower or (begins and token[1:] == lower[1:])):
        return _capital(token, lower)
    if lower in DOUBTFUL:
        return lower
    if _each(lower):
        return lower
    named = UNITS.get(lower) or DATES.get(lower) or NUMERALS.get(lower)
    return named or (singular(lower) if asking and lower.isalpha() and lower not in APART else lower)


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
    return [each.lower() for each in words]


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


def _without_articles(words: Sequence[str]) -> list[str]:
    """Without what makes no difference where it stands."""
    found = []
    for before, each, then in zip(["", *words], words, [*words[1:], ""], strict=False):
        article = each in ARTICLES and then and then not in FEW
        some = (each == "some" and before in ("is", "are")) or (each == "any" and before == "there")
        stress = each in STRESSES and not then[:1].isdigit()
        if not (article or some or stress):
            found.append(each)
    return found
