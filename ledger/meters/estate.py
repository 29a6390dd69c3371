"""What a process may owe of its leases, written where it outlives the process.

A process that dies can report nothing any more. Whoever finds its files later reports in its name, so that of
what it held only that counts as used which vendors may bill. The numbers are mapped into memory: a change
costs a store, no system call, and belongs to the kernel as soon as it is made.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from dialects.errors import UNREADABLE
from ledger.segments import Ownership

MOST = 4096  # meters of one process that are written down; the leases of any others just end
_NUMBERS = 4  # of one meter
_STARTS, _NUMBER, _TOLD, _OWED = range(_NUMBERS)
_METER = struct.Struct(f"={_NUMBERS}q")
_BYTES = MOST * _METER.size


class Left(NamedTuple):
    """What is known about one meter of a dead process. `owed` includes what was `told` without an answer."""

    key: str
    width: int  # ms of a window that slides; 0: the calendar's
    starts: int
    number: int  # of its last report
    told: int
    owed: int


class Debt:
    """One meter's numbers, written in an order in which a crash in between overstates the debt."""

    __slots__ = ("_at", "_cells", "_owed", "_starts")

    def __init__(self, cells: "memoryview[int]", place: int) -> None:
        self._cells = cells
        self._at = place * _NUMBERS
        self._owed = self._at + _OWED
        self._starts = 0  # of the window, as in its cell

    def begin(self, starts: int, owed: int = 0) -> None:
        """A window begins; of the one before nothing is owed any more."""
        cells, at = self._cells, self._at
        cells[at + _TOLD] = 0
        cells[at + _OWED] = owed
        cells[at + _STARTS] = self._starts = starts

    def add(self, amount: int, since: int) -> None:
        """A call that came then may have to be paid so much more, or less; of an earlier window it is not."""
        if since >= self._starts:
            self._cells[self._owed] += amount

    def tells(self, number: int, amount: int) -> None:
        """What is owed is about to be reported, or a part of it."""
        self._cells[self._at + _NUMBER] = number
        self._cells[self._at + _TOLD] = amount

    def told(self, amount: int) -> None:
        """That report was answered."""
        cells, at = self._cells, self._at
        cells[at + _TOLD] = 0
        cells[at + _OWED] = max(0, cells[at + _OWED] - amount)

    @property
    def owed(self) -> int:
        """Nano-dollars that no report has told of, or none that was answered."""
        return self._cells[self._owed]


class Estate:
    """The debts of one process, which is alive as long as it has the lock of its name."""

    def __init__(self, folder: Path, process: str) -> None:
        """Raises OSError: no room, or no right to write there."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ownership = Ownership.take(folder, process)
        if ownership is None:
            raise FileExistsError(f"{folder}/{process} is another process's")
        self._ownership = ownership
        self.folder, self._process = folder, process
        self._debts: list[Debt] = []
        self._names = folder / f"{process}.names"
        self._names.touch(mode=0o600)
        descriptor = os.open(folder / f"{process}.owed", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, _BYTES)  # a full disk is an error here, not a fault later
            self._map = mmap.mmap(descriptor, _BYTES)
        finally:
            os.close(descriptor)
        self._cells = memoryview(self._map).cast("q")

    def open(self, key: str, width: int, starts: int, owed: int) -> Debt | None:
        """The place of one more meter; None: there are too many."""
        if len(self._debts) >= MOST:
            return None
        debt = Debt(self._cells, len(self._debts))
        debt.begin(starts, owed)
        with self._names.open("ab") as names:
            names.write(msgspec.json.encode((key, width)) + b"\n")
        self._debts.append(debt)
        return debt

    def close(self) -> None:
        """The process ends. Where nothing is owed nothing is left."""
        owes = any(debt.owed for debt in self._debts)
        # The debts keep the map: a call that settles this late writes into it, and nobody reads it.
        if not owes:
            _remove(self.folder, self._process)
        self._ownership.release(remove=not owes)


class Heirless(NamedTuple):
    """A dead process's estate, locked. Call `release`, with True once everything was reported."""

    process: str
    left: list[Left]
    folder: Path
    ownership: Ownership

    def release(self, *, done: bool) -> None:
        """Let go of it, and with `done` of its files."""
        if done:
            _remove(self.folder, self.process)
        self.ownership.release(remove=done)


def heirless(folder: Path) -> Iterator[Heirless]:
    """Each dead process that left debts here."""
    for path in sorted(folder.glob("*.owed")):
        ownership = Ownership.take(folder, path.stem)
        if ownership is not None:
            yield Heirless(path.stem, _read(folder, path.stem), folder, ownership)


def _read(folder: Path, process: str) -> list[Left]:
    lines = (folder / f"{process}.names").read_bytes().split(b"\n")[:-1]  # the last was not written in full
    numbers = (folder / f"{process}.owed").read_bytes()
    found = []
    for line, (starts, number, told, owed) in zip(lines, _METER.iter_unpack(_whole(numbers)), strict=False):
        try:
            key, width = msgspec.json.decode(line, type=tuple[str, int])
        except UNREADABLE:
            continue  # damaged: its lease just ends, and all that it held counts as used
        found.append(Left(key, width, starts, number, told, max(0, owed)))
    return found


def _whole(numbers: bytes) -> bytes:
    return numbers[: len(numbers) - len(numbers) % _METER.size]


def _remove(folder: Path, process: str) -> None:
    for ending in ("names", "owed"):
        (folder / f"{process}.{ending}").unlink(missing_ok=True)
