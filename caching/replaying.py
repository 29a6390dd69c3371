"""Replays a stored answer: whole or as a stream, in its own format or another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from caching.kept import Kept
from config.kinds import Operation
from dialects import retelling
from dialects.answer import Answer
from dialects.dialect import Dialect
from dialects.openai import chat_plain
from dialects.retelling import Told

_PLAIN: Mapping[Operation, Callable[[bytes], bool]] = MappingProxyType({Operation.CHAT: chat_plain.is_plain})


@dataclass(frozen=True, slots=True)
class Form:
    """The form in which a caller wants its answer: wire format, streamed or not, with usage or without."""

    operation: Operation
    stream: bool
    include_usage: bool


def is_literal(kept: Kept, form: Form) -> bool:
    """Whether the stored bytes are already in this form."""
    if kept.operation != form.operation or kept.stream != form.stream:
        return False
    return not kept.stream or kept.include_usage == form.include_usage


def is_plain(kept: Kept) -> bool:
    """Whether a cheap check shows that `unfit` would accept the answer. False: it has to be parsed."""
    judge = None if kept.stream or kept.choices > 1 else _PLAIN.get(kept.operation)
    return judge is not None and judge(kept.body)


def read(kept: Kept, speaker: Dialect) -> Answer:
    """The typed answer, with the usage as billed. Raises Malformed if the bytes are not an answer."""
    answer = retelling.read(Told(kept.body, kept.stream, speaker))
    return msgspec.structs.replace(answer, usage=kept.usage or answer.usage)
