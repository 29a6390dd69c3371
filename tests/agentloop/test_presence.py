"""Who lives is seen by the others, and who is killed is missed at once, on either database."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from agentloop import presence as module
from agentloop.journal import Journal
from agentloop.presence import SessionPresence, presence
from storage.errors import StoreDown, StoreSlow
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_journal import CREATED, RECORD
from tests.storage.postgres import postgres

ROOT = Path(__file__).parents[2]
ANOTHER = """
import asyncio, sys
from agentloop.presence import presence
from storage.engine import open_database

async def main():
    async def bury(workers):
        print("buried", *workers, flush=True)
    await presence(open_database(sys.argv[1]), "w1").watch(lambda: print("shown", flush=True), bury)

asyncio.run(main())
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("runs"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
def another(url):
    """A process with the worker w1, to be killed."""
    started = subprocess.Popen(
        [sys.executable, "-c", ANOTHER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with started as process:
        yield process
        process.kill()


async def test_a_worker_that_is_killed_is_missed_at_once_and_a_stopped_one_is_not(url, another):
    async with opened(url) as database:
        assert (await asyncio.to_thread(another.stdout.readline)).strip() == "shown"
        journal = Journal(database, time.monotonic)
        await journal.create(RECORD, CREATED)
        await journal.claim("w1", 1000)
        buried = asyncio.Queue()

        async def bury(workers):
            await journal.bury(workers)
            buried.put_nowait(workers)

        watching = asyncio.ensure_future(presence(database, "w2").watch(lambda: None, bury))
        os.kill(another.pid, signal.SIGSTOP)
        await asyncio.sleep(0.7)
        assert buried.empty()
        another.kill()
        assert await asyncio.wait_for(buried.get(), 60) == ["w1"]
        assert await journal.claim("w2", 10) is not None
        await asyncio.sleep(0.4)
        assert buried.empty()
        watching.cancel()
        await asyncio.wait([watching])


async def test_what_cannot_be_taken_over_now_is_looked_at_again(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        (tmp_path / "runs.db.workers").mkdir()
        (tmp_path / "runs.db.workers" / "w1").touch()
        tries, away = asyncio.Queue(), [StoreDown("away")]

        async def bury(workers):
            tries.put_nowait(workers)
            if away:
                raise away.pop()

        watching = asyncio.ensure_future(presence(database, "w2").watch(lambda: None, bury))
        for _ in range(2):
            assert await asyncio.wait_for(tries.get(), 60) == ["w1"]
        await asyncio.sleep(0.3)
        assert tries.empty()
        assert os.listdir(tmp_path / "runs.db.workers") == ["w2"]
        watching.cancel()
        await asyncio.wait([watching])


async def test_where_no_file_can_be_made_runs_are_driven_all_the_same(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        (tmp_path / "runs.db.workers").touch()
        shown = []
        await presence(database, "w2").watch(lambda: shown.append(True), lambda workers: asyncio.sleep(0))
        assert shown == [True]


class Slow:
    """A database that does not answer the first who comes."""

    def __init__(self, database) -> None:
        self.database = database
        self.refused = 0

    def session(self, deadline):
        self.refused += 1
        if self.refused == 1:
            raise StoreSlow("busy")
        return self.database.session(deadline)


@pytest.mark.parametrize("up", [100.0, 1.5])
async def test_who_was_not_answered_at_first_waits_only_where_the_server_is_as_new(monkeypatch, up):
    """And what cannot be taken over now is no reason to let go of the own lock."""
    shows = f"SELECT pg_advisory_lock(:class, :key), {up}::float8 AS seconds"
    monkeypatch.setattr(module, "_LOCK", text(shows))
    with postgres() as url:
        async with opened(url) as database:
            journal = Journal(database, time.monotonic)
            await journal.create(RECORD, CREATED)
            await journal.claim("w1", 1000)
            tries, shown, away = asyncio.Queue(), [], [StoreDown("away")]

            async def bury(workers):
                tries.put_nowait(workers)
                if away:
                    raise away.pop()
                await journal.bury(workers)

            slow = Slow(database)
            began = time.monotonic()
            watching = asyncio.ensure_future(
                SessionPresence(slow, "w2").watch(lambda: shown.append(True), bury)
            )
            for _ in range(2):
                assert await asyncio.wait_for(tries.get(), 20) == ["w1"]
            waited = time.monotonic() - began
            assert (waited > 1.5) is (up < 3)
            assert (shown, slow.refused) == ([True], 2)
            watching.cancel()
            await asyncio.wait([watching])


class Breaking:
    """A database whose first connection breaks once the lock is held, and that is then away."""

    def __init__(self) -> None:
        self.opened = 0

    @asynccontextmanager
    async def session(self, deadline):
        self.opened += 1
        if self.opened > 1:
            raise StoreDown("away")
        yield self

    async def fetch(self, statement, values):
        if statement is module._LOCK:
            return [SimpleNamespace(seconds=1e9)]
        raise StoreDown("the connection broke")


async def test_who_lost_its_connection_is_back_before_others_look_twice(monkeypatch):
    slept, enough = [], asyncio.Event()

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) >= 4:
            enough.set()
            await asyncio.Future()

    monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=sleep))
    watching = asyncio.ensure_future(
        SessionPresence(Breaking(), "w1").watch(lambda: None, lambda workers: asyncio.sleep(0))
    )
    await asyncio.wait_for(enough.wait(), 20)
    watching.cancel()
    await asyncio.wait([watching])
    _, back, *later = slept
    assert back < module._AGAIN_SECONDS < min(later)
