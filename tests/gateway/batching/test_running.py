"""A batch from its file to its files, and whatever may come between."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.batches import Batches, Lease, LeaseLost, Recorded
from storage.errors import StoreSlow
from tests.gateway.batching.bench import DAY, bench, line
from tests.gateway.road import HANG, Answer
from tests.patience import until


def codes(errors: str) -> list[str]:
    return [each["code"] for each in msgspec.json.decode(errors)]


async def test_each_line_is_answered_and_written_in_its_order(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=2) as here:
        await here.add(*(line(f"n{number}") for number in range(5)))
        run = await here.begun()
        await run.run()
        batch = await here.batch()
        assert (batch.status, batch.total, batch.completed, batch.failed) == ("completed", 5, 5, 0)
        output = await here.read(batch.output_file_id)
        assert [each["custom_id"] for each in output] == [f"n{number}" for number in range(5)]
        assert [each["id"] for each in output] == [f"batch_req_1_{number}" for number in range(1, 6)]
        assert batch.error_file_id is None
        assert {row.tags for row in here.road.rows} == {'{"batch":"batch_sb1"}'}
        assert run.waiting == here.tools.gate.inside == 0


async def test_what_was_answered_before_is_not_asked_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(*(line(f"n{number}") for number in range(3)))
        found = await here.tools.batches.claim(0)
        assert found is not None
        await here.tools.batches.begin(found[1], 3)
        await here.tools.batches.record(found[1], Recorded(2, True, '{"custom_id":"before"}'))
        here.time.now += 1
        run = await here.begun()
        await run.run()
        output = await here.read((await here.batch()).output_file_id)
        assert [each["custom_id"] for each in output] == ["n0", "before", "n2"]
        assert len(here.road.vendors.requests) == 2


async def test_lines_that_were_not_asked_in_time_say_so(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        await here.add(*(line(f"n{number}") for number in range(4)))

        async def late() -> None:
            here.time.now += DAY

        here.road.vendors.script["a"] = [Answer(), Answer(steps=(late, b'{"choices":[{}]}'))]
        run = await here.begun()
        await run.run()
        batch = await here.batch()
        assert (batch.status, batch.completed, batch.failed) == ("expired", 2, 0)
        assert batch.expired_ms == batch.expires_ms
        here.time.now -= DAY  # the files have a time of their own
        assert [each["custom_id"] for each in await here.read(batch.output_file_id)] == ["n0", "n1"]
        missed = await here.read(batch.error_file_id)
        assert [(each["custom_id"], each["error"]["code"]) for each in missed] == [
            ("n2", "batch_expired"),
            ("n3", "batch_expired"),
        ]


async def test_a_batch_that_waited_too_long_expires_unasked(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        here.time.now += DAY
        await (await here.begun()).run()
        assert (await here.batch()).status == "expired"
        assert here.road.vendors.requests == []


async def test_a_cancelled_batch_lets_what_is_on_its_way_come_back(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        await here.add(line("a"), line("b"), line("c"))
        run = await here.begun()

        async def cancel() -> None:
            await here.tools.batches.cancel("batch_sb1")
            await run.look()

        here.road.vendors.script["a"] = [Answer(steps=(cancel, b'{"choices":[{}]}'))]
        await run.run()
        batch = await here.batch()
        assert (batch.status, batch.completed, batch.error_file_id) == ("cancelled", 1, None)
        assert [each["custom_id"] for each in await here.read(batch.output_file_id)] == ["a"]


async def test_a_cancelled_batch_is_not_asked_at_all(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        run = await here.begun()
        await here.tools.batches.cancel("batch_sb1")
        await run.run()
        assert (await here.batch()).status == "cancelled"
        assert here.road.vendors.requests == []


async def test_a_broken_file_that_was_cancelled_is_cancelled(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(b"{")
        run = await here.begun()
        await here.tools.batches.cancel("batch_sb1")
        await run.run()
        assert (await here.batch()).status == "cancelled"


async def test_a_key_that_ends_ends_the_batch(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        await here.add(line("a"), line("b"), line("c"))
        run = await here.begun()

        async def revoke() -> None:
            here.porter.revoked = True

        here.road.vendors.script["a"] = [Answer(steps=(revoke, b'{"choices":[{}]}'))]
        await run.run()
        batch = await here.batch()
        assert (batch.status, codes(batch.errors)) == ("failed", ["invalid_api_key"])
        assert [each["custom_id"] for each in await here.read(batch.output_file_id)] == ["a"]


async def test_a_key_that_has_ended_already_starts_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        here.porter.revoked = True
        await (await here.begun()).run()
        assert codes((await here.batch()).errors) == ["invalid_api_key"]


async def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        await here.tools.files.forget("in-batch_sb1")
        await (await here.begun()).run()
        assert codes((await here.batch()).errors) == ["input_file_gone"]


async def test_not_every_mistake_of_a_large_file_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        await here.add(*[b"{"] * 300)
        await (await here.begun()).run()
        batch = await here.batch()
        assert (batch.status, len(codes(batch.errors))) == ("failed", 100)


async def test_who_stops_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    async with bench(tmp_path, concurrency=1) as here:
        await here.add(line("a"), line("b"))
        run = await here.begun()

        async def stop() -> None:
            run.stop()

        here.road.vendors.script["a"] = [Answer(steps=(stop, b'{"choices":[{}]}')), Answer()]
        await run.run()
        assert ((await here.batch()).status, (await here.batch()).completed) == ("in_progress", 1)
        await (await here.begun()).run()
        assert ((await here.batch()).status, len(here.road.vendors.requests)) == ("completed", 2)


async def test_who_lost_the_batch_stops_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.batching.running.RENEW_SECONDS", 2.0)
    async with bench(tmp_path, {"a": [Answer(fails=HANG)]}) as here:
        await here.add(line("a"))
        run = await here.begun()
        working = asyncio.ensure_future(run.run())
        await until(lambda: bool(here.road.vendors.requests))
        other = await here.taken()
        with pytest.raises(LeaseLost):
            await run.look()
        with pytest.raises(BaseExceptionGroup) as lost:
            await working
        assert lost.value.subgroup(LeaseLost) is not None
        assert [row.status for row in here.road.rows] == ["cancelled"]
        here.road.vendors.script["a"] = [Answer()]
        await other.run()
        assert (await here.batch()).status == "completed"


async def test_answers_that_come_together_are_written_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path, concurrency=8) as here:
        record, sizes = type(here.tools.batches).record, []

        async def counted(batches: Batches, lease: Lease, *lines: Recorded) -> None:
            sizes.append(len(lines))
            await record(batches, lease, *lines)

        monkeypatch.setattr(type(here.tools.batches), "record", counted)
        await here.add(*(line(f"n{number}") for number in range(40)))
        await (await here.begun()).run()
        assert (await here.batch()).completed == sum(sizes) == 40
        assert len(sizes) < 40


async def test_a_paid_answer_waits_for_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(tmp_path) as here:
        await here.add(line("a"))
        record, refusals = here.tools.batches.record, [StoreSlow("away")]

        async def shaky(*given: Any) -> None:
            if refusals:
                raise refusals.pop()
            await record(*given)

        monkeypatch.setattr("gateway.batching.running._STORE_SECONDS", 0)
        monkeypatch.setattr(type(here.tools.batches), "record", lambda _, *given: shaky(*given))
        await (await here.begun()).run()
        assert (await here.batch()).completed == len(here.road.vendors.requests) == 1
