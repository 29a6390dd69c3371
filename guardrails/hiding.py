"""Ways in which a model may disguise a short text: spaced, reversed, encoded."""

import base64
import codecs
import re

from guardrails.forms import latin

_LEAST = 8  # letters and digits: shorter texts would match by chance
_ASIDE = "(?:[\\s._*|,/+'\"`-]|\u200b|\u200c|\u200d|\u2060)"
_MOST_ASIDE = 7  # as between quoted pieces joined by an operator
_NUMBERED = r"[\s,;&#]{1,4}"
_CODED = r"(?:[\s,:%]|\\x|0x){0,3}"


def hidden(text: str) -> list[str]:
    """re2 patterns of a text's disguises; none for a short text."""
    letters = [each for each in text if each.isalnum()]
    if len(letters) < _LEAST:
        return []
    apart = f"{_ASIDE}{{0,{_MOST_ASIDE}}}".join(map(re.escape, letters))
    forms = [rf"(?:\b|_){apart}(?:\b|_)" if text.isascii() else apart]
    forms += [re.escape(text[::-1]), re.escape(codecs.encode(text, "rot13"))]
    forms.append(_CODED.join(f"{each:02x}" for each in text.encode()))
    forms.append(_NUMBERED.join(map(str, text.encode())))
    said = [f"(?i:{form})" for form in dict.fromkeys(forms)]
    return [latin("|".join([*said, *(_in_base64(text.encode(), shift) for shift in range(3))]))]


def _in_base64(text: bytes, shift: int) -> str:
    """A pattern for the base64 of any data that contains the text at a byte offset of `shift` modulo 3."""
    code = base64.b64encode(bytes(shift) + text).decode()
    sure = code[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6]
    return re.escape(sure).replace(r"\+", "[+-]").replace("/", "[/_]")
