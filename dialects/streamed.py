"""Parses a complete stream at once."""

from dialects.answer import Delta
from dialects.dialect import Dialect, EventReader
from dialects.halves import Joined, has_halves


def heard(body: bytes, dialect: Dialect) -> list[Delta]:
    """All deltas of a stream, even if it is cut off; surrogate pairs are joined.

    Raises Malformed if it cannot be split into events.
    """
    events, rest = dialect.framing.split(body, 0)
    reader: EventReader = dialect.reader()
    if has_halves(body):
        reader = Joined(reader)
    deltas: list[Delta] = []
    for event in [*events, rest] if rest.strip() else events:
        if reader.done:
            return deltas
        deltas += reader.read(event)
    return deltas if reader.done else [*deltas, *reader.end()]
