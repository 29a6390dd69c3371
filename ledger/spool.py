"""The write-ahead journal: each record is written before anything relies on it.

A process owns a sequence of segments. Each new segment begins with a copy of the attempts that are still
open, so older ones can be deleted once their rows are in the database, and after a crash the remaining ones
show exactly which attempts never ended.
"""

import contextlib
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from ledger.row import Begun, UsageRow
from ledger.segments import Ownership, Segment, segments
from ledger.tape import Tape

_MOST_HELD = 10_000  # rows kept in memory while the disk is full: more than there can be open calls


_HEADROOM = 256 * 1024  # bytes by which a segment may grow if the disk is too full for the next one
_MOST_FRESH = 20_000  # rows kept in memory for the drain, some 20 MB; beyond that it reads the disk


class SpoolFull(Exception):
    """The disk is full: reject further calls (503) until there is room."""


class Spool:
    """Appends records, for one process and thread; `ledger.drain` moves the rows on.

    With `fsync` each append waits for the disk: nothing is lost in a power failure, at the cost of
    milliseconds. Without it, nothing is lost if only the process dies.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Callable[[], float],
        fsync: bool = False,
        segment_bytes: int = 8 * 1024 * 1024,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.directory = directory
        self.appended = 0  # usage rows since the start
        self.drained = 0  # usage rows the drain has written to the database
        self.dropped = 0  # usage rows lost because the disk and then the memory for them were full
        self._fsync = fsync
        self._segment_bytes = segment_bytes
        self._encode_into = msgspec.json.Encoder().encode_into
        self._buffer = bytearray()
        self._open: dict[str, Begun] = {}
        self._awaited: dict[str, list[Callable[[UsageRow], None]]] = {}
        self._held: deque[UsageRow] = deque()
        self._fresh: list[UsageRow] | None = []  # rows since the last `take`; None: too many
        self._ownership = _become_owner(directory, int(clock() * 1000))
        self._segment = Segment(self._ownership.owner, 0)
        self._tape = self._new_tape(self._segment, 0)
        self.closed = False
        self._closed_bytes = 0

    @property
    def segment(self) -> Segment:
        """The segment being written; all earlier ones of this owner are complete."""
        return self._segment

    @property
    def size(self) -> int:
        """The size of that segment's complete lines in bytes."""
        return self._tape.size

    @property
    def depth(self) -> int:
        """The number of usage rows that are not in the database yet."""
        return self.appended + len(self._held) - self.drained

    @property
    def bytes(self) -> int:
        """The size of this process's segments on disk, in bytes."""
        return self._closed_bytes + self._tape.size

    @property
    def held(self) -> int:
        """The number of usage rows waiting in memory because the disk is full."""
        return len(self._held)

    @property
    def open_attempts(self) -> int:
        """The number of attempts that began and have no usage row yet."""
        return len(self._open)

    @property
    def begun(self) -> list[Begun]:
        """The attempts that have no usage row yet."""
        return list(self._open.values())

    def await_end(self, begun: Begun, tell: Callable[[UsageRow], None]) -> None:
        """Call `tell` with the usage row of an open attempt as soon as it is written."""
        self._awaited.setdefault(begun.attempt_id, []).append(tell)

    def append(self, record: Begun | UsageRow) -> None:
        """Write one record; about a microsecond.

        On a full disk, a `Begun` raises `SpoolFull`, so that no unrecorded call is made. A `UsageRow`, for
        a call already made, is held in memory until there is room; beyond ten thousand of them it is dropped
        and counted, and `SpoolFull` is raised.
        """
        try:
            if self._held:
                self._write_held()
            self._write(record)
        except SpoolFull:
            if isinstance(record, Begun):
                raise
            self._hold(record)

    def _hold(self, row: UsageRow) -> None:
        if len(self._held) >= _MOST_HELD:
            self.dropped += 1
            raise SpoolFull(
                f"{_MOST_HELD} usage rows wait for the full disk under {self.directory}; one was dropped"
            )
        self._held.append(row)

    def take(self) -> list[UsageRow] | None:
        """The rows since the last `take`, so that the drain need not read them back from disk.

        None if there were too many, or if the last were not shipped (`untake`): then read the disk.
        """
        fresh = self._fresh
        if fresh is not None:
            self._fresh = []
        return fresh

    def untake(self) -> None:
        """The rows taken were not shipped: they must be read from disk, until `remember`."""
        self._fresh = None

    def remember(self) -> None:
        """Keep rows for `take` again from now on; earlier ones must be read from disk."""
        self._fresh = []

    def take_held(self) -> list[UsageRow]:
        """The rows waiting in memory, for the drain of a closed spool, which cannot write them any more."""
        held = list(self._held)
        self._held.clear()
        self.appended += len(held)
        return held

    def retry_held(self) -> bool:
        """Write the rows that wait in memory; False if the disk is still full."""
        try:
            self._write_held()
        except SpoolFull:
            return False
        return True

    def deleted(self, size: int) -> None:
        """Called by the drain: a complete segment of this size was deleted."""
        self._closed_bytes -= size

    def turn(self) -> None:
        """Begin a new segment, so that the drain deletes this one as soon as its rows are shipped."""
        if not self.closed:
            with contextlib.suppress(SpoolFull):  # a later call or append retries
                self._rotate(0)

    def close(self) -> None:
        """Stop writing. The segments stay for the drain, or for the next start.

        Rows still `held` afterwards are lost with the process, unless the drain takes them.
        """
        if not self.closed:
            self.retry_held()
            self._tape.close()
            self.closed = True

    def release(self, *, remove: bool) -> None:
        """Give up ownership of the segments; with `remove`, all were drained and deleted."""
        self.close()
        self._ownership.release(remove=remove)

    def _write(self, record: Begun | UsageRow) -> None:
        buffer = self._buffer
        self._encode_into(record, buffer)
        buffer += b"\n"
        if not self._tape.write(buffer):
            self._rotate(len(buffer))
            self._tape.write(buffer)
        if isinstance(record, Begun):
            self._open[record.attempt_id] = record
        else:
            self.appended += 1
            self._open.pop(record.attempt_id, None)
            if self._awaited:
                for tell in self._awaited.pop(record.attempt_id, ()):
                    tell(record)
            if self._fresh is not None:
                self._fresh.append(record)
                if len(self._fresh) > _MOST_FRESH:
                    self._fresh = None
        if self._tape.size >= self._segment_bytes:
            with contextlib.suppress(SpoolFull):  # there is still headroom, and the next append retries
                self._rotate(0)

    def _write_held(self) -> None:
        while self._held:
            self._write(self._held[0])
            self._held.popleft()

    def _rotate(self, wanted: int) -> None:
        """Continue in a new segment, which begins with the open attempts and has room for `wanted` bytes."""
        if self.closed:
            raise SpoolFull(f"the spool under {self.directory} is closed")
        lines = bytearray().join(msgspec.json.encode(begun) + b"\n" for begun in self._open.values())
        following = self._segment._replace(number=self._segment.number + 1)
        try:
            tape = self._new_tape(following, len(lines) + wanted)
        except SpoolFull as full:
            raise SpoolFull(f"{full}; calls are refused until it can be") from full
        tape.write(lines)
        self._tape.close()
        self._closed_bytes += self._tape.size
        self._segment, self._tape = following, tape

    def _new_tape(self, segment: Segment, least: int) -> Tape:
        room = max(self._segment_bytes, least) + _HEADROOM
        try:
            return Tape(segment.path(self.directory), room, fsync=self._fsync)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SpoolFull(f"cannot write under {self.directory}: {reason}") from error


def _become_owner(directory: Path, now_ms: int) -> Ownership:
    # If the clock was set back, or the process id is always the same as in a container, the name may be
    # that of a dead process's leftovers.
    for later in range(1000):
        ownership = Ownership.take(directory, f"{now_ms + later:013d}-{os.getpid()}")
        if ownership is not None:
            if not segments(directory, ownership.owner):
                return ownership
            ownership.release(remove=False)
    raise SpoolFull(f"no free name for a spool under {directory}")
