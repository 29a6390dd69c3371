"""A remembered answer said again: whole or as a stream, in the format it came in or in another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from caching.kept import Kept
from config.kinds import Operation
from dialects.answer import Answer
from dialects.deltas import gather, scatter
from dialects.dialect import Dialect, Reply
from dialects.errors import Malformed
from dialects.openai import chat_plain
from dialects.streamed import heard

_PLAIN: Mapping[Operation, Callable[[bytes], bool]] = MappingProxyType({Operation.CHAT: chat_plain.is_plain})


@dataclass(frozen=True, slots=True)
class Form:
    """How a caller wants its answer."""

    operation: Operation
    stream: bool
    include_usage: bool


def is_literal(kept: Kept, form: Form) -> bool:
    """Whether the caller gets the very bytes of the first one."""
    if kept.operation != form.operation or kept.stream != form.stream:
        return False
    return not kept.stream or kept.include_usage == form.include_usage


def is_plain(kept: Kept) -> bool:
    """Whether `unfit` has nothing against it, as far as that can be told without reading it in full."""
    judge = None if kept.stream or kept.choices > 1 else _PLAIN.get(kept.operation)
    return judge is not None and judge(kept.body)


def read(kept: Kept, speaker: Dialect) -> Answer:
    """The typed answer, its usage as it was billed. Raises Malformed on bytes that are none."""
    answer = _read_stream(kept, speaker) if kept.stream else speaker.read_answer(kept.body)
    return msgspec.structs.replace(answer, usage=kept.usage or answer.usage)


def _read_stream(kept: Kept, speaker: Dialect) -> Answer:
    try:
        return gather(heard(kept.body, speaker), speaker.name)
    except ValueError as error:
        raise Malformed(str(error)) from None


def write(answer: Answer, caller: Dialect, form: Form, reply: Reply) -> bytes:
    """The answer in the caller's format; a stream says each part in one piece."""
    if not form.stream:
        return caller.write_answer(answer, reply)
    writer = caller.writer(reply)
    return writer.write(list(scatter(answer))) + writer.end()
