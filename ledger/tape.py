"""The spool segment being written: memory-mapped, so that a record costs a copy and no system call.

The pages belong to the kernel, so written data survives the process however it dies, as after `write()`.
Unlike `write()`, a copy does not release the GIL to another thread, which beside a busy database cost more
than the rest of the record. The blocks are allocated when the segment is created: a full disk is an error
then, and never a fault in the middle of a copy.
"""

import mmap
import os
from pathlib import Path

_IN_MEMORY = 512 * 1024  # most bytes of written pages kept mapped; a multiple of any page size


class Tape:
    """A memory-mapped file, appended to by one thread. Until it is closed, zeros follow the last record."""

    __slots__ = ("_descriptor", "_easy", "_fsync", "_map", "_mark", "room", "size")

    def __init__(self, path: Path, room: int, *, fsync: bool) -> None:
        """Create the file with `room` bytes. Raises OSError, and then leaves no file."""
        self.room = room
        self.size = 0
        self._mark = _IN_MEMORY  # size at which the pages before it are released
        self._fsync = fsync
        self._easy = 0  # up to here, writing is only a copy
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(self._descriptor, 0, room)
            self._map = mmap.mmap(self._descriptor, room)
        except BaseException:
            os.close(self._descriptor)
            path.unlink()
            raise

    def write(self, line: bytes | bytearray) -> bool:
        """Append a line; False if there is no room. With fsync, it has reached the disk on return."""
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
        """Drop written pages from this process's memory: they are not read here; the kernel keeps them."""
        full = self.size - self.size % _IN_MEMORY
        self._map.madvise(mmap.MADV_DONTNEED, 0, full)
        self._mark = full + _IN_MEMORY

    def close(self) -> None:
        """Truncate the file to what was written; further writes return False."""
        self.room = self._easy = 0
        self._map.close()
        os.ftruncate(self._descriptor, self.size)
        os.close(self._descriptor)
