"""What every test of a format with a writer asks of it: the same deltas, whatever the network did."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from hypothesis import strategies as st

from dialects.answer import Answer, Delta, Failed
from dialects.deltas import gather, scatter
from dialects.dialect import Dialect, Framing, Reply
from dialects.errors import Malformed
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


def oddities(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects with the members that a format has, of whatever types."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-2, 2)
        | st.floats(allow_nan=False)
        | st.sampled_from(["", *names])
    )
    inner = st.recursive(
        leaves,
        lambda values: (
            st.lists(values, max_size=2) | st.dictionaries(st.sampled_from(names), values, max_size=4)
        ),
        max_leaves=10,
    )
    return st.dictionaries(st.sampled_from(names), inner, max_size=5)


def reads(read: Callable[[bytes], object], value: Any) -> bool:
    """Whether it is read; a Malformed is the only other thing that may become of it."""
    try:
        read(msgspec.json.encode(value))
    except Malformed as error:
        assert error.message
        return False
    return True
