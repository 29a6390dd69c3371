"""What came in time is read, however long the loop had no time for it."""

import asyncio
import socket
import time

import pytest

from storage.deadline import Deadline

SECONDS = 0.05


def busy(seconds: float) -> None:
    """The loop turns for nobody else meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def heard(bound: Deadline | asyncio.Timeout) -> bytes:
    """What was there while the loop was busy for longer than the bound, and then three times more."""
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    with ours, theirs:
        ours.setblocking(False)
        async with bound:
            loop.call_soon(busy, 2 * SECONDS)
            theirs.send(b"word")
            said = await loop.sock_recv(ours, 4)
            for _ in range(3):
                loop.call_soon(busy, 2 * SECONDS)
                await asyncio.sleep(0)
            return said


async def test_a_busy_loop_reads_what_came_before_it_gives_up() -> None:
    with pytest.raises(TimeoutError):
        await heard(asyncio.timeout(SECONDS))
    assert await heard(Deadline(SECONDS)) == b"word"


async def test_who_never_answers_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with Deadline(SECONDS):
            await asyncio.Event().wait()
    assert time.monotonic() - began >= SECONDS * 0.9


async def test_what_ends_in_time_ends_as_it_would() -> None:
    async with Deadline(SECONDS):
        await asyncio.sleep(0)
    with pytest.raises(KeyError):
        async with Deadline(SECONDS):
            raise KeyError("x")

    async def waits() -> None:
        async with Deadline(60):
            await asyncio.Event().wait()

    waiting = asyncio.ensure_future(waits())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(SECONDS * 1.5)  # no timer of theirs cancels who goes on
