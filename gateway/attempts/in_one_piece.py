"""Converts the answer of a vendor that streamed when it should not have, or the reverse."""

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
    """The StreamReader of an answer of which all is known, and nothing more comes."""

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
    """Whether an answer that is no stream may be a whole one: an object, or a list as Gemini's chunks are."""
    return body.removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"["))


def retold(target: str, call: Call, body: bytes, known: WholeAnswer | None) -> tuple[StreamReader, bytes]:
    """A whole answer in the caller's format, as a stream and what reads it. Raises what is wrong with it."""
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
    """What the request path must know of a whole answer, and the body for the caller.

    Some vendors stream whatever they were asked for. Raises what is wrong with it.
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
    """A stream of the vendor's format as a whole answer in it; None for what is no stream."""
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
    """The same bytes as the stream that was asked for. Raises Malformed."""
    dialect = cast(Dialect, call.dialect)
    answer = dialect.read_answer(body)
    reply = reply_to(call, answer.model or call.asked.model)
    return said_again(Told(body, False, dialect), answer, dialect, reply, stream=True)
