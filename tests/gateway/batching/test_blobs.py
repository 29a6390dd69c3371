"""A content is there whole or not at all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.batching.blobs import Folder


async def pieces(*parts: bytes | Exception) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part


async def read(folder: Folder, name: str) -> bytes:
    return b"".join([piece async for piece in folder.read(name)])


async def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "files")
    assert not await folder.has("a")
    assert await folder.write("a", pieces(b"one ", b"two")) == 7
    assert await folder.has("a")
    assert await read(folder, "a") == b"one two"
    large = b"x" * 600_000
    assert await folder.write("a", pieces(large, large)) == 1_200_000
    assert await read(folder, "a") == large * 2
    await folder.delete("a")
    await folder.delete("a")
    with pytest.raises(FileNotFoundError):
        await read(folder, "a")


async def test_what_breaks_off_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await folder.write("a", pieces(b"old"))
    with pytest.raises(ValueError, match="broken"):
        await folder.write("a", pieces(b"new", ValueError("broken")))
    assert await read(folder, "a") == b"old"
    assert await folder.older(float("inf")) == ["a"]


async def test_only_its_owner_sees_the_folder(tmp_path: Path) -> None:
    await Folder(tmp_path / "files").write("a", pieces(b"x"))
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700


async def test_the_old_are_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "files")
    assert await folder.older(0) == []
    await folder.write("a", pieces(b"x"))
    written = (tmp_path / "files" / "a").stat().st_mtime
    assert await folder.older(written) == []
    assert await folder.older(written + 1) == ["a"]
