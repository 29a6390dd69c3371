"""Converts answers of vendors that streamed when they should not have, or the reverse."""

from codecs import BOM_UTF8
from collections.abc import Callable
from typing import Any, cast

import msgspec

from dialects.dialect import Dialect, Reply, StreamReader, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.retelling import Told, read, said_again
from dialects.translating import Outgoing
from dialects.usage import Searches, Usage
from dialects.watching import MALFORMED
from gateway.answered import reply_to
from gateway.attempts import failures
from gateway.call import Call
from gateway.errors import GatewayError
from gateway.formats import dialect_of
from gateway.ways import Way


class Ended(msgspec.Struct):
    """The StreamReader of an answer that is already complete."""

    usage: Usage | None = None
    text_length: int = 0
    tier: Any = None
    searches: Searches | None = None
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


def may_be_whole(body: bytes) -> bool:
    """Whether a body that is not a stream may be a whole answer: an object, or a list as Gemini's chunks."""
    return body.removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"["))


def retold(target: str, call: Call, body: bytes, known: WholeAnswer | None) -> tuple[StreamReader, bytes]:
    """Turns a whole answer in the caller's format into a stream, with its reader. Raises GatewayError."""
    try:
        said = as_stream(call, body)
    except Exception as error:
        raise failures.unread(target, error) from error
    if known is None:
        return Ended(), said
    return Ended(known.usage, known.text_length, known.tier, known.searches), said


def understood(
    target: str, way: Way, body: bytes, sent: Outgoing, reply: Callable[[], Reply]
) -> tuple[WholeAnswer, bytes]:
    """The facts of a whole answer that the request path needs, and the body for the caller.

    Accepts a stream too: some vendors always stream. Raises GatewayError if the answer is unreadable.
    """
    try:
        try:
            return way.passage.answer(body, sent, reply)
        except Malformed:
            joined = _joined(target, way, body, reply)
            if joined is None:
                raise
            return way.passage.answer(joined, sent, reply)
    except GatewayError:
        raise
    except Exception as error:
        raise failures.unread(target, error) from error


def _joined(target: str, way: Way, body: bytes, reply: Callable[[], Reply]) -> bytes | None:
    """A stream as a whole answer, both in the vendor's format; None if the body is not a stream."""
    dialect = dialect_of(way.operation)
    if dialect is None:
        return None
    reader = dialect.watcher(hide_usage=False)
    reader.feed(body)
    if reader.error is None and not reader.done:
        reader.end()
    if reader.error is not None and reader.error.code != MALFORMED:
        raise failures.of_answer(target, reader.error)
    if reader.error is not None or not reader.started:
        return None
    if not reader.finished:
        raise failures.cut(target)
    told = Told(body, True, dialect)
    return said_again(told, read(told), dialect, reply(), stream=False)


def as_stream(call: Call, body: bytes) -> bytes:
    """A whole answer in the caller's format as a stream in it. Raises Malformed."""
    dialect = cast(Dialect, call.dialect)
    answer = dialect.read_answer(body)
    reply = reply_to(call, answer.model or call.asked.model)
    return said_again(Told(body, False, dialect), answer, dialect, reply, stream=True)
