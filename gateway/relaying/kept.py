"""A body that can be sent again: in memory, or beyond a megabyte in an unnamed temporary file."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from typing import IO

from gateway.relaying.forms import Piece

MEMORY = 1024 * 1024  # bytes of one body
_READ = 256 * 1024


class Kept:
    """The pieces in order; each None among them is replaced by a name given at each sending."""

    def __init__(self, memory: int = MEMORY) -> None:
        self.size = 0
        self._most = memory
        self._memory: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._holes: list[int] = []

    async def add(self, piece: Piece) -> None:
        """Keep one more piece. Raises OSError if the disk is full."""
        if piece is None:
            self._holes.append(self.size)
            return
        self.size += len(piece)
        self._memory.append(piece)
        if self._file is None and self.size > self._most:
            self._file = await asyncio.to_thread(tempfile.TemporaryFile)
        if self._file is not None:
            data = b"".join(self._memory)
            self._memory.clear()
            await asyncio.to_thread(_write, self._file, data)

    async def pieces(self, name: bytes) -> AsyncIterator[bytes]:
        """Everything kept so far, with this name in place of each None."""
        start = 0
        for end in (*self._holes, None):
            async for data in self._between(start, self.size if end is None else end):
                yield data
            if end is not None:
                yield name
                start = end

    def close(self) -> None:
        """Discard everything, the file included."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._memory.clear()

    async def _between(self, start: int, end: int) -> AsyncIterator[bytes]:
        if self._file is None:
            yield b"".join(self._memory)[start:end]
            return
        while start < end:
            # At an explicit offset: an aborted sending may still move the file's own position.
            data = await asyncio.to_thread(os.pread, self._file.fileno(), min(_READ, end - start), start)
            if not data:
                raise OSError("a kept body is shorter than what was kept")
            start += len(data)
            yield data


def _write(file: IO[bytes], data: bytes) -> None:
    file.write(data)
    file.flush()
