"""An awaited engine gives back what it took, also when its caller is cancelled."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text

from storage.awaited import AwaitedEngine, awaited_engine
from tests.patience import ARRIVAL_SECONDS, until


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AwaitedEngine]:
    made = awaited_engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/a.db"), pool_size=1, max_overflow=0)
    async with made.begin() as connection:
        await connection.execute(text("CREATE TABLE words (word TEXT)"))
    yield made
    await made.dispose()


async def words(engine: AwaitedEngine) -> list[str]:
    async with asyncio.timeout(ARRIVAL_SECONDS), engine.connect() as connection:
        return [row.word for row in await connection.execute(text("SELECT word FROM words"))]


async def add(engine: AwaitedEngine, word: str, then: asyncio.Event | None = None) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("INSERT INTO words VALUES (?)", (word,))
        if then is not None:
            await then.wait()


async def test_what_a_whole_block_wrote_stays(engine: AwaitedEngine) -> None:
    await add(engine, "whole")
    assert await words(engine) == ["whole"]


async def test_what_a_block_wrote_before_it_raised_does_not(engine: AwaitedEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await connection.exec_driver_sql("INSERT INTO words VALUES ('half')")
            raise ZeroDivisionError
    async with engine.connect() as connection:
        await connection.exec_driver_sql("INSERT INTO words VALUES ('not committed')")
    assert await words(engine) == []


@pytest.mark.parametrize("turns", range(12))
async def test_the_only_connection_comes_back_wherever_its_holder_is_cancelled(
    engine: AwaitedEngine, turns: int
) -> None:
    holder = asyncio.ensure_future(add(engine, "held", asyncio.Event()))
    for _ in range(turns):
        await asyncio.sleep(0.001)
    while not holder.done():  # the second and third reach it while it puts its connection away
        holder.cancel()
        await asyncio.sleep(0)
    assert await words(engine) == []


@pytest.mark.parametrize("turns", range(6))
async def test_what_a_cancelled_holder_was_giving_back_is_closed_with_the_engine(
    tmp_path: Path, turns: int
) -> None:
    made = awaited_engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/a.db"))
    opened, closed = [], []
    event.listen(made.sync, "connect", lambda connection, _: opened.append(connection))
    event.listen(made.sync, "close", lambda connection, _: closed.append(connection))
    leave = asyncio.Event()

    async def hold() -> None:
        async with made.connect() as connection:
            await connection.execute(text("SELECT 1"))
            await leave.wait()

    holder = asyncio.ensure_future(hold())
    await until(lambda: opened)
    leave.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    holder.cancel()
    await asyncio.wait([holder])
    await made.dispose()
    assert closed == opened


async def test_options_are_those_of_the_connection(engine: AwaitedEngine) -> None:
    async with engine.with_options(reads=True).connect() as connection:
        assert connection.sync.get_execution_options()["reads"] is True
    async with engine.connect() as connection:
        assert "reads" not in connection.sync.get_execution_options()
