"""Recognises chat answers with one text and a normal stop, as most are, without full parsing."""

from typing import Annotated, Any, Literal

import msgspec

Nothing = Annotated[list[Any], msgspec.Meta(max_length=0)] | None


class _Message(msgspec.Struct, frozen=True, gc=False):
    """A text that is not only space; each other member that a reader of messages knows is empty."""

    content: Annotated[str, msgspec.Meta(pattern=r"\S")]
    reasoning_content: None = None
    reasoning: None = None
    reasoning_details: Nothing = None
    refusal: None = None
    tool_calls: Nothing = None
    function_call: None = None
    audio: None = None
    images: Nothing = None
    annotations: Nothing = None


class _Choice(msgspec.Struct, frozen=True, gc=False):
    message: _Message
    finish_reason: Literal["stop"]
    index: Literal[0] = 0
    delta: None = None
    text: None = None
    logprobs: None = None
    stop_reason: str | int | None = None
    error: None = None
    usage: None = None


class _Answer(msgspec.Struct, frozen=True, gc=False):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1, max_length=1)]
    error: None = None


_DECODE = msgspec.json.Decoder(_Answer).decode


def is_plain(body: bytes) -> bool:
    """Whether `read_answer` finds one choice, a text with a word, ended by `stop`; False: perhaps."""
    try:
        _DECODE(body)
    except (ValueError, RecursionError):
        return False
    return True
