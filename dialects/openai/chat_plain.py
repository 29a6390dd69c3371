"""Recognises chat answers with one text and a normal stop (most answers) without full parsing."""

from typing import Annotated, Any, Literal

import msgspec

Nothing = Annotated[list[Any], msgspec.Meta(max_length=0)] | None


class _Message(msgspec.Struct, frozen=True, gc=False):
    """A text that is not just white space; all other known members of a message are empty."""

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
    """Whether `read_answer` would find one choice with a non-blank text and finish reason `stop`.

    True is certain; False is not.
    """
    try:
        _DECODE(body)
    except (ValueError, RecursionError):
        return False
    return True
