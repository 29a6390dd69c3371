"""Restricts the languages of texts, which it recognises by script and by very common words.

The check is cheap and cannot judge short texts; texts whose language is uncertain are not findings.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.forms import stages_of
from guardrails.guard import NAMED, SEPARATOR, Action, Finding, Guard, GuardKind, Segment, Stage

_KIND = "LANGUAGE"
_STAGES: frozenset[Stage] = frozenset(["input", "tool_result", "output"])
_FEWEST_WORDS = 6  # a shorter text is not judged by its words
_FEWEST_HITS = 3
_LEAST = 0.15  # share of common words: code and lists have fewer, whatever their language
_LEAD = 1.5  # factor by which the likeliest language must exceed another one to rule it out
_MOST = 20_000  # characters of one text that are examined
_WORD = re.compile(r"[^\W\d_]+")

# The commonest words of each language, without those that are as common in another of these languages.
_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset("the and of to is in that it for with this are was be not you have what how".split()),
        "de": frozenset("der die das und ist nicht ein eine zu mit auf für von wie ich sie den im".split()),
        "fr": frozenset("le la les et est des une pour dans que qui pas vous je sur avec ce du au".split()),
        "es": frozenset("el los las y es una por para con que del como pero más esta su lo qué".split()),
        "it": frozenset("il gli e è di che per non una sono con della come anche più questo del nel".split()),
        "pt": frozenset("o os as e é não uma para com que do da em por mais você como são".split()),
        "nl": frozenset("het een en van is niet dat voor op met zijn ik je hoe ook maar wat deze".split()),
        "pl": frozenset("i w nie na się to jest z że do jak co ale czy dla po tym przez".split()),
        "sv": frozenset("och att det är som en på för inte med av jag den till har kan hur ett".split()),
        "tr": frozenset("ve bir bu için ile ne da de çok gibi ben daha nasıl mı var olan değil".split()),
    }
)  # fmt: skip
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru uk bg sr", re.compile(r"[\u0400-\u04ff]")),
    ("ar fa ur", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi mr ne", re.compile(r"[\u0900-\u097f]")),
)
LANGUAGES = frozenset([*_WORDS, *(each for found, _ in _SCRIPTS for each in found.split())])
_SHARE = 0.3  # of a text's letters in a script, from which that is the text's script


def languages_of(text: str) -> frozenset[str]:
    """The languages that a text may be in; empty if that is uncertain."""
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST_HITS:
        return frozenset()
    for found, script in _SCRIPTS:
        if len(script.findall(text)) >= _SHARE * letters:
            return frozenset(found.split())
    words = Counter(_WORD.findall(text.lower()))
    if words.total() < _FEWEST_WORDS:
        return frozenset()
    hits = {name: sum(words[each] for each in known) for name, known in _WORDS.items()}
    likeliest = max(hits, key=hits.__getitem__)
    most = hits[likeliest]
    different = sum(each in words for each in _WORDS[likeliest])
    if different < _FEWEST_HITS or most < _LEAST * words.total():
        return frozenset()
    return frozenset(name for name, count in hits.items() if count * _LEAD >= most)


@dataclass(frozen=True, slots=True)
class LanguageGuard:
    """Finds each text that is certainly in none of the allowed languages."""

    name: str
    action: Action
    stages: frozenset[Stage]
    allowed: frozenset[str]
    kinds: frozenset[str] = frozenset([_KIND])
    partial: Sequence[str] = ()  # it has no patterns

    def inspect(self, segment: Segment) -> list[Finding]:
        found = []
        for start, end in _texts(segment.text):
            seen = languages_of(segment.text[start:end].decode("utf-8", "replace")[:_MOST])
            if seen and not seen & self.allowed:
                found.append(Finding(self.name, _KIND, self.action, start, end, value=False))
        return found


def _texts(joined: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    for text in joined.replace(NAMED, SEPARATOR).split(SEPARATOR):
        if text:
            yield at, at + len(text)
        at += len(text) + len(SEPARATOR)


def build(facts: GuardFacts) -> Guard:
    """Settings: `languages`, and an action that changes nothing."""
    unknown = sorted(set(facts.languages) - LANGUAGES)
    if not facts.languages or unknown:
        said = f"'{unknown[0]}' is none that it can tell" if unknown else "it needs `languages`"
        raise ValueError(f"The guard '{facts.name}': {said}; allowed: {', '.join(sorted(LANGUAGES))}.")
    stages = stages_of(facts, ("input",))
    if facts.action in ("mask", "redact") or not stages <= _STAGES:
        raise ValueError(f"The guard '{facts.name}' blocks or flags, at input, tool_result or output.")
    return LanguageGuard(facts.name, facts.action or "block", stages, frozenset(facts.languages))


TAKES = Takes(("languages",), languages=LANGUAGES, needs=("languages",))
GUARD = GuardKind(build)
