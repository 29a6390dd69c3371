"""Builds patterns of phrases: words, with what people put between them."""

import re

from guardrails.forms import latin

_FAR = r"[^\n.!?]{0,48}?"  # bytes between a verb and its object
S = r"[\s,:*\"'_-]{1,4}"
FEW = r"(?:[\w'’]{1,14}" + S + r"){0,4}"
TWO = r"(?:[\w'’]{1,14}" + S + r"){0,2}"


def words(form: str) -> str:
    """A byte pattern that begins at a word; ignores case and the number of spaces."""
    return latin(r"(?i)\b(?:" + form.replace(" ", r"\s{1,4}") + ")")


def pair(first: str, then: str) -> str:
    """A pattern for two parts of a sentence in this order, in any language."""
    return latin(f"(?i)(?:{cased(first)}){_FAR}(?:{then})")


def cased(form: str) -> str:
    """Spells out both cases of non-ASCII letters at the beginnings of words."""
    return re.sub(r"(?<![^(|:])([^\W\d_a-zA-Z])", _both, form)


def _both(letter: re.Match[str]) -> str:
    small, great = letter[1], letter[1].upper()
    return small if small == great else f"(?:{small}|{great})"
