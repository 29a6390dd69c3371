"""A SQLite file with all tables, made once: each test that wants one has a copy."""

import asyncio
import shutil

import pytest

from tests.agentloop.databases import opened, sqlite_url


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """The file to copy."""
    folder = tmp_path_factory.mktemp("blank")

    async def make() -> None:
        async with opened(sqlite_url(folder)):
            pass

    asyncio.run(make())
    return folder / "runs.db"


@pytest.fixture
async def tables(blank, tmp_path):
    """A database of its own, with all tables and no run."""
    shutil.copy(blank, tmp_path / "runs.db")
    async with opened(sqlite_url(tmp_path), replays=True) as database:
        yield database
