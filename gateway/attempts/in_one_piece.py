"""A vendor that was asked for a stream and answered in one piece: what it said becomes the stream."""

from typing import Any, cast

import msgspec

from dialects.dialect import Dialect, StreamReader, WholeAnswer
from dialects.errors import VendorError
from dialects.retelling import Told, said_again
from dialects.usage import Usage
from gateway.answered import reply_to
from gateway.attempts import failures
from gateway.call import Call


class Ended(msgspec.Struct):
    """The StreamReader of an answer of which all is known, and nothing more comes."""

    usage: Usage | None = None
    text_length: int = 0
    tier: Any = None
    searches: int = 0
    opening: Usage | None = None
    error: VendorError | None = None
    started: bool = True
    finished: bool = True
    complete: bool = True
    done: bool = True
    rest: bytes = b""

    def feed(self, data: bytes) -> bytes:
        return b""

    def end(self) -> bytes:
        return b""


def retold(target: str, call: Call, body: bytes, known: WholeAnswer | None) -> tuple[StreamReader, bytes]:
    """A whole answer in the caller's format, as a stream and what reads it. Raises what is wrong with it."""
    try:
        said = as_stream(call, body)
    except Exception as error:
        raise failures.unread(target, error) from error
    if known is None:
        return Ended(), said
    return Ended(known.usage, known.text_length, known.tier, known.searches), said


def as_stream(call: Call, body: bytes) -> bytes:
    """The same bytes as the stream that was asked for. Raises Malformed."""
    dialect = cast(Dialect, call.dialect)
    answer = dialect.read_answer(body)
    reply = reply_to(call, answer.model or call.asked.model)
    return said_again(Told(body, False, dialect), answer, dialect, reply, stream=True)
