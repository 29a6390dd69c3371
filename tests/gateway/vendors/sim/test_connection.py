"""A connection that knows when it is gone."""

import asyncio
import time
from typing import Any

import pytest

from gateway.vendors.sim.connection import Connection
from gateway.vendors.sim.errors import ClientLeft


class Transport:
    """A transport with nothing left to write."""

    def __init__(self) -> None:
        self.aborted = False
        self.options: list[tuple[Any, ...]] = []
        self.waiting = 0
        self.connection: Connection | None = None

    def get_write_buffer_size(self) -> int:
        self.waiting = max(0, self.waiting - 1)
        return self.waiting

    def get_extra_info(self, name: str) -> "Transport":
        return self

    def setsockopt(self, *option: Any) -> None:
        self.options.append(option)

    def abort(self) -> None:
        self.aborted = True
        if self.connection is not None:
            self.connection.end()


@pytest.fixture
async def transport() -> Transport:
    return Transport()


@pytest.fixture
async def connection(transport: Transport) -> Connection:
    transport.connection = Connection(transport, asyncio.get_running_loop())  # type: ignore[arg-type]
    return transport.connection


async def test_a_wait_ends_at_its_time(connection: Connection) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await connection.until(began + 0.02)
    assert 0.02 <= loop.time() - began < 20


async def test_a_wait_ends_at_once_when_the_caller_leaves(connection: Connection) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(0.01, connection.end)
    began = time.monotonic()
    with pytest.raises(ClientLeft):
        await connection.until(loop.time() + 60)
    assert time.monotonic() - began < 30


async def test_nobody_waits_on_a_connection_that_is_gone(connection: Connection) -> None:
    connection.end()
    await connection.gone()
    with pytest.raises(ClientLeft):
        await connection.until(asyncio.get_running_loop().time() + 60)


@pytest.mark.parametrize("reset", [True, False])
async def test_a_cut_waits_for_what_was_written(
    transport: Transport, connection: Connection, reset: bool
) -> None:
    transport.waiting = 4
    await connection.cut(reset=reset)
    assert transport.waiting == 0 and transport.aborted
    assert bool(transport.options) is reset


async def test_a_connection_that_is_gone_is_not_cut_again(
    transport: Transport, connection: Connection
) -> None:
    connection.end()
    await connection.cut(reset=True)
    assert not transport.aborted
