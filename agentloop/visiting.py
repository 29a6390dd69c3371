"""Appends to runs on SQLite, on its connection's thread to save round trips."""

import sqlite3
from collections.abc import Mapping, Sequence

from agentloop.records import Bodies, Place, RunRecord, values_of

_MOVE = (
    "UPDATE runs SET head = ?, status = ?, reason = ?, wake_ms = ?, updated_ms = ?"
    " WHERE id = ? AND epoch = ? AND head = ?"
)
_PUT = "INSERT INTO run_events (run_id, seq, epoch, kind, at_ms, body) VALUES (?, ?, ?, ?, ?, ?)"


def move(connection: sqlite3.Connection, held: RunRecord, after: RunRecord) -> bool:
    """Update a run's row to `after`; False if it has changed since it was `held`."""
    stands = (after.head, after.status, after.reason, after.wake_ms, after.updated_ms)
    moved = connection.execute(_MOVE, (*stands, held.id, held.epoch, held.head))
    return moved.rowcount == 1


def epoch_of(connection: sqlite3.Connection, run_id: str) -> int | None:
    """The epoch of a run's claim; None if there is no such run."""
    row = connection.execute("SELECT epoch FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else int(row[0])


def put(connection: sqlite3.Connection, additions: Sequence[tuple[Place, Bodies]]) -> None:
    """Insert events of several runs."""
    connection.executemany(
        _PUT,
        [
            (place.run_id, place.first + number, place.epoch, kind, place.now_ms, body)
            for place, bodies in additions
            for number, (kind, body) in enumerate(bodies)
        ],
    )


def begin(connection: sqlite3.Connection, made: RunRecord) -> None:
    """Insert a new run's row."""
    values: Mapping[str, object] = values_of(made)
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO runs ({', '.join(values)}) VALUES ({places})", tuple(values.values()))


def found(connection: sqlite3.Connection, run_id: str) -> RunRecord | None:
    """A run's row, or None."""
    names = ", ".join(RunRecord.__struct_fields__)
    row = connection.execute(f"SELECT {names} FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else RunRecord(*row)
