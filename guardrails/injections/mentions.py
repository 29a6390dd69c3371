"""Whether an attack's words are meant: asking about, quoting or retelling them is harmless."""

import re

from guardrails.rules import SURE, Judged

# What follows if the words are about a thing, and what precedes a quoted attack.
_OF_A_THING = re.compile(
    rb"(?i)\s{1,3}(?:about|of|regarding) (?!(?:you|me|us|this (?:chat|conversation)|the (?:system|rules))\b)"
)
# Not the prompt of this chat, but something else of that name, or a place.
_OF_ANOTHER = re.compile(
    rb"(?i)\s{1,3}(?:(?:hidden |written |encoded )?(?:in|of|for|used|behind|parameter|field|role)\b(?!"
    rb" (?:this|our|your|the (?:chat|"
    rb"conversation)))|(?:an?|the|its|zero|average|[0-9]+)\b(?! (?:user|line|dashe?s?)\b))"
)
_QUOTED = re.compile(
    rb"(?i)(?:\b(?:why|whether|how|does|of|about|words|says?|said|saying|writes?|wrote|types?|typed"
    rb"|like|as|phrases?|prompts?|text|called|is|are|it|told|model|bot|comment|sentence|detects?|blocks?)"
    rb"|[:,(])\s{0,3}(?:\"|'|`|\xe2\x80[\x98\x9c\x9e]|\xc2\xab)[\s#/*<!-]{0,5}$"
)
_OF_WORDS = re.compile(
    rb"(?i)(?:\b(?:blocks?|detects?|filters?|contains?|phrases?|words?|strings?|such as)"
    rb"|=)\s{0,3}[\"'`]\s{0,2}$"
)
_ASKING = re.compile(
    rb"(?i)\b(?:what (?:happens|is|does|if)|how (?:do|can|should|would|to)|why (?:do|does|is)|explain\w{0,2}"
    rb"|example|users?|attackers?|my bot|my model|review|comment|forum|inputs?)\b|\A(?:is|are|does|would) "
)


# Reports of what others were told, or told someone.
_TOLD = re.compile(
    rb"(?i)\b(?!(?:you|ai|assistant|model|bot)\b)[\w']{1,14} (?:was|were|(?:has|had|have) been) "
    rb"(?:told|asked|advised) to $"
    rb"|\b(?:told|tells|asked|asks|advised|advises|ordered|orders|wants?|instructed|taught|reminded|urged)"
    rb" (?:me|us|him|her|them|everyone|everybody|[a-z]{0,8} ?(?:team|staff|employees|students|players"
    rb"|drivers))"
    rb" to (?:just |simply )?$"
)


# Questions about why others do it.
_OTHERS = re.compile(rb"(?i)\b(?:why|how|when|if) (?:do|does|did|would|should|may) (?!you\b)[\w' ]{1,24} $")


# Statements that others can do it.
_ABLE = re.compile(
    rb"(?i)\b(?!(?:you|now)\b)[\w']{2,20} (?:can|may|might|could|often|sometimes) $"
    rb"|\b(?:pueden?|suelen?|peut|peuvent|possono|pode|podem|kann|k\xc3\xb6nnen) $"
)


def meant(text: bytes, start: int, end: int) -> Judged | None:
    """Counts unless the words are asked about or reported, or are about a thing."""
    return None if _OF_A_THING.match(text, end) else said_by_itself(text, start, end)


def said_by_itself(text: bytes, start: int, end: int) -> Judged | None:
    """Counts unless the words are asked about, quoted, or reported of others."""
    if _TOLD.search(text, max(0, start - 64), start) or _OTHERS.search(text, max(0, start - 48), start):
        return None
    if _ABLE.search(text, max(0, start - 32), start):
        return None
    asked = max(0, start - 120)
    if _OF_WORDS.search(text, asked, start):
        return None
    if _QUOTED.search(text, asked, start) and _ASKING.search(text, asked, start):
        return None
    return Judged(start, end, SURE)


# Questions about how something is done concern a thing, not a model.
_HOW = re.compile(
    rb"(?i)\b(?:(?:how|where|why|when|can|should|may) (?:can|do|does|would|should|to|i|we)|what"
    rb" (?:would|will)"
    rb" happen if|what happens (?:if|when))\b[^.?!\n]{0,32}$"
)
# Characters in a story may have no morals; if a model or the addressee is meant, it is named nearby.
_THIRD = re.compile(rb"(?i)(?:he|she|they|who)\b")
_SPOKEN_OF = re.compile(
    rb"(?i)\b(?:you|your|u|ais?|chat-?gpt|gpt|llm|models?|(?:chat)?bots?|assistants?|machine|dan)\b"
)
_AROUND = 200  # bytes
_ON_A_THING = re.compile(rb"(?i)\s{1,3}(?:on|to) \w")
_YOURS = re.compile(rb"(?i)\byour?\b")


def of_a_model(text: bytes, start: int, end: int) -> Judged | None:
    if _THIRD.match(text, start) and not _SPOKEN_OF.search(text, max(0, start - _AROUND), end + _AROUND):
        return None
    asked = _HOW.search(text, max(0, start - 48), start) or _ON_A_THING.match(text, end)
    return None if asked and not _YOURS.search(text, start, end) else Judged(start, end, SURE)


# Questions about what the user said in this chat.
_MINE = re.compile(rb"(?i)\b(?:did|do|have|had) (?:i|we)\b[^.?!\n]{0,40}$")


def of_this_chat(text: bytes, start: int, end: int) -> Judged | None:
    if _MINE.search(text, max(0, start - 60), start):
        return None
    other = _OF_ANOTHER.match(text, end) and not _YOURS.search(text, start, end)
    return None if other else Judged(start, end, SURE)
