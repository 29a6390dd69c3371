"""What every test of a format with a writer asks of it: the same deltas, whatever the network did."""

from collections.abc import Iterable

from dialects.answer import Answer, Delta, Failed
from dialects.deltas import gather, scatter
from dialects.dialect import Dialect, Framing, Reply
from dialects.watching import Watched
from tests.dialects.streams import cut


def written(dialect: Dialect, deltas: Iterable[Delta], reply: Reply) -> bytes:
    """The stream that a writer makes of these deltas, given one by one."""
    writer = dialect.writer(reply)
    return b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])


def streamed(dialect: Dialect, answer: Answer, reply: Reply) -> bytes:
    """A whole answer as a stream."""
    return written(dialect, scatter(answer), reply)


def heard(dialect: Dialect, stream: bytes) -> list[Delta]:
    """The deltas that a reader hears in a whole stream."""
    reader = dialect.reader()
    return [delta for event in events(dialect.framing, stream) for delta in reader.read(event)]


def gathered(dialect: Dialect, stream: bytes) -> Answer:
    """The answer that a whole stream says."""
    deltas = heard(dialect, stream)
    assert not any(isinstance(delta, Failed) for delta in deltas)
    return gather(deltas, dialect.name)


def events(framing: Framing, stream: bytes) -> list[bytes]:
    """The events of a whole stream; nothing is left."""
    found, rest = framing.split(stream, 0)
    return [*found, rest] if rest else found


def watched(dialect: Dialect, stream: bytes, places: list[int]) -> tuple[Watched, bytes]:
    """A stream that passes in pieces, and what passed."""
    watcher = Watched(dialect.framing, dialect.reader())
    passed = b"".join([*map(watcher.feed, cut(stream, places)), watcher.end()])
    return watcher, passed
