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
    """Contents by names of ours, of letters, digits, `-`, `_` and `.`. Raises OSError when a place fails."""

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        """Keep it all, or nothing of it; how many bytes it has. What was there under the name is replaced."""

    def read(self, name: str) -> AsyncIterator[bytes]:
        """The content, in pieces. FileNotFoundError when there is none."""

    async def has(self, name: str) -> bool:
        """Whether it is there."""

    async def delete(self, name: str) -> None:
        """It is not there any more, if it ever was."""

    async def older(self, than: float) -> list[str]:
        """The names of what was written before this Unix time, also of what never came to its end."""


class Folder:
    """A folder of one machine, or one that several share. A content is there as soon as it is whole."""

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
    """A power cut after this leaves the content: a row in a database will say that it is there."""
    file.flush()
    os.fsync(file.fileno())
    part.replace(whole)
