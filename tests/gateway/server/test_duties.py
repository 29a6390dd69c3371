"""A duty that fails is logged and begun again, and nobody else is stopped by it."""

import asyncio
import gc

from gateway.server import duties


async def test_a_duty_that_failed_begins_again(caplog, monkeypatch) -> None:
    monkeypatch.setattr(duties, "_RESTART_SECONDS", 0.0)
    begun = asyncio.Semaphore(0)

    async def duty() -> None:
        begun.release()
        raise ValueError("lame")

    going = asyncio.ensure_future(duties.for_ever("limping", duty))
    for _ in range(3):
        await asyncio.wait_for(begun.acquire(), 10)
    going.cancel()
    await asyncio.wait([going])
    assert "limping failed" in caplog.text


def test_garbage_is_looked_for_seldom_and_only_among_what_is_new() -> None:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        duties.calm_collector()
        assert gc.get_threshold()[0] > 700
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def test_a_duty_that_swallows_its_end_is_ended_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(duties, "_AGAIN_SECONDS", 0.01)
    swallowed = 0

    async def duty() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 2:
                    raise

    async with asyncio.timeout(10):
        going = [asyncio.ensure_future(duty()), asyncio.ensure_future(asyncio.sleep(60))]
        await asyncio.sleep(0)
        await duties.end(going)
    assert swallowed == 3
    assert all(each.cancelled() for each in going)
