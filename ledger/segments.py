"""Spool segments on disk: their names, their owners, and reading back their lines."""

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from dialects.errors import UNREADABLE
from ledger.row import Begun, UsageRow

_SUFFIX = ".jsonl"
_LOCK = ".lock"
_BEGUN = b'["b",'
_DAMAGED = "damaged.txt"  # unreadable lines are kept here for inspection
_NUL, _REPLACEMENT = rb"\u0000", rb"\ufffd"
_MOST_BYTES_READ = 128 * 1024  # at once, so that the event loop is blocked for a millisecond at most
_ZEROS = bytes(4096)

_log = logging.getLogger("signalbox.ledger")
_decode = msgspec.json.Decoder(Begun | UsageRow).decode


class Segment(NamedTuple):
    """One spool file of one process (`owner`). Sorts by age within an owner."""

    owner: str  # f"{milliseconds at start}-{pid}"
    number: int

    def path(self, directory: Path) -> Path:
        return directory / f"{self.owner}-{self.number:08d}{_SUFFIX}"


def segment_of(path: Path) -> Segment | None:
    """The segment with this file name; None for any other file."""
    owner, _, number = path.name.removesuffix(_SUFFIX).rpartition("-")
    if path.suffix != _SUFFIX or not owner or not number.isdecimal():
        return None
    return Segment(owner, int(number))


def segments(directory: Path, owner: str | None = None) -> list[Segment]:
    """The segments in a directory, of one owner or of all, oldest first."""
    found = filter(None, map(segment_of, directory.iterdir()))
    return sorted(segment for segment in found if owner in (None, segment.owner))


class Ownership:
    """A file lock: the process that wrote these segments is alive, or another is cleaning up after it.

    The kernel releases it when the process dies, however it dies.
    """

    def __init__(self, directory: Path, owner: str, descriptor: int) -> None:
        self.owner = owner
        self._path = _lock_path(directory, owner)
        self._descriptor = descriptor

    @classmethod
    def take(cls, directory: Path, owner: str) -> "Ownership | None":
        """Take an owner's lock; None if a living process holds it, or if it was just cleaned up."""
        path = _lock_path(directory, owner)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between our open and our lock, another process may have cleaned up and removed the file.
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return cls(directory, owner, descriptor)
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return None

    def release(self, *, remove: bool) -> None:
        """Release the lock; with `remove`, for an owner without segments, also delete the lock file."""
        if self._descriptor < 0:
            return
        if remove:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1


def orphans(directory: Path) -> Iterator[Ownership]:
    """Each dead process with leftover files, with its lock taken; the caller releases it."""
    locked = {path.stem for path in directory.glob(f"*{_LOCK}")}
    for owner in sorted(locked | {segment.owner for segment in segments(directory)}):
        ownership = Ownership.take(directory, owner)
        if ownership is not None:
            yield ownership


@dataclass(frozen=True, slots=True)
class Lines:
    """The result of one read: records in order, and the offset of the next read."""

    records: tuple[Begun | UsageRow, ...]
    offset: int
    damaged: tuple[bytes, ...] = ()


def read_lines(path: Path, offset: int, until: int | None = None, *, rows_only: bool = False) -> Lines:
    """The complete lines from `offset` on, before `until` if given, about 128 KiB; `rows_only`: no `Begun`.

    An incomplete last line is left for the next read. A line that cannot be decoded is returned in
    `damaged`, so that one bad line never blocks those after it.
    """
    most = _MOST_BYTES_READ if until is None else min(_MOST_BYTES_READ, until - offset)
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(most)
        end = data.rfind(b"\n") + 1
        if end == 0 and len(data) == _MOST_BYTES_READ:
            # A record longer than one read: a very long trail. Or zeros: after the last record of a segment
            # that was never closed, or in pages lost in a power failure, before others.
            data += file.readline()
            end = data.rfind(b"\n") + 1
    whole = data[:end]
    if _NUL in whole:  # PostgreSQL cannot store NUL in a text, and callers choose some texts
        whole = whole.replace(_NUL, _REPLACEMENT)
    lines = whole.split(b"\n")[:-1]
    if rows_only:
        lines = [line for line in lines if not line.startswith(_BEGUN)]
    try:
        records = tuple(map(_decode, lines))
    except UNREADABLE:
        return _read_one_by_one(lines, offset + end)
    return Lines(records, offset + end)


def torn_end(path: Path, offset: int) -> bytes:
    """The incomplete last line of a killed process; only meaningful once its owner is dead."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    end = len(data)
    while data.endswith(_ZEROS, 0, end):  # `rstrip` alone takes a hundred times as long on megabytes
        end -= len(_ZEROS)
    return data[:end].rstrip(b"\0")


def set_aside(directory: Path, lines: Sequence[bytes]) -> None:
    """Append lines that could not be read or stored to a file, for inspection by a person."""
    place = directory / _DAMAGED
    with place.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)
    _log.error("%d lines of the ledger cannot be read or stored; they are kept in %s", len(lines), place)


def _read_one_by_one(lines: Sequence[bytes], offset: int) -> Lines:
    records: list[Begun | UsageRow] = []
    damaged: list[bytes] = []
    for each in lines:
        line = each.lstrip(b"\0")  # a lost page is gone, but what follows it is complete
        try:
            records.append(_decode(line))
        except UNREADABLE:
            damaged.append(line)
    return Lines(tuple(records), offset, tuple(damaged))


def _lock_path(directory: Path, owner: str) -> Path:
    return directory / f"{owner}{_LOCK}"
