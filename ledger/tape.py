"""The spool segment being written: memory-mapped, so that a record costs a copy and no system call.

The pages belong to the kernel, so what was written outlives the process however it dies, as after `write()`.
And unlike `write()` the copy does not give the interpreter away to another thread, which beside a busy
database cost more than the rest of the record. The blocks are allocated when the segment is made: a full disk
is an error there, and never a fault in the middle of a copy.
"""

import mmap
import os
from pathlib import Path

_IN_MEMORY = 512 * 1024  # bytes of written pages that are mapped at most; a multiple of any page's size


class Tape:
    """Owned by one thread. After the last record the file holds zeros until it is closed."""

    __slots__ = ("_descriptor", "_easy", "_fsync", "_map", "_mark", "room", "size")

    def __init__(self, path: Path, room: int, *, fsync: bool) -> None:
        """Make the file, with `room` bytes. Raises OSError; then there is no file."""
        self.room = room
        self.size = 0
        self._mark = _IN_MEMORY  # where the pages before it are let go
        self._fsync = fsync
        self._easy = 0  # until here nothing is to be done but the copy
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(self._descriptor, 0, room)
            self._map = mmap.mmap(self._descriptor, room)
        except BaseException:
            os.close(self._descriptor)
            path.unlink()
            raise

    def write(self, line: bytes | bytearray) -> bool:
        """Append a line; False when there is no room. With fsync it is on the disk itself then."""
        start = self.size
        end = start + len(line)
        if end > self._easy:
            return self._write_with_care(line)
        self._map[start:end] = line
        self.size = end
        return True

    def _write_with_care(self, line: bytes | bytearray) -> bool:
        start, end = self.size, self.size + len(line)
        if end > self.room:
            return False
        self._map[start:end] = line
        self.size = end
        if self._fsync:
            page = start - start % mmap.ALLOCATIONGRANULARITY
            self._map.flush(page, end - page)
        if end >= self._mark:
            self._let_go()
        if not self._fsync:
            self._easy = min(self.room, self._mark - 1)
        return True

    def _let_go(self) -> None:
        """Nothing reads what was written here: the kernel keeps its pages, and the process counts none."""
        full = self.size - self.size % _IN_MEMORY
        self._map.madvise(mmap.MADV_DONTNEED, 0, full)
        self._mark = full + _IN_MEMORY

    def close(self) -> None:
        """Cut the file to what was written; from now on there is no room."""
        self.room = self._easy = 0
        self._map.close()
        os.ftruncate(self._descriptor, self.size)
        os.close(self._descriptor)
