"""Measures the text of an OpenAI message, whole or a delta."""

from typing import Any

import msgspec

# Stands for unreadable text, and counts as about one token.
UNREAD = "????"


class Function(msgspec.Struct, frozen=True, gc=False):
    """The function of a tool call."""

    arguments: str | None = None


class ToolCall(msgspec.Struct, frozen=True, gc=False):
    """A tool call, or a fragment of one."""

    function: Function | None = None


class Delta(msgspec.Struct, frozen=True, gc=False):
    """A delta of a stream, or a whole message, which has the same members."""

    # Mistral's reasoning models answer with lists: https://docs.mistral.ai/capabilities/reasoning
    content: str | list[Any] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[ToolCall] | None = None
    function_call: Function | None = None
    audio: Any = None


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """One choice of a whole answer: a chat's message, or a completion's text."""

    message: Delta | None = None
    text: str | None = None


def length_of(delta: Delta) -> int:
    """Characters of content, reasoning, refusal and tool arguments."""
    content = delta.content
    length = 0
    if content:
        length = len(content) if isinstance(content, str) else _length_of_parts(content)
    # vLLM writes the same text under both names during a renaming.
    thought = delta.reasoning_content or delta.reasoning
    if thought:
        length += len(thought)
    if delta.refusal:
        length += len(delta.refusal)
    if delta.tool_calls:
        for call in delta.tool_calls:
            if call.function is not None and call.function.arguments:
                length += len(call.function.arguments)
    if delta.function_call is not None and delta.function_call.arguments:
        length += len(delta.function_call.arguments)
    return length


def is_content(delta: Delta) -> bool:
    """Whether a delta without text has other content: a tool's name, or audio."""
    return bool(delta.tool_calls or delta.function_call or delta.audio)


def _length_of_parts(parts: list[Any]) -> int:
    length = 0
    for part in parts:
        if isinstance(part, str):
            length += len(part)
        elif isinstance(part, dict):
            thinking = part.get("thinking")
            inner = thinking if isinstance(thinking, list) else ()
            texts = [
                part.get("text"),
                thinking,
                *(each.get("text") for each in inner if isinstance(each, dict)),
            ]
            length += sum(len(text) for text in texts if isinstance(text, str))
    return length
