"""What a process may owe on its leases, written to files that outlive it (its estate).

A dead process cannot report. Another that finds its files reports for it, so that of its leases only what
vendors may bill counts as used. The numbers are memory-mapped: a change costs a store, not a system call, and
belongs to the kernel at once.
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

MOST = 4096  # meters recorded per process; leases of any others just expire
_NUMBERS = 4  # per meter
_STARTS, _NUMBER, _TOLD, _OWED = range(_NUMBERS)
_METER = struct.Struct(f"={_NUMBERS}q")
_BYTES = MOST * _METER.size


class Left(NamedTuple):
    """One meter of a dead process. `owed` includes `told`, which was reported but not confirmed."""

    key: str
    width: int  # of a sliding window in ms; 0: a calendar window
    starts: int
    number: int  # its last report's
    told: int
    owed: int


class Debt:
    """One meter's numbers, written in such an order that a crash in between overstates the debt."""

    __slots__ = ("_at", "_cells", "_owed", "_starts")

    def __init__(self, cells: "memoryview[int]", place: int) -> None:
        self._cells = cells
        self._at = place * _NUMBERS
        self._owed = self._at + _OWED
        self._starts = 0  # the window's start, as in its cell

    def begin(self, starts: int, owed: int = 0) -> None:
        """A window begins; debts of the previous one are dropped."""
        cells, at = self._cells, self._at
        cells[at + _TOLD] = 0
        cells[at + _OWED] = owed
        cells[at + _STARTS] = self._starts = starts

    def add(self, amount: int, since: int) -> None:
        """Change the debt for a call that arrived at `since`; ignored if that was in an earlier window."""
        if since >= self._starts:
            self._cells[self._owed] += amount

    def tells(self, number: int, amount: int) -> None:
        """This amount, all or part of the debt, is about to be reported."""
        self._cells[self._at + _NUMBER] = number
        self._cells[self._at + _TOLD] = amount

    def told(self, amount: int) -> None:
        """The report of this amount was confirmed."""
        cells, at = self._cells, self._at
        cells[at + _TOLD] = 0
        cells[at + _OWED] = max(0, cells[at + _OWED] - amount)

    @property
    def owed(self) -> int:
        """Nano-dollars that were not reported, or not in a confirmed report."""
        return self._cells[self._owed]


class Estate:
    """The debts of one process, which holds a lock on them as long as it lives."""

    def __init__(self, folder: Path, process: str) -> None:
        """Raises OSError if there is no space, or no permission to write there."""
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
        """Record one more meter; None: there are too many."""
        if len(self._debts) >= MOST:
            return None
        debt = Debt(self._cells, len(self._debts))
        debt.begin(starts, owed)
        with self._names.open("ab") as names:
            names.write(msgspec.json.encode((key, width)) + b"\n")
        self._debts.append(debt)
        return debt

    def close(self) -> None:
        """The process ends. Deletes the files if nothing is owed."""
        owes = any(debt.owed for debt in self._debts)
        # The map stays open: a call that settles this late still writes to it, without effect.
        if not owes:
            _remove(self.folder, self._process)
        self._ownership.release(remove=not owes)


class Heirless(NamedTuple):
    """A dead process's estate, locked. Call `release`, with `done` once everything was reported."""

    process: str
    left: list[Left]
    folder: Path
    ownership: Ownership

    def release(self, *, done: bool) -> None:
        """Release the lock; with `done`, also delete the files."""
        if done:
            _remove(self.folder, self.process)
        self.ownership.release(remove=done)


def heirless(folder: Path) -> Iterator[Heirless]:
    """Each dead process's estate in this folder, locked."""
    for path in sorted(folder.glob("*.owed")):
        ownership = Ownership.take(folder, path.stem)
        if ownership is not None:
            yield Heirless(path.stem, _read(folder, path.stem), folder, ownership)


def _read(folder: Path, process: str) -> list[Left]:
    lines = (folder / f"{process}.names").read_bytes().split(b"\n")[:-1]  # the last is empty or torn
    numbers = (folder / f"{process}.owed").read_bytes()
    found = []
    for line, (starts, number, told, owed) in zip(lines, _METER.iter_unpack(_whole(numbers)), strict=False):
        try:
            key, width = msgspec.json.decode(line, type=tuple[str, int])
        except UNREADABLE:
            continue  # damaged: its lease just expires, and all of it counts as used
        found.append(Left(key, width, starts, number, told, max(0, owed)))
    return found


def _whole(numbers: bytes) -> bytes:
    return numbers[: len(numbers) - len(numbers) % _METER.size]


def _remove(folder: Path, process: str) -> None:
    for ending in ("names", "owed"):
        (folder / f"{process}.{ending}").unlink(missing_ok=True)
