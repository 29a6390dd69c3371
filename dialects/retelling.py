"""Converts an answer between whole and streamed, member by member within the same format.

This keeps members that the code does not know; the typed form holds only what several formats can express.
"""

from typing import NamedTuple

import msgspec

from dialects.answer import Answer
from dialects.arguments import to_object
from dialects.conversation import Extra, Text, Thinking, ToolCall
from dialects.deltas import gather, scatter
from dialects.dialect import Dialect, Reply
from dialects.errors import Malformed
from dialects.halves import has_halves
from dialects.json_objects import encode
from dialects.merging import mended
from dialects.streamed import heard

_DECODE = msgspec.json.Decoder(Extra).decode
# What an answer with an undocumented structure may raise.
_ODD = (Malformed, LookupError, TypeError, ValueError, AttributeError, RecursionError)


class Told(NamedTuple):
    """An answer as its first caller received it."""

    body: bytes
    stream: bool
    speaker: Dialect


def read(told: Told) -> Answer:
    """The typed answer. Raises Malformed on bytes that are not an answer."""
    if not told.stream:
        return told.speaker.read_answer(told.body)
    try:
        return gather(heard(told.body, told.speaker), told.speaker.name)
    except ValueError as error:
        raise Malformed(str(error)) from None


def said_again(told: Told, answer: Answer, caller: Dialect, reply: Reply, *, stream: bool) -> bytes:
    """The answer, whole or as a stream, in the caller's format. `answer` is the parsed `told`."""
    if told.speaker.name == caller.name:
        try:
            said = _retold(told, answer, caller, reply, stream=stream)
            if _essence(read(Told(said, stream, caller))) == _essence(answer):
                return said
        except _ODD:
            pass  # then convert through the typed form
    if not stream:
        return caller.write_answer(answer, reply)
    writer = caller.writer(reply)
    return writer.write(list(scatter(answer))) + writer.end()


def _retold(told: Told, answer: Answer, caller: Dialect, reply: Reply, *, stream: bool) -> bytes:
    if told.stream:
        events, rest = told.speaker.framing.split(told.body, 0)
        told_by = [*events, rest] if rest.strip() else events
        whole = told.speaker.forms.whole_of(told_by, answer.usage)
        if has_halves(told.body):
            whole = mended(whole)
    else:
        whole = _DECODE(told.body)
    return caller.forms.stream_of(whole, reply) if stream else encode(whole)


def _essence(answer: Answer) -> list[object]:
    """What must be equal in the whole and the streamed form of an answer."""
    return [
        (
            choice.index,
            choice.finish.reason,
            "".join(part.text for part in choice.parts if isinstance(part, Text)),
            "".join(part.text for part in choice.parts if isinstance(part, Thinking)),
            "".join(part.signature or "" for part in choice.parts if isinstance(part, Thinking)),
            [(part.name, to_object(part.arguments)) for part in choice.parts if isinstance(part, ToolCall)],
        )
        for choice in answer.choices
    ]
