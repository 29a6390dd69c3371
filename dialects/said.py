"""How much text a typed answer contains."""

from dialects.answer import Answer
from dialects.conversation import Part, Refusal, Text, Thinking, ToolCall


def length_of(answer: Answer) -> int:
    """Characters of text, thinking, refusals and tool arguments."""
    return sum(_length(part) for choice in answer.choices for part in choice.parts)


def _length(part: Part) -> int:
    match part:
        case Text() | Thinking() | Refusal():
            return len(part.text)
        case ToolCall():
            return len(part.arguments)
    return 0
