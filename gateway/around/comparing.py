"""Compares two answers to the same question."""

import re
from collections import Counter
from typing import NamedTuple

from dialects.answer import Answer
from dialects.conversation import ToolCall
from gateway.around.verifying import text_of

_WORDS = re.compile(r"\w+")
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Minimum agreement of two equivalent answers: allows other phrasing, but not other contents.
ALIKE = 0.6


class Difference(NamedTuple):
    """How one answer differs from the other; lengths in characters, agreement from 0 to 1."""

    length: int
    other_length: int
    agreement: float  # Dice's coefficient of their words
    equal: bool
    alike: bool  # presumably equivalent: similar words, equal numbers and tool calls
    finish: str
    other_finish: str


def compare(answer: Answer, other: Answer) -> Difference:
    """Compares the first choices."""
    text, other_text = _text(answer), _text(other)
    tools, other_tools = _tools(answer), _tools(other)
    equal = " ".join(text.split()) == " ".join(other_text.split()) and tools == other_tools
    agreement = _agreement(text, other_text)
    same_numbers = set(_NUMBERS.findall(text)) == set(_NUMBERS.findall(other_text))
    alike = equal or (agreement >= ALIKE and same_numbers and tools == other_tools)
    return Difference(
        len(text), len(other_text), round(agreement, 3), equal, alike, _finish(answer), _finish(other)
    )


def _text(answer: Answer) -> str:
    return text_of(answer.choices[0]) if answer.choices else ""


def _tools(answer: Answer) -> list[tuple[str, str]]:
    parts = answer.choices[0].parts if answer.choices else ()
    return [(part.name, "".join(part.arguments.split())) for part in parts if isinstance(part, ToolCall)]


def _finish(answer: Answer) -> str:
    return answer.choices[0].finish.reason if answer.choices else ""


def _agreement(text: str, other: str) -> float:
    """Dice's coefficient of their words."""
    words, others = Counter(_WORDS.findall(text.lower())), Counter(_WORDS.findall(other.lower()))
    count = words.total() + others.total()
    return 2 * (words & others).total() / count if count else 1.0
