"""The worker takes what is free, leaves what is not, and sweeps up."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from config.catalog import PriceOverride
from gateway.batching.worker import Prices, Worker
from gateway.deployment import UpstreamPool
from ledger.batches import Batches
from ledger.files import KeptFile
from storage.errors import StoreDown
from tests.gateway.batching.bench import DAY, NOW, Bench, bench, line, once
from tests.gateway.road import HANG, Answer, Road
from tests.patience import until


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    task = asyncio.ensure_future(worker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def ended(here: Bench, batch_id: str = "batch_sb1") -> str:
    for _ in range(3000):
        batch = await here.batch(batch_id)
        if not batch.at_work:
            return batch.status
        await asyncio.sleep(0.01)
    raise AssertionError(f"it did not end: {batch}")


async def test_what_is_made_is_run_at_once_beside_what_runs_already(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        worker = Worker(here.road.services, here.tools)
        async with at_work(worker):
            await here.add(line("a"))
            worker.wake()
            await here.add(line("b"), id="batch_sb2")
            worker.wake()
            assert await ended(here) == await ended(here, "batch_sb2") == "completed"
        assert worker.waiting == worker.gate.inside == 0


async def test_two_workers_ask_each_line_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        for number in range(6):
            await here.add(*(line(f"n{n}") for n in range(5)), id=f"batch_sb{number}")
        workers = [Worker(here.road.services, here.tools) for _ in range(2)]
        async with at_work(workers[0]), at_work(workers[1]):
            for number in range(6):
                assert await ended(here, f"batch_sb{number}") == "completed"
        assert len(here.road.vendors.requests) == 30


async def test_who_stops_waits_for_what_is_on_its_way(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        worker = Worker(here.road.services, here.tools)
        stopping: list[asyncio.Future[None]] = []

        async def stop() -> None:
            stopping.append(asyncio.ensure_future(worker.finish(30)))
            await asyncio.sleep(0)

        here.road.vendors.script["a"] = [Answer(steps=(stop, b'{"choices":[{}]}')), Answer()]
        await here.add(line("a"), line("b"))
        async with at_work(worker):
            await until(lambda: bool(stopping))
            await stopping[0]
        assert ((await here.batch()).status, (await here.batch()).completed) == ("in_progress", 1)
        assert await here.tools.batches.claim(5) is not None, "it was not released"


async def test_who_stops_does_not_wait_for_ever(tmp_path: Path) -> None:
    async with bench(tmp_path, {"a": [Answer(fails=HANG)]}) as here:
        await here.add(line("a"))
        worker = Worker(here.road.services, here.tools)
        async with at_work(worker):
            await until(lambda: bool(here.road.vendors.requests))
            await worker.finish(0.05)
        assert [row.status for row in here.road.rows] == ["cancelled"]


async def test_a_cancellation_is_noticed_at_once(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        worker = Worker(here.road.services, here.tools)

        async def cancel() -> None:
            await here.tools.batches.cancel("batch_sb1")
            await worker.notice("batch_sb1")
            await worker.notice("batch_sb_of_others")

        here.road.vendors.script["a"] = [Answer(steps=(cancel, b'{"choices":[{}]}'))]
        await here.add(line("a"), line("b"))
        async with at_work(worker):
            assert await ended(here) == "cancelled"
        assert len(here.road.vendors.requests) == 1


async def test_a_batch_whose_file_lies_elsewhere_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.batching.worker._LOOK_SECONDS", 0.01)
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        await here.tools.blobs.delete("in-batch_sb1")
        worker = Worker(here.road.services, here.tools)
        async with at_work(worker):
            await asyncio.sleep(0.2)
        assert (await here.batch()).status == "validating"


async def test_a_database_that_is_away_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, refusals = Batches.claim, [StoreDown("away"), StoreDown("away")]

    async def shaky(batches: Batches, *given: object) -> object:
        if refusals:
            raise refusals.pop()
        return await claim(batches, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Batches, "claim", shaky)
    monkeypatch.setattr("gateway.batching.worker._LOOK_SECONDS", 0.01)
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        async with at_work(Worker(here.road.services, here.tools)):
            assert await ended(here) == "completed"


async def test_what_outlived_its_time_is_swept(tmp_path: Path) -> None:
    async with bench(tmp_path, keep=10.0 * DAY) as here:
        await here.add(line("a"))
        worker = Worker(here.road.services, here.tools)
        async with at_work(worker):
            await ended(here)
        for name in ("left", "left.part", "new", "known"):
            await here.tools.blobs.write(name, once(b"x"))
        await here.tools.files.add(KeptFile("k", "t", "batch", "k", 1, "known", 1, 10**14))
        for file in here.folder.iterdir():  # noqa: ASYNC240 - a folder of five files
            age = 0 if file.name == "new" else 9 * DAY
            os.utime(file, (NOW + 11 * DAY - age,) * 2)
        here.time.now += 11 * DAY
        await worker.sweep()
        left = {file.name for file in here.folder.iterdir()}  # noqa: ASYNC240
        assert left == {"in-batch_sb1", "new", "known"}
        assert await here.tools.batches.get("batch_sb1") is None


def test_prices_of_batches_are_made_once_for_each_configuration() -> None:
    road = Road({"a": [Answer()]})
    prices = Prices(road.services)
    assert prices.deployment() is road.deployment, "no price says that batches cost something else"
    half = (PriceOverride("a/m", 10**9, 2 * 10**9, batch=50),)
    catalog = replace(road.deployment.catalog, prices=half)
    upstreams = cast(UpstreamPool, road.vendors)
    road.services.deployment = type(road.deployment)(catalog, road.deployment.book, upstreams)
    assert prices.deployment() is prices.deployment() is not road.services.deployment
    assert prices.deployment().batch
