"""Where the contents of files are stored: a folder, behind a Protocol for other places."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Protocol

_PIECE = 256 * 1024  # bytes read at once
_PRIVATE = 0o700
_PART = ".part"


class Blobs(Protocol):
    """File contents by name; names use letters, digits, `-`, `_` and `.`. Raises OSError on failure."""

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        """Store all of it or nothing, and return its size in bytes. Replaces any content of that name."""

    def read(self, name: str) -> AsyncIterator[bytes]:
        """The content, in pieces. Raises FileNotFoundError if there is none."""

    async def has(self, name: str) -> bool:
        """Whether there is content of this name."""

    async def delete(self, name: str) -> None:
        """Delete it; no error if there is none."""

    async def older(self, than: float) -> list[str]:
        """Names of contents last written before this Unix time, including unfinished writes."""


class Folder:
    """A folder, on one machine or on shared storage. Content appears only once it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        await asyncio.to_thread(self._path.mkdir, _PRIVATE, parents=True, exist_ok=True)
        part = self._path / f"{name}{_PART}"
        size = 0
        file = await asyncio.to_thread(part.open, "wb")
        try:
            async for piece in pieces:
                size += len(piece)
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(_complete, file, part, self._path / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            file.close()
        return size

    async def read(self, name: str) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread((self._path / name).open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
        finally:
            file.close()

    async def has(self, name: str) -> bool:
        return await asyncio.to_thread((self._path / name).exists)

    async def delete(self, name: str) -> None:
        await asyncio.to_thread((self._path / name).unlink, missing_ok=True)

    async def older(self, than: float) -> list[str]:
        return await asyncio.to_thread(self._older, than)

    def _older(self, than: float) -> list[str]:
        if not self._path.exists():
            return []
        with os.scandir(self._path) as entries:
            return [entry.name for entry in entries if entry.is_file() and entry.stat().st_mtime < than]


def _complete(file: IO[bytes], part: Path, whole: Path) -> None:
    """Make the content durable and visible: it must survive a power cut, as a row will say that it exists."""
    file.flush()
    os.fsync(file.fileno())
    part.replace(whole)
